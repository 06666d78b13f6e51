/** From the log's clock to UTC, for entries of one reading. */
import { open, type FileHandle } from 'node:fs/promises';
import { measureOffset } from '../bans/log-clock.ts';
import { zoneOf } from '../bans/log-zone.ts';
import { parseLogHead } from '../bans/parse-log-line.ts';
import { linesBackwards } from './lines-backwards.ts';
import type { LogEntry } from './log-entry.ts';

/** With its time, ms UTC. */
export type TimedEntry = LogEntry & { at: number };

export interface LogClock {
  /** Of entries with the newest first. */
  toTime(entries: readonly LogEntry[]): TimedEntry[];
  /** ms UTC as a clock time of the log, see `wallMs`. */
  toWall(at: number): number;
}

/** The log's clock is the daemon's, in a zone it does not name. */
export async function clockOf(file: string): Promise<LogClock> {
  const newest = await withFile(file, newestStamp);
  const offset = newest === null ? null : measureOffset(newest.wallMs, newest.writtenAt);
  return {
    toTime(entries) {
      const zone = zoneOf(newest === null || offset === null ? null : { offset, wallMs: newest.wallMs });
      const timed = entries.toReversed().map((entry) => ({ ...entry, at: zone(entry.wallMs) }));
      return timed.toReversed();
    },
    toWall: (at) => at - (offset ?? 0),
  };
}

/** Of the newest line, with the time at which the file was written, ms. */
export async function newestStamp(handle: FileHandle): Promise<{ wallMs: number; writtenAt: number } | null> {
  const { size, mtimeMs } = await handle.stat();
  for await (const lines of linesBackwards(handle, size)) {
    const newest = lines.flatMap(({ text }) => parseLogHead(text) ?? []).at(-1);
    return newest === undefined ? null : { wallMs: newest.wallMs, writtenAt: mtimeMs };
  }
  return null;
}

export async function withFile<T>(file: string, read: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(file, 'r');
  try {
    return await read(handle);
  } finally {
    await handle.close();
  }
}
