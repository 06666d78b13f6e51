/** fail2ban's table read by a thread of its own while what it holds is written: for very many rows only. */
import { Worker } from 'node:worker_threads';
import type { Anchors } from '../../../host/bans/ban-table.ts';
import type { SeedBan } from '../new-event.ts';
import { unpackBans, type PackedBans } from './packed-bans.ts';

export interface ReadAhead {
  readonly file: string;
  /** Null: the next one is not there yet. Throws what kept the thread from reading. */
  next(): AheadBatch | null;
  close(): void;
}

export interface AheadBatch {
  bans: SeedBan[];
  anchors: Anchors;
  /** More comes after it. */
  more: boolean;
}

export interface ReadJob {
  file: string;
  /** Of what was read before. */
  anchors: Anchors;
}

/** The job first, then how many more batches may be sent. */
export type ToReader = { job: ReadJob } | { room: number };

/** From the thread; it ends with the last batch, and with a failure. */
export type FromReader = { bans: PackedBans; anchors: Anchors; more: boolean } | { failure: string };

/** Batches that may be under way: one is written while the next is read. */
const ahead = 2;
/** MB. A batch is 4 at most. */
export const readerMemory = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 48 };

/** `onReady` is called when `next` has something new to answer. */
export function openReadAhead(job: ReadJob, onReady: () => void): ReadAhead {
  const worker = new Worker(new URL('./read-ahead-thread.ts', import.meta.url), {
    resourceLimits: readerMemory,
  });
  const say = (message: ToReader): void => worker.postMessage(message);
  const batches: Exclude<FromReader, { failure: string }>[] = [];
  let failure: string | null = null;
  let ended = false;
  const fail = (reason: string): void => {
    failure ??= reason;
    onReady();
  };
  worker.on('message', (told: FromReader) => {
    if ('failure' in told) fail(told.failure);
    else {
      batches.push(told);
      ended = !told.more;
      onReady();
    }
  });
  worker.on('error', (error: unknown) => fail(error instanceof Error ? error.message : String(error)));
  worker.once('exit', () => {
    if (!ended) fail('The thread that reads it ended.');
  });
  say({ job });
  say({ room: ahead });
  return {
    file: job.file,
    next() {
      const batch = batches.shift();
      if (batch === undefined) {
        if (failure !== null) throw new Error(failure);
        return null;
      }
      say({ room: 1 });
      return { ...batch, bans: unpackBans(batch.bans) };
    },
    close() {
      ended = true;
      void worker.terminate();
    },
  };
}
