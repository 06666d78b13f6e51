/** fail2ban's log read from a place on, through its rotations, as the bans and unbans that it tells of. */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { measureOffset, readStamp } from './log-clock.ts';
import { headOf, planAfter, planLog, type LogPart, type LogPlace } from './log-files.ts';
import { zoneOf, type Zone } from './log-zone.ts';
import { parseLogLine } from './parse-log-line.ts';
import type { Heard } from './heard.ts';
import { createRestartNoise, type NoiseState } from './restart-noise.ts';

/** Where reading goes on, in this process or another one. What is read twice then is the same again. */
export interface TrailMark extends LogPlace, NoiseState {}

export interface TrailBatch {
  heard: Heard[];
  mark: TrailMark;
  bytes: number;
  /** Jails that fail2ban stopped or filled again: their counters began anew. */
  restarted: string[];
}

export interface LogTrail {
  /** What is written by now, a chunk of it; null when there is nothing more. Throws what the file system throws. */
  next(): TrailBatch | null;
  /** The log was rotated out of reach between the mark and the first file that was read; its sentence. */
  gap(): { from: number } | null;
  /** Bytes of the files not read yet. */
  behind(): number;
  close(): void;
}

const chunkBytes = 64 * 1024;

interface Open {
  part: LogPart;
  handle: number;
  inode: number;
  head: string | null;
  offset: number;
  clock: { offset: number | null; zone: Zone } | null;
  /** Inside a line longer than a chunk: it says nothing about bans. */
  skipping: boolean;
  /** Where that line begins. */
  lineFrom: number;
}

export function openLogTrail({
  file,
  mark,
  now,
}: {
  file: string;
  mark: TrailMark | null;
  now: () => number;
}): LogTrail {
  const buffer = Buffer.allocUnsafe(chunkBytes);
  const noise = createRestartNoise(mark);
  const plan = planLog(file, mark);
  const gap = plan.lost && mark !== null ? { from: mark.at } : null;
  let parts = plan.parts;
  let open: Open | null = null;
  let reached: TrailMark | null = mark;

  function next(): TrailBatch | null {
    for (;;) {
      const from = (open ??= openPart(parts[0] ?? { file, offset: 0 }));
      const batch = read(from);
      if (batch !== null) return batch;
      const follow = instead(from);
      if (follow === null) return handed(from, noise.settle(now()));
      // what was written since, then what no later line will tell more about
      const last = read(from) ?? handed(from, noise.flush());
      if (last !== null) return last;
      leave(from, follow);
    }
  }

  /** Null at the end of the part. */
  function read(from: Open): TrailBatch | null {
    const bytes = readSync(from.handle, buffer, 0, chunkBytes, from.offset);
    if (bytes === 0) return null;
    // Emptied, and perhaps written anew, since the last look: these bytes are not what follows.
    if (isLog(from) && changed(from)) {
      const batch = empty(from);
      leave(from, planLog(file, placeOf(from)).parts);
      return batch;
    }
    // A chunk may end inside a line, and inside a character: only whole lines are decoded.
    const end = buffer.subarray(0, bytes).lastIndexOf(10) + 1;
    if (end === 0) {
      if (bytes < chunkBytes) return null;
      if (!from.skipping) from.lineFrom = from.offset;
      from.skipping = true;
      from.offset += bytes;
      return empty(from);
    }
    const heard = hear(from, buffer.subarray(0, end), bytes < chunkBytes);
    from.offset += end;
    from.skipping = false;
    from.head ??= headOf(from.handle);
    reached = markOf(from);
    return { heard, mark: reached, bytes: end, restarted: noise.restarted() };
  }

  function hear(from: Open, bytes: Buffer, newest: boolean): Heard[] {
    const heard: Heard[] = [];
    const zone = zoneFor(from, newest ? bytes : null);
    let begin = from.skipping ? bytes.indexOf(10) + 1 : 0;
    while (begin < bytes.length) {
      const end = bytes.indexOf(10, begin);
      const line = parseLogLine(bytes.toString('utf8', begin, end));
      const at = from.offset + begin;
      begin = end + 1;
      if (line === null) continue;
      const { event, wallMs, pid } = line;
      const wallEnd = event.type === 'increase' ? event.wallEnd : null;
      const endsAt = wallEnd === null ? null : zone(wallMs) + (wallEnd - wallMs);
      heard.push(...noise.take({ event, at: zone(wallMs), endsAt, pid, from: at }));
    }
    return heard;
  }

  /** What is to be read instead of a part that is read to its end; null while it goes on. */
  function instead(from: Open): LogPart[] | null {
    if (!isLog(from)) return parts.slice(1);
    const here = statQuietly(file);
    if (here === null) return null;
    if (here.ino === from.inode) return here.size >= from.offset ? null : planLog(file, placeOf(from)).parts;
    // Renamed: fail2ban goes on writing to the old file until it is told to reopen its log.
    return here.size === 0 ? null : planAfter(file, placeOf(from));
  }

  function leave(from: Open, follow: LogPart[]): void {
    closeSync(from.handle);
    open = null;
    parts = follow;
  }

  function handed(from: Open, heard: Heard[]): TrailBatch | null {
    if (heard.length === 0) return null;
    reached = markOf(from);
    return { heard, mark: reached, bytes: 0, restarted: noise.restarted() };
  }

  const isLog = (from: Open): boolean => from.part.file === file;
  const empty = (from: Open): TrailBatch => ({
    heard: [],
    mark: reached ?? markOf(from),
    bytes: 0,
    restarted: [],
  });

  const placeOf = ({ inode, head, offset, handle }: Open): LogPlace => ({
    inode,
    head,
    offset,
    at: Math.round(fstatSync(handle).mtimeMs),
  });

  /** Not past an unban that is held back, nor into a line: those are read again. */
  function markOf(from: Open): TrailMark {
    const whole = from.skipping ? from.lineFrom : from.offset;
    const offset = Math.min(whole, noise.heldFrom() ?? whole);
    return { ...placeOf(from), offset, ...noise.state() };
  }

  return {
    next,
    gap: () => gap,
    behind() {
      const sizes = parts.map((part) => statQuietly(part.file)?.size ?? 0);
      return Math.max(
        0,
        sizes.reduce((sum, size) => sum + size, 0) - (open?.offset ?? parts[0]?.offset ?? 0),
      );
    },
    close() {
      if (open !== null) closeSync(open.handle);
      open = null;
    },
  };
}

function openPart(part: LogPart): Open {
  const handle = openSync(part.file, 'r');
  const inode = fstatSync(handle).ino;
  const { offset } = part;
  return {
    part,
    handle,
    inode,
    head: headOf(handle),
    offset,
    clock: null,
    skipping: false,
    lineFrom: offset,
  };
}

/** The file is another one than it was, under the same name and inode. */
const changed = (from: Open): boolean =>
  (from.head !== null && from.head !== headOf(from.handle)) || fstatSync(from.handle).size < from.offset;

/**
 * The clock of a file, by its newest line and the moment it was last written: measured when it is opened, and with
 * each piece of news, since clocks are set and summers end.
 */
function zoneFor(from: Open, news: Buffer | null): Zone {
  const { size, mtimeMs } = fstatSync(from.handle);
  if (from.clock !== null && news === null) return from.clock.zone;
  const wallMs = newestStamp(news) ?? newestStamp(endOfFile(from.handle, size));
  const offset = wallMs === null ? null : measureOffset(wallMs, mtimeMs);
  if (from.clock === null || (news !== null && offset !== null && offset !== from.clock.offset))
    from.clock = { offset, zone: zoneOf(wallMs === null || offset === null ? null : { wallMs, offset }) };
  return from.clock.zone;
}

function newestStamp(bytes: Buffer | null): number | null {
  const lines = bytes === null ? [] : bytes.toString('latin1').split('\n').toReversed();
  for (const line of lines) {
    const wallMs = readStamp(line);
    if (wallMs !== null) return wallMs;
  }
  return null;
}

function endOfFile(handle: number, size: number): Buffer {
  const tail = Buffer.alloc(Math.min(size, chunkBytes));
  return tail.subarray(0, readSync(handle, tail, 0, tail.length, Math.max(0, size - chunkBytes)));
}

function statQuietly(path: string): { ino: number; size: number } | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}
