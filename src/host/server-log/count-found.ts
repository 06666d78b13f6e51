/**
 * Failures that fail2ban found, by jail and minute, as far back as its log can be read: each byte is read once, a block
 * at a time, so that a log of any size delays nobody.
 */
import type { FileHandle } from 'node:fs/promises';
import { measureOffset } from '../bans/log-clock.ts';
import { headOf, logFamily } from '../bans/log-files.ts';
import { zoneOf, type Zone } from '../bans/log-zone.ts';
import { newestStamp, withFile } from './entry-times.ts';

export interface FoundCounter {
  /** Reads on. Throws what the file system throws when the log itself cannot be read. */
  look(file: string): Promise<Found>;
}

export interface Found {
  /** Nothing is missing from then on, ms; null: the log holds no line. */
  since: number | null;
  /** Stretches of a minute with failures found in it, in no order; a minute may come more than once. */
  of(jail: string): { at: number; failures: number }[];
}

/** Of the log and of what rotation left unpacked: two weeks of a server that finds a failure every two seconds. */
const usualBytes = 64 * 1024 * 1024;
const blockBytes = 128 * 1024;
const minuteMs = 60_000;

/** What was read of one file. */
interface Counted {
  /** Where reading began and where it goes on, bytes. */
  from: number;
  offset: number;
  /** Time of the first line that was read, ms. */
  since: number | null;
  clock: LineClock | null;
  /** By jail: minute and count in turn. */
  jails: Map<string, number[]>;
}

interface LineClock {
  offset: number | null;
  zone: Zone;
  /** Of the line that was read last. */
  wallMs: number;
}

export function createFoundCounter({ mostBytes = usualBytes } = {}): FoundCounter {
  /** By the file's first line, which stays the same when it is renamed. */
  let known = new Map<string, Counted>();

  async function look(file: string): Promise<Found> {
    const newest = await withFile(file, newestStamp);
    const measured = newest && {
      offset: measureOffset(newest.wallMs, newest.writtenAt),
      wallMs: newest.wallMs,
    };
    const read = new Map<string, Counted>();
    let room = mostBytes;
    for (const one of logFamily(file)) {
      // packed ones can only be read as a whole
      if (one.file.endsWith('.gz') || room <= 0) break;
      const counted = await countFile(one.file, room).catch((error: unknown) => {
        if (one.file === file) throw error;
        // gone meanwhile: what is known begins after it
        return null;
      });
      if (counted === null) break;
      room -= counted.offset - counted.from;
      if (counted.from > 0) break;
    }
    known = read;
    const files = [...read.values()];
    const since = files.findLast((one) => one.since !== null)?.since ?? null;
    return { since, of: (jail) => files.flatMap((one) => pairsOf(one.jails.get(jail) ?? [])) };

    async function countFile(path: string, bytes: number): Promise<Counted | null> {
      return await withFile(path, async (handle) => {
        const { size } = await handle.stat();
        const head = headOf(handle.fd);
        // not written yet, or renamed while we looked and read already
        if (head === null || read.has(head)) return size === 0 ? countedFrom(0) : null;
        const before = known.get(head);
        const goesOn = before !== undefined && before.offset <= size;
        const counted = goesOn ? before : countedFrom(Math.max(0, size - bytes));
        counted.clock = clockAfter(counted.clock, measured);
        await readOn(handle, counted, size);
        read.set(head, counted);
        return counted;
      });
    }
  }

  let looking: Promise<Found> | null = null;
  return {
    look: (file) => (looking ??= look(file).finally(() => (looking = null))),
  };
}

const countedFrom = (from: number): Counted => ({
  from,
  offset: from,
  since: null,
  clock: null,
  jails: new Map(),
});

/** Up to the last whole line before `end`. */
async function readOn(handle: FileHandle, counted: Counted, end: number): Promise<void> {
  const block = Buffer.allocUnsafe(blockBytes);
  /** Bytes at the beginning of the block: of a line whose end was not read yet. */
  let held = 0;
  while (counted.offset + held < end) {
    const wanted = Math.min(blockBytes - held, end - counted.offset - held);
    const { bytesRead } = await handle.read(block, held, wanted, counted.offset + held);
    if (bytesRead === 0) return;
    const filled = held + bytesRead;
    const whole = block.subarray(0, filled).lastIndexOf(10) + 1;
    if (whole > 0) countLines(counted, block.toString('utf8', 0, whole));
    // a line as long as this is none of fail2ban's
    const taken = whole === 0 && filled === blockBytes ? filled : whole;
    block.copyWithin(0, taken, filled);
    held = filled - taken;
    counted.offset += taken;
  }
}

// A line begins after a line feed alone: `^` takes what strangers write into a line for the end of one too.
const stamp = /(?:^|\n)(\d{4}-\d\d-\d\d \d\d:\d\d):\d\d,\d{3} /;
/** Message form of fail2ban 0.11 to 1.1 (server/filter.py); the observer repeats it for those it knows. */
const found =
  /(?:^|\n)(\d{4}-\d\d-\d\d \d\d:\d\d):\d\d,\d{3} fail2ban\.filter +\[\d+\]: INFO +\[(.+?)\] Found /g;

function countLines(counted: Counted, text: string): void {
  const { clock, jails } = counted;
  if (clock === null) return;
  let shown = '';
  let minute = 0;
  const timeOf = (words: string): number => {
    clock.wallMs = Date.parse(`${words.replace(' ', 'T')}Z`);
    return clock.zone(clock.wallMs);
  };
  if (counted.since === null) {
    const [, first] = stamp.exec(text) ?? [];
    if (first === undefined) return;
    // a part of that minute may stand before it
    counted.since = timeOf(first) + (counted.from === 0 ? 0 : minuteMs);
  }
  for (const [, words = '', jail = ''] of text.matchAll(found)) {
    if (words !== shown) {
      shown = words;
      minute = Math.floor(timeOf(words) / minuteMs);
    }
    const pairs = jails.get(jail) ?? [];
    if (pairs.length === 0) jails.set(jail, pairs);
    if (pairs.at(-2) === minute) pairs[pairs.length - 1] = (pairs.at(-1) ?? 0) + 1;
    else pairs.push(minute, 1);
  }
}

interface Measured {
  offset: number;
  wallMs: number;
}

/** The same while the log's clock is ahead of UTC as it was; else a new one that knows where the lines have come to. */
function clockAfter(before: LineClock | null, measured: Measured | null): LineClock {
  if (before !== null && before.offset === (measured?.offset ?? null)) return before;
  const clock = { offset: measured?.offset ?? null, zone: zoneOf(measured), wallMs: before?.wallMs ?? 0 };
  if (before !== null) clock.zone(before.wallMs);
  return clock;
}

function pairsOf(pairs: readonly number[]): { at: number; failures: number }[] {
  const cells: { at: number; failures: number }[] = [];
  for (let index = 0; index + 1 < pairs.length; index += 2)
    cells.push({ at: (pairs[index] ?? 0) * minuteMs, failures: pairs[index + 1] ?? 0 });
  return cells;
}
