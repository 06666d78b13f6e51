/** Work on whole lists, off the main thread: a thread for each job, so that what it leaves in memory goes with it. */
import { rm } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { AppError } from '../../base/errors.ts';
import { draftOf } from '../../host/blocklist/write-whole.ts';
import type { LoginQuestion, Logins } from '../../host/logins/read-logins.ts';
import { favourSpeed, withRoomyHeap } from '../../platform/heap.ts';
import type { CombineEnd, CombineJob, ReadCounts, ReadEnd, ReadJob } from './list-jobs.ts';
import type { FindEnd, FindJob, MeasureEnd, MeasureJob } from './measure-jobs.ts';
import type { JobAnswer, ListJob } from './thread-jobs.ts';

/**
 * Jobs wait for each other. An aborted one ends its thread at once and rejects with the signal's reason; its file is
 * then as it was, or already the new one, whole. Others throw AppError: 422 `list_*` and `blocklist_too_large`, 500
 * `set_file_damaged`, 503 `blocklist_not_writable`, and 500 `list_work_failed` when the thread died.
 */
export interface ListWork {
  read(
    job: ReadJob,
    tools: { signal: AbortSignal; onProgress: (counts: ReadCounts) => void },
  ): Promise<ReadEnd>;
  combine(job: CombineJob, signal: AbortSignal): Promise<CombineEnd>;
  /** Throws AppError 503 `blocklist_unreadable` too. */
  measure(job: MeasureJob, signal: AbortSignal): Promise<MeasureEnd>;
  /** Throws AppError 503 `blocklist_unreadable` too. */
  find(job: FindJob, signal: AbortSignal): Promise<FindEnd>;
  logins(question: LoginQuestion, signal: AbortSignal): Promise<Logins>;
  close(): Promise<void>;
}

/** Ranges lie outside of the heap. */
const memory = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 128 };

export function createListWork(): ListWork {
  const closing = new AbortController();
  let turn: Promise<unknown> = Promise.resolve();

  const inTurn = <End>(job: ListJob, tools: Tools): Promise<End> => {
    const signal = AbortSignal.any([tools.signal, closing.signal]);
    const result = turn.then(async () => {
      signal.throwIfAborted();
      const rest = favourSpeed();
      const worker = withRoomyHeap(
        () => new Worker(new URL('list-work-thread.ts', import.meta.url), { resourceLimits: memory }),
      );
      // heard by the job; unheard, it would end this process
      worker.on('error', () => {});
      try {
        return await ask<End>(worker, job, { ...tools, signal });
      } catch (error) {
        // it may be writing still
        await worker.terminate();
        if (!(error instanceof AppError) || error.code === threadFailed) await removeDraft(job);
        throw error;
      } finally {
        await worker.terminate();
        rest();
      }
    });
    turn = result.catch(() => {});
    return result;
  };

  return {
    read: (job, tools) => inTurn({ kind: 'read', ...job }, tools),
    combine: (job, signal) => inTurn({ kind: 'combine', ...job }, untold(signal)),
    measure: (job, signal) => inTurn({ kind: 'measure', ...job }, untold(signal)),
    find: (job, signal) => inTurn({ kind: 'find', ...job }, untold(signal)),
    logins: (question, signal) => inTurn({ kind: 'logins', ...question }, untold(signal)),
    async close() {
      closing.abort(new Error('the work on lists is over'));
      await turn;
    },
  };
}

/** What a job that was ended had begun to write. */
async function removeDraft(job: ListJob): Promise<void> {
  const file = job.kind === 'read' ? job.setFile : job.kind === 'combine' ? job.into : null;
  if (file !== null) await rm(draftOf(file), { force: true });
}

interface Tools {
  signal: AbortSignal;
  onProgress: (counts: ReadCounts) => void;
}

const untold = (signal: AbortSignal): Tools => ({ signal, onProgress: () => {} });

const threadFailed = 'list_work_failed';

function ask<End>(worker: Worker, job: ListJob, { signal, onProgress }: Tools): Promise<End> {
  return new Promise<End>((resolve, reject) => {
    const settle = (): void => {
      worker.off('message', onMessage);
      worker.off('error', onGone);
      worker.off('exit', onGone);
      signal.removeEventListener('abort', onAbort);
    };
    const onMessage = (answer: JobAnswer<End>): void => {
      if (answer.say === 'progress') {
        onProgress(answer.counts);
        return;
      }
      settle();
      if (answer.say === 'done') resolve(answer.end);
      else reject(new AppError(answer.status, answer.code, answer.message));
    };
    const onGone = (cause: unknown): void => {
      settle();
      reject(new AppError(500, threadFailed, 'Reading lists failed unexpectedly.', { cause }));
    };
    const onAbort = (): void => {
      settle();
      reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
    };
    worker.on('message', onMessage);
    worker.on('error', onGone);
    worker.on('exit', onGone);
    signal.addEventListener('abort', onAbort);
    worker.postMessage(job);
  });
}
