/** What fail2ban's log tells from now on, at a bounded rate: for a page that is looked at. */
import { open, stat, type FileHandle } from 'node:fs/promises';
import { headOf } from '../bans/log-files.ts';
import { measureOffset } from '../bans/log-clock.ts';
import { zoneOf } from '../bans/log-zone.ts';
import { collectForwards } from './collect-entries.ts';
import { longestLine, splitLines } from './lines-backwards.ts';
import type { EntryFilter, LogEntry } from './log-entry.ts';
import type { TimedEntry } from './entry-times.ts';

export interface TailBatch {
  /** In the order they were written. */
  entries: TimedEntry[];
  /** Entries that matched and were left out, for there were too many at once. */
  left: number;
  /** Bytes that were not even read, for the reader was too far behind. */
  skippedBytes: number;
}

interface TailOptions {
  file: string;
  filter: EntryFilter;
  onBatch: (batch: TailBatch) => void;
  /** The error when it cannot be read, told once; null when it can (again). */
  onReadable: (error: Error | null) => void;
}

const everyMs = 500;
const mostBytes = 512 * 1024;
const mostEntries = 200;

/** Begins at the present end of the log, follows it over rotation. Answers how to stop. */
export function tailLog({ file, filter, onBatch, onReadable }: TailOptions): () => void {
  const wanted = { ...filter, text: filter.text.toLowerCase() };
  let handle: FileHandle | null = null;
  let position: number | null = null;
  let inode = 0;
  let collector = collectForwards({ head: '', filter: wanted });
  let headKnown = false;
  let told: string | undefined;
  let running: Promise<void> | null = null;
  let stopped = false;

  const tell = (error: Error | null): void => {
    const reason = error?.message ?? '';
    if (!stopped && reason !== told) onReadable(error);
    told = reason;
  };
  const close = async (): Promise<void> => {
    const closing = handle;
    handle = null;
    await closing?.close();
  };
  /** The first opening stands at the end, each later one at the beginning of a new file. */
  const opened = async (): Promise<FileHandle> => {
    const fresh = await open(file, 'r');
    handle = fresh;
    const { ino, size } = await fresh.stat();
    inode = ino;
    position = position === null ? size : 0;
    headKnown = false;
    return fresh;
  };
  const look = async (): Promise<void> => {
    const current = handle ?? (await opened());
    const { size, mtimeMs } = await current.stat();
    if (size < (position ?? 0)) {
      // copied and emptied
      position = 0;
      headKnown = false;
    }
    const batch = await readOn(current, size);
    if (batch !== null && !stopped) onBatch(withTimes(batch, mtimeMs));
    const now = await stat(file).catch(() => null);
    if (now !== null && now.ino !== inode && size <= (position ?? 0)) await close();
  };

  async function readOn(current: FileHandle, size: number): Promise<Untimed | null> {
    let from = position ?? size;
    const skippedBytes = Math.max(0, size - from - 4 * mostBytes);
    from += skippedBytes;
    const wantedBytes = Math.min(mostBytes, size - from);
    const bytes = Buffer.allocUnsafe(Math.max(0, wantedBytes));
    const { bytesRead } = await current.read(bytes, 0, bytes.length, from);
    const whole = bytes.subarray(0, bytesRead).lastIndexOf(10) + 1;
    const taken = whole === 0 && bytesRead >= longestLine ? bytesRead : whole;
    const entries: LogEntry[] = [];
    // What continues an entry is written with it, so after a quiet moment the entry is whole.
    if (taken === 0) push(entries, collector.end());
    else if (!headKnown) {
      push(entries, collector.end());
      restart(current);
    }
    for (const line of splitLines(bytes.subarray(0, taken), from)) push(entries, collector.take(line));
    position = from + taken;
    if (entries.length === 0 && skippedBytes === 0) return null;
    return {
      entries: entries.slice(-mostEntries),
      left: Math.max(0, entries.length - mostEntries),
      skippedBytes,
    };
  }

  function restart(current: FileHandle): void {
    const head = headOf(current.fd);
    collector = collectForwards({ head: head ?? '', filter: wanted });
    headKnown = head !== null;
  }

  const tick = (): void => {
    running ??= look()
      .then(
        () => tell(null),
        async (error: unknown) => {
          await close().catch(() => undefined);
          tell(error instanceof Error ? error : new Error(String(error)));
        },
      )
      .finally(() => (running = null));
  };
  const timer = setInterval(tick, everyMs);
  timer.unref();
  tick();
  return () => {
    stopped = true;
    clearInterval(timer);
    void (running ?? Promise.resolve()).then(close).catch(() => undefined);
  };
}

type Untimed = Omit<TailBatch, 'entries'> & { entries: LogEntry[] };

const push = (entries: LogEntry[], entry: LogEntry | null): void =>
  void (entry !== null && entries.push(entry));

function withTimes({ entries, ...rest }: Untimed, writtenAt: number): TailBatch {
  const newest = entries.at(-1);
  const zone = zoneOf(
    newest === undefined ? null : { offset: measureOffset(newest.wallMs, writtenAt), wallMs: newest.wallMs },
  );
  return { ...rest, entries: entries.map((entry) => ({ ...entry, at: zone(entry.wallMs) })) };
}
