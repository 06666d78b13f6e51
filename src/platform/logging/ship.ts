/**
 * Ships log lines to a log service, beside standard output: a bounded buffer, one batch under way, patience with a
 * receiver that fails. Standard output never waits for it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Log } from '../../base/log.ts';
import { createNumbering, type Entry, type Receiver } from './ship-entry.ts';
import { usualLimits, type ShippingLimits } from './ship-limits.ts';

export interface Shipper {
  /** Takes a JSON line. Never waits and never throws. */
  write(json: string): void;
  /** Sends what waits, once. Answers null when all was taken, else why not. From here on `log` hears of failures. */
  contact(log: Log): Promise<string | null>;
  /** Sends what waits, for 2 s at most over all calls together: the time the end may take. */
  flush(): Promise<void>;
  figures(): ShippingFigures;
}

export interface ShippingFigures {
  /** Lines taken by the service. */
  shipped: number;
  /** Lines waiting now. */
  waiting: number;
  /** Attempts that did not get everything through. */
  failures: number;
  /** full: the buffer was · refused: by the service · too_long: above what services take · ended: when BanGUI did. */
  dropped: Readonly<Record<DropReason, number>>;
}

type DropReason = 'full' | 'refused' | 'too_long' | 'ended';

interface ShipperDeps {
  receiver: Receiver;
  /** Lines. */
  bufferSize: number;
  flushMs: number;
  now: () => number;
  /** Other than these in tests only. */
  limits?: Partial<ShippingLimits>;
}

const lineShape = z.object({ level: z.string(), event: z.string() });

/** Lines for the person at this machine only: with this code anyone could do the set-up. */
const keptHere = new Set(['setup_code']);

export function createShipper({ receiver, bufferSize, flushMs, now, limits = {} }: ShipperDeps): Shipper {
  const limit = { ...usualLimits, ...limits };
  const number = createNumbering({ instance: randomUUID(), now });
  const waiting: Entry[] = [];
  const dropped = { full: 0, refused: 0, too_long: 0, ended: 0 };
  const count = { shipped: 0, failures: 0, inARow: 0, length: 0 };
  let log: Log | null = null;
  let toldAt = -Infinity;
  let toldDropped = 0;
  let timer: NodeJS.Timeout | null = null;
  let underWay: Promise<string | null> | null = null;
  const cancel = new AbortController();
  let leftMs = limit.endMs;
  let ending = false;

  const droppedInAll = (): number => Object.values(dropped).reduce((sum, some) => sum + some, 0);
  const tell = (reason: string | null): void => {
    if (log === null || performance.now() - toldAt < limit.tellMs) return;
    toldAt = performance.now();
    const lines = droppedInAll() - toldDropped;
    toldDropped += lines;
    log.warn('external_logging_failed', { reason, dropped: lines, waiting: waiting.length });
  };
  const drop = (why: DropReason, lines: number, reason: string): void => {
    dropped[why] += lines;
    if (lines > 0) tell(reason);
  };

  const take = (): Entry[] => {
    let length = 0;
    const most = waiting.slice(0, limit.batchLines);
    const end = most.findIndex(
      (entry, place) => (length += entry.line.length) > limit.batchLength && place > 0,
    );
    return end < 0 ? most : most.slice(0, end);
  };
  const attempt = async (): Promise<string | null> => {
    const batch = take();
    if (batch.length === 0) return null;
    const signal = AbortSignal.any([cancel.signal, AbortSignal.timeout(limit.attemptMs)]);
    const { again, refused, reason, waitMs } = await receiver.deliver(batch, signal);
    waiting.splice(0, batch.length, ...again);
    count.length = waiting.reduce((sum, { line }) => sum + line.length, 0);
    count.shipped += batch.length - again.length - refused;
    count.inARow = again.length > 0 ? count.inARow + 1 : 0;
    if (reason !== null) count.failures += 1;
    drop('refused', refused, reason ?? '');
    if (again.length > 0) tell(reason);
    if (!ending && waiting.length > 0) plan(again.length > 0 ? (waitMs ?? backOff()) : usualWait());
    return reason;
  };
  // Sending is nobody's: it must not belong to the call whose line began it, nor show in its trace.
  const asNobody = AsyncLocalStorage.snapshot();
  const send = (): Promise<string | null> =>
    (underWay ??= asNobody(attempt).finally(() => {
      underWay = null;
    }));

  /** Half of it is chance, so that instances that failed together do not come back together. */
  const backOff = (): number => {
    const full = Math.min(limit.lastRetryMs, limit.firstRetryMs * 2 ** (count.inARow - 1));
    return full * (0.5 + limit.random() / 2);
  };
  const usualWait = (): number => (waiting.length >= limit.batchLines ? 0 : flushMs);
  const plan = (afterMs: number): void => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => {
      timer = null;
      void send();
    }, afterMs).unref();
  };

  const write = (json: string): void => {
    const line = json.trimEnd();
    const kind = kindOf(line);
    if (keptHere.has(kind.event)) return;
    if (line.length > limit.lineLength) return drop('too_long', 1, 'a line is too long');
    if (waiting.length >= bufferSize || count.length + line.length > limit.bufferLength)
      return drop('full', 1, 'too many lines wait');
    waiting.push(number(line, kind));
    count.length += line.length;
    if (ending || underWay !== null || count.inARow > 0) return;
    if (timer === null || waiting.length === limit.batchLines) plan(usualWait());
  };

  return {
    write,
    contact(given) {
      log = given;
      // With a high level nothing may have been logged yet.
      if (waiting.length === 0) write(contactLine(now()));
      return send();
    },
    async flush() {
      const first = !ending;
      ending = true;
      if (timer !== null) clearTimeout(timer);
      const began = performance.now();
      const over = setTimeout(() => cancel.abort(), leftMs);
      const late = aborted(cancel.signal);
      while (waiting.length > 0 && !cancel.signal.aborted) {
        await Promise.race([send(), late]);
        if (count.inARow > 0) await pause(Math.min(backOff(), 200), cancel.signal);
      }
      clearTimeout(over);
      leftMs = Math.max(0, leftMs - (performance.now() - began));
      dropped.ended = waiting.length;
      // A later call is for the very last lines, after which none may follow.
      if (first && waiting.length > 0) log?.warn('external_logging_lines_lost', { lines: waiting.length });
    },
    figures: () => ({
      shipped: count.shipped,
      waiting: waiting.length,
      failures: count.failures,
      dropped: { ...dropped },
    }),
  };
}

/** Level and event of a line, which `log.ts` made. */
function kindOf(line: string): { level: string; event: string } {
  const { level, event } = lineShape.parse(JSON.parse(line));
  return { level, event };
}

function contactLine(time: number): string {
  return JSON.stringify({
    level: 'info',
    time: new Date(time).toISOString(),
    event: 'external_logging_contact',
  });
}

/** Ends early when `signal` aborts. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
