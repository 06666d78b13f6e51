/** fail2ban's database as a source of the history: short looks at what is new, with pauses for its writer. */
import { statSync } from 'node:fs';
import type { Log } from '../../../base/log.ts';
import { DatabaseBusy } from '../../../host/bans/fail2ban-file.ts';
import { readTable, readTableEnds, type Anchors, type TableBatch } from '../../../host/bans/ban-table.ts';

export interface TableMark {
  file: string;
  anchors: Anchors;
  /** Everything that was there at first contact is read. */
  seeded: boolean;
}

export interface TableSource {
  use(file: string | null): void;
  /** What is new; null when nothing is, when it is not the time, or when it cannot be read. Again until `taken`. */
  next(): TableBatch | null;
  taken(): void;
  mark(): TableMark | null;
  /** Look soon: the log told of a ban. */
  wake(): void;
  /** So many bans were read from the file by somebody else, up to there. */
  advance(to: { bans: number; anchors: Anchors; more: boolean }): void;
  /** Read again what was written after that time, ms. */
  again(since: number): void;
  /** How many rows there may be; null while unknown. */
  expected(): number | null;
  read(): number;
  seeded(): boolean;
  /** Everything was read at the last look. */
  atEnd(): boolean;
  failure(): string | null;
  file(): string | null;
}

/** Some MB, and some ms of fail2ban's database. */
const batchSize = 1_000;
const everyMs = 2_000;
/** fail2ban writes the row within some ms of the line. */
const afterLineMs = 250;
const busyMs = 20;
const againMs = 2_000;

interface SourceOptions {
  from: TableMark | null;
  log: Log;
  now: () => number;
}

export function createTableSource({ from, log, now }: SourceOptions): TableSource {
  let file: string | null = null;
  let mark = from;
  let waiting: TableBatch | null = null;
  let failure: string | null = null;
  let due = 0;
  let seen = '';
  let read = 0;
  let expected: number | null = null;
  let atEnd = false;

  function look(path: string): TableBatch | null {
    const stamp = stampOf(path);
    if (atEnd && stamp !== '' && stamp === seen && failure === null) {
      due = now() + everyMs;
      return null;
    }
    const anchors = mark?.file === path ? mark.anchors : [];
    if (expected === null) {
      const { first, last } = readTableEnds(path);
      const top = anchors[0]?.row ?? 0;
      expected = last === 0 ? 0 : last - Math.max(first - 1, Math.min(top, last));
    }
    const batch = readTable(path, anchors, batchSize);
    if (batch.anew && anchors.length > 0) log.info('fail2ban_database_read_anew', { file: path });
    if (failure !== null) log.info('history_database_readable', { file: path });
    failure = null;
    atEnd = !batch.more;
    seen = stamp;
    due = batch.more ? 0 : now() + everyMs;
    return batch.bans.length === 0 && mark?.seeded === true && !batch.anew ? null : batch;
  }

  function failed(path: string, error: unknown): void {
    if (error instanceof DatabaseBusy) {
      due = now() + busyMs;
      return;
    }
    const reason = error instanceof Error ? error.message : String(error);
    if (reason !== failure) log.warn('history_database_unreadable', { file: path, reason });
    failure = reason;
    atEnd = false;
    due = now() + againMs;
  }

  function advance({ bans, anchors, more }: { bans: number; anchors: Anchors; more: boolean }): void {
    waiting = null;
    if (file === null) return;
    mark = { file, anchors, seeded: !more || (mark?.file === file && mark.seeded) };
    read += bans;
  }

  return {
    use(next) {
      if (next === file) return;
      file = next;
      waiting = null;
      failure = null;
      expected = null;
      atEnd = false;
      due = 0;
    },
    next() {
      if (waiting !== null) return waiting;
      if (file === null || now() < due) return null;
      try {
        waiting = look(file);
      } catch (error) {
        failed(file, error);
      }
      return waiting;
    },
    taken() {
      if (waiting !== null) advance({ ...waiting, bans: waiting.bans.length });
    },
    advance,
    mark: () => mark,
    wake() {
      due = Math.min(due, now() + afterLineMs);
    },
    again(since) {
      if (mark === null) return;
      const kept = mark.anchors.filter(({ at }) => at * 1000 < since);
      mark = { ...mark, anchors: kept };
      atEnd = false;
      due = 0;
    },
    expected: () => (expected === null ? null : Math.max(expected, read)),
    read: () => read,
    seeded: () => mark !== null && mark.file === file && mark.seeded,
    atEnd: () => atEnd,
    failure: () => failure,
    file: () => file,
  };
}

/** File systems tell times of writing apart by some ms only. */
const clockMs = 100;

/** Changes with whatever is written to the file, and with the file; empty when it was written only just now. */
function stampOf(path: string): string {
  const { ino, size, mtimeMs } = statSync(path);
  return Date.now() - mtimeMs > clockMs ? `${ino} ${size} ${mtimeMs}` : '';
}
