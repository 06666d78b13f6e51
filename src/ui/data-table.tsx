/** Dense rows on one grid: keyboard, selection, sorting, and only the rows in sight in the document. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { DataTableHead } from './data-table-head.tsx';
import type { DataTableProps } from './data-table-props.ts';
import { DataTableRow } from './data-table-row.tsx';
import { useMedia } from './use-media.ts';
import { useShortcut } from './use-shortcut.ts';

const rowHeight = 32;

export function DataTable<R>(props: DataTableProps<R>) {
  const { rows, rowKey, cursor, selection, onEnd, onTop } = props;
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const wantsFocus = useRef(false);
  const cards = useMedia('(max-width: 599px)');
  const height = cards ? props.cardHeight : rowHeight;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (index) => keyAt(index) ?? index,
    overscan: 12,
  });
  useEffect(() => virtual.measure(), [virtual, height]);

  const keyAt = (index: number): string | undefined => {
    const row = rows[index];
    return row === undefined ? undefined : rowKey(row);
  };
  const cursorIndex = cursor === null ? -1 : rows.findIndex((row) => rowKey(row) === cursor);
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (rows.length > 0 && lastShown >= rows.length - 10) onEnd?.();
  }, [lastShown, rows.length, onEnd]);

  const moveTo = (index: number, extend = false): void => {
    const to = Math.max(0, Math.min(index, rows.length - 1));
    const key = keyAt(to);
    if (key === undefined) return;
    if (extend && selection !== undefined) {
      const from = keyAt(Math.max(0, cursorIndex));
      selection.onChange(new Set([...selection.keys, ...(from === undefined ? [] : [from]), key]));
    }
    wantsFocus.current = true;
    props.onCursor(key);
    virtual.scrollToIndex(to, { align: 'auto' });
  };
  // What was open is closed: whoever was in it, or lost their place to it, is back at its row.
  const open = props.openKey !== null;
  const wasOpen = useRef(open);
  useEffect(() => {
    const { activeElement } = document;
    const inPanel = activeElement === document.body || (activeElement?.closest('aside') ?? null) !== null;
    if (wasOpen.current && !open && inPanel) wantsFocus.current = true;
    wasOpen.current = open;
  }, [open]);
  useEffect(() => {
    if (!wantsFocus.current) return;
    const row = scroller.current?.querySelector<HTMLElement>('[role=row][tabindex="0"]');
    row?.focus({ preventScroll: true });
    // On phones the list comes back a moment after what covered it is gone: until then it takes no focus.
    if (row !== undefined && row !== null && document.activeElement === row) wantsFocus.current = false;
  });

  const toggle = (key: string, range: boolean): void => {
    if (selection === undefined) return;
    const keys = new Set(selection.keys);
    const at = rows.findIndex((row) => rowKey(row) === key);
    if (range && cursorIndex >= 0) {
      const [from, to] = cursorIndex < at ? [cursorIndex, at] : [at, cursorIndex];
      for (const row of rows.slice(from, to + 1)) keys.add(rowKey(row));
    } else if (!keys.delete(key)) keys.add(key);
    selection.onChange(keys);
    props.onCursor(key);
  };

  const some = rows.length > 0;
  useShortcut(
    { keys: 'j', group: 'list', label: t('shortcuts.next'), run: () => moveTo(cursorIndex + 1) },
    some,
  );
  useShortcut(
    {
      keys: 'k',
      group: 'list',
      label: t('shortcuts.previous'),
      run: () => moveTo(Math.max(0, cursorIndex - 1)),
    },
    some,
  );
  const onCursorRow = (act: (key: string) => void) => (): boolean => {
    if (cursor === null || cursorIndex < 0) return false;
    act(cursor);
    return true;
  };
  useShortcut(
    { keys: 'Enter', group: 'list', label: t('shortcuts.open'), run: onCursorRow(props.onOpen) },
    some,
  );
  useShortcut(
    {
      keys: 'Space',
      group: 'list',
      label: t('shortcuts.select'),
      run: onCursorRow((key) => toggle(key, false)),
    },
    some && selection !== undefined,
  );

  const onKeyDown = (event: React.KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20 };
    const edges: Record<string, number> = { Home: 0, End: rows.length - 1 };
    const target =
      edges[event.key] ?? (steps[event.key] === undefined ? null : cursorIndex + (steps[event.key] ?? 0));
    if (target === null) return;
    event.preventDefault();
    moveTo(target, event.shiftKey);
  };
  const tracks = [
    ...(selection === undefined ? [] : ['28px']),
    ...props.columns.map((column) => column.width),
  ];
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={props.label}
      aria-rowcount={props.total + 1}
      aria-multiselectable={selection !== undefined}
      aria-busy={props.stale ?? false}
      className={`table table-${props.name} ${props.stale === true ? 'table-stale' : ''}`}
      style={{ '--tracks': tracks.join(' ') }}
      onKeyDown={onKeyDown}
      onScroll={(event) => onTop?.(event.currentTarget.scrollTop < height)}
    >
      <DataTableHead {...props} />
      {props.banner}
      <div role="rowgroup" className="table-body" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          const key = rowKey(row);
          const stop = key === cursor || (cursorIndex < 0 && item.index === 0);
          return (
            <DataTableRow
              key={key}
              row={row}
              id={key}
              index={item.index}
              top={item.start}
              height={height}
              stop={stop}
              onToggle={toggle}
              table={props}
            />
          );
        })}
      </div>
      {props.foot}
    </div>
  );
}
