/** fail2ban's log and what rotation left beside it: which of the files hold what comes after a position. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A place in a log file that is found again after the file was renamed, or copied and emptied. */
export interface LogPlace {
  inode: number;
  /** Of the file's first line; null while it had none. */
  head: string | null;
  /** Bytes; where a line begins. */
  offset: number;
  /** When the file was last written as far as it was read, ms. */
  at: number;
}

/** A part to be read; the last one of a plan is the log itself. */
export interface LogPart {
  file: string;
  offset: number;
}

export interface LogPlan {
  parts: LogPart[];
  /** The place is in none of the files: what was written after it, until the oldest of them, cannot be read. */
  lost: boolean;
}

export interface LogFile {
  file: string;
  inode: number;
  size: number;
  writtenAt: number;
}

/** Throws what the file system throws when the log itself cannot be read. */
export function planLog(file: string, place: LogPlace | null): LogPlan {
  const current = look(file);
  if (place !== null && continues(current, place))
    return { parts: [{ file, offset: place.offset }], lost: false };
  const rotated = rotatedOf(file).filter(({ inode }) => inode !== current.inode);
  const found = place === null ? undefined : rotated.find((one) => holds(one, place));
  const since = found?.writtenAt ?? place?.at ?? 0;
  const later = rotated.filter((one) => one !== found && one.writtenAt >= since);
  return {
    parts: [
      ...(found === undefined || place === null ? [] : [{ file: found.file, offset: place.offset }]),
      ...later.map((one) => ({ file: one.file, offset: 0 })),
      { file, offset: 0 },
    ],
    lost: place !== null && found === undefined && place.offset > 0,
  };
}

/** The parts that follow a file which was read to its end and is the log no longer. */
export function planAfter(file: string, place: LogPlace): LogPart[] {
  const current = look(file);
  const later = rotatedOf(file).filter(
    (one) => one.inode !== current.inode && one.writtenAt > place.at && !holds(one, place),
  );
  return [...later.map((one) => ({ file: one.file, offset: 0 })), { file, offset: 0 }];
}

/** Bytes that hold the first line of any log. */
export const longestHead = 4096;

/** What tells a log file from another one: its first line, with stamp and process id. Null before it is written. */
export function headOf(handle: number): string | null {
  const bytes = Buffer.alloc(longestHead);
  const read = readSync(handle, bytes, 0, longestHead, 0);
  return headOfBytes(bytes.subarray(0, read));
}

/** The same of the first bytes of a file that was unpacked. */
export function headOfBytes(start: Buffer): string | null {
  const bytes = start.subarray(0, longestHead);
  const end = bytes.indexOf(10);
  if (end < 0 && bytes.length < longestHead) return null;
  return createHash('sha256')
    .update(end < 0 ? bytes : bytes.subarray(0, end))
    .digest('hex')
    .slice(0, 32);
}

/** The log and what rotation left of it, packed files too; the newest first. Throws as `planLog`. */
export function logFamily(file: string): LogFile[] {
  const current = look(file);
  const older = rotatedOf(file, /^[.-](?:\d+|old)(?:\.gz)?$/).filter(({ inode }) => inode !== current.inode);
  return [current, ...older.toReversed()];
}

const continues = (current: LogFile, place: LogPlace): boolean =>
  current.inode === place.inode &&
  current.size >= place.offset &&
  (place.head === null || place.head === headOfFile(current.file));

/** Renamed: the same inode. Copied: another inode, the same first line. */
const holds = (one: LogFile, place: LogPlace): boolean =>
  one.size >= place.offset &&
  (place.head === null ? one.inode === place.inode : place.head === headOfFile(one.file));

/** `fail2ban.log.1`, `fail2ban.log-20261122`; by default not what is compressed. The oldest first. */
function rotatedOf(file: string, ending = /^[.-](?:\d+|old)$/): LogFile[] {
  const name = basename(file);
  return readdirSync(dirname(file))
    .filter((one) => one.startsWith(name) && ending.test(one.slice(name.length)))
    .flatMap((one) => lookQuietly(join(dirname(file), one)))
    .toSorted((one, other) => one.writtenAt - other.writtenAt);
}

function look(file: string): LogFile {
  const { ino, size, mtimeMs } = statSync(file);
  return { file, inode: ino, size, writtenAt: mtimeMs };
}

/** One that goes away meanwhile, or that we may not read, holds nothing for us. */
function lookQuietly(file: string): LogFile[] {
  try {
    closeSync(openSync(file, 'r'));
    return [look(file)];
  } catch {
    return [];
  }
}

function headOfFile(file: string): string | null {
  const handle = openSync(file, 'r');
  try {
    return headOf(handle);
  } finally {
    closeSync(handle);
  }
}
