/** The newest entries of fail2ban's log that match, or those before one of them; bounded in lines, bytes and time. */
import { open } from 'node:fs/promises';
import { headOf, logFamily, type LogFile } from '../bans/log-files.ts';
import { parseLogHead } from '../bans/parse-log-line.ts';
import { collectBackwards, collectForwards } from './collect-entries.ts';
import { clockOf, withFile, type TimedEntry } from './entry-times.ts';
import { linesBackwards } from './lines-backwards.ts';
import type { EntryFilter, LogEntry } from './log-entry.ts';
import { headOfPacked, packedLines } from './packed-log.ts';

export interface LogQuery extends EntryFilter {
  /** Entries at most. */
  most: number;
  /** Id of an entry: only what stands before it. */
  before: string | null;
  /** Goes on into files that rotation left. */
  rotated: boolean;
  /** ms UTC; stops at older entries. */
  since?: number;
}

export interface LogPage {
  /** The newest first. */
  entries: TimedEntry[];
  /** Id to go on before; null when there is nothing older in the files that were asked for. */
  next: string | null;
  /** Files that rotation left, whether they were read or not. */
  rotatedFiles: number;
  /** Files that should have been read and could not be, with the reason. */
  skipped: { file: string; reason: string }[];
  /** What to go on before is in none of the files any more. */
  gone: boolean;
}

/** Bytes of unpacked files looked through for one page; then `next` goes on from there. */
const mostBytes = 24 * 1024 * 1024;
/** Characters of one page. */
const mostText = 4 * 1024 * 1024;

interface Reading {
  query: LogQuery;
  /** As `wallMs`. */
  sinceWall: number;
  entries: LogEntry[];
  /** Characters that may still be answered. */
  roomLeft: number;
  bytesLeft: number;
  /** Where a further call goes on; null at the beginning of a file. */
  stoppedAt: string | null;
}

/** Throws what the file system throws when the log itself cannot be read. */
export async function readLog(file: string, asked: LogQuery): Promise<LogPage> {
  const query = { ...asked, text: asked.text.toLowerCase() };
  const family = logFamily(file);
  const { toTime, toWall } = await clockOf(file);
  const page = { rotatedFiles: family.length - 1, skipped: [], gone: false };
  const from = query.before === null ? { index: 0, offset: null } : await find(family, query.before);
  if (from === null) return { ...page, entries: [], next: null, gone: true };

  const sinceWall = query.since === undefined ? Number.NEGATIVE_INFINITY : toWall(query.since);
  const reading: Reading = {
    query,
    sinceWall,
    entries: [],
    roomLeft: mostText,
    bytesLeft: mostBytes,
    stoppedAt: null,
  };
  const skipped: LogPage['skipped'] = [];
  const files = query.rotated ? family.slice(from.index) : family.slice(from.index, from.index + 1);
  for (const [index, one] of files.entries()) {
    const end = index === 0 ? from.offset : null;
    try {
      await (isPacked(one) ? readPacked(one.file, end, reading) : readPlain(one.file, end, reading));
    } catch (error) {
      if (one.file === file) throw error;
      skipped.push({ file: one.file, reason: error instanceof Error ? error.message : String(error) });
    }
    if (reading.stoppedAt !== null) break;
    const older = files[index + 1];
    if ((reading.entries.length >= query.most || reading.roomLeft <= 0) && older !== undefined) {
      reading.stoppedAt = await endOf(older);
      break;
    }
  }
  return { ...page, entries: toTime(reading.entries), next: reading.stoppedAt, skipped };
}

const isPacked = ({ file }: LogFile): boolean => file.endsWith('.gz');

async function readPlain(file: string, end: number | null, reading: Reading): Promise<void> {
  const { query } = reading;
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const head = headOf(handle.fd) ?? '';
    const collect = collectBackwards({ head, filter: query });
    let last = Math.min(end ?? size, size);
    for await (const lines of linesBackwards(handle, last)) {
      for (const line of lines.toReversed()) {
        const entry = collect(line);
        if (entry === null) continue;
        if (entry.wallMs < reading.sinceWall) return;
        if (!add(reading, entry)) continue;
        if (line.offset > 0) reading.stoppedAt = entry.id;
        return;
      }
      const [first] = lines;
      if (first === undefined) continue;
      reading.bytesLeft -= last - first.offset;
      last = first.offset;
      // not between an entry and the lines that continue it, unless there is no end of those
      const within = parseLogHead(first.text) === null && reading.bytesLeft > -mostBytes;
      if (reading.bytesLeft > 0 || within || last === 0) continue;
      reading.stoppedAt = `${head}.${last}`;
      return;
    }
  } finally {
    await handle.close();
  }
}

/** It can only be read from its beginning: of all that match, the last ones are kept. */
async function readPacked(file: string, end: number | null, reading: Reading): Promise<void> {
  const { query } = reading;
  const wanted = query.most - reading.entries.length;
  const head = (await headOfPacked(file)) ?? '';
  const collector = collectForwards({ head, filter: query });
  let kept: LogEntry[] = [];
  let more = false;
  const keep = (entry: LogEntry | null): void => {
    if (entry === null) return;
    kept.push(entry);
    if (kept.length < 2 * wanted + 1) return;
    kept = kept.slice(-wanted);
    more = true;
  };
  for await (const lines of packedLines(file, end)) for (const line of lines) keep(collector.take(line));
  keep(collector.end());
  if (kept.length > wanted) more = true;
  const last = kept.slice(-wanted);
  for (const entry of last.toReversed()) {
    if (entry.wallMs < reading.sinceWall) return;
    if (!add(reading, entry)) continue;
    if (more || entry !== last[0]) reading.stoppedAt = entry.id;
    return;
  }
}

/** True when the page is full with it. */
function add(reading: Reading, entry: LogEntry): boolean {
  reading.entries.push(entry);
  reading.roomLeft -= entry.message.length + entry.more.reduce((sum, line) => sum + line.length, 0);
  return reading.entries.length >= reading.query.most || reading.roomLeft <= 0;
}

interface Place {
  index: number;
  /** Null: its end. */
  offset: number | null;
}

/** `<first line's hash>.<byte>`, or with `end` for the whole of a file. */
async function find(family: readonly LogFile[], id: string): Promise<Place | null> {
  const [, head, place = ''] = /^([\da-f]{32})\.(\d{1,15}|end)$/.exec(id) ?? [];
  if (head === undefined) return null;
  for (const [index, one] of family.entries()) {
    const found = await headOfAny(one).catch(() => null);
    if (found === head) return { index, offset: place === 'end' ? null : Number(place) };
  }
  return null;
}

const endOf = async (file: LogFile): Promise<string | null> => {
  const head = await headOfAny(file).catch(() => null);
  return head === null ? null : `${head}.end`;
};

async function headOfAny(one: LogFile): Promise<string | null> {
  if (isPacked(one)) return await headOfPacked(one.file);
  return await withFile(one.file, async (handle) => headOf(handle.fd));
}
