/** What a page tells the table: its columns, its rows, and what is open, chosen and sorted. */
import type { ReactNode } from 'react';

export interface Column<R> {
  id: string;
  head: string;
  /** A CSS grid track, e.g. `minmax(140px, 2fr)`. */
  width: string;
  align?: 'end';
  /** The two values that sort by it, and which of them comes first. */
  sort?: { up: string; down: string; first: 'up' | 'down' };
  cell: (row: R) => ReactNode;
}

export interface DataTableProps<R> {
  label: string;
  /** Class that carries the card layout of narrow screens. */
  name: string;
  columns: readonly Column<R>[];
  rows: readonly R[];
  rowKey: (row: R) => string;
  /** Names a row for readers: its address, its jail. */
  rowLabel: (row: R) => string;
  rowState?: (row: R) => 'pending' | 'failed' | null;
  /** Rows in all, for readers; may be more than are loaded. */
  total: number;
  /** Key of the row the keyboard stands on. */
  cursor: string | null;
  onCursor: (key: string) => void;
  openKey: string | null;
  onOpen: (key: string) => void;
  selection?: { keys: ReadonlySet<string>; onChange: (keys: ReadonlySet<string>) => void };
  sort?: { value: string; onChange: (value: string) => void };
  /** The last rows are near: load more. */
  onEnd?: () => void;
  /** Scrolled away from the top, or back. */
  onTop?: (atTop: boolean) => void;
  /** A row under the head, e.g. "14 new". */
  banner?: ReactNode;
  foot?: ReactNode;
  /** Rows are of before; new ones are on their way. */
  stale?: boolean;
  /** Height of a row as a card, px. */
  cardHeight: number;
}
