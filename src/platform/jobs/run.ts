/** One execution of a job, from its start to its row. */
import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Fence } from '../lock/fence.ts';
import type { Job } from './job.ts';
import type { RunState, Runs } from './runs.ts';

export interface Run {
  startedAt: number;
  /** What the job answered; rejects when it failed. */
  counts: Promise<Record<string, number>>;
  /** Resolves when the job has ended and its row, if any, is written. Never rejects. */
  ended: Promise<void>;
  abort(reason: string): void;
  /** Closes the row of a job that did not notice its abort. */
  giveUp(): Promise<void>;
}

interface RunDeps {
  job: Job;
  fence: Fence;
  ending: AbortSignal;
  runs: Runs;
  log: Log;
  now: Clock;
}

/** A run that takes longer than this shows as `running`; most end before and need no row. */
const shownAfterMs = 1_000;

export function startRun({ job, fence, ending, runs, log, now }: RunDeps): Run {
  const startedAt = now();
  const controller = new AbortController();
  const begin = (): Promise<number> => runs.begin(fence, { job: job.name, startedAt });
  let shown: Promise<number | null> = Promise.resolve(null);
  let closed = false;
  const timer = setTimeout(() => {
    if (job.recorded) return;
    shown = begin().catch((error: unknown) => {
      log.error('job_run_row_failed', { job: job.name, error });
      return null;
    });
  }, shownAfterMs);

  const close = async (
    state: RunState,
    counts: Record<string, number>,
    error: string | null,
  ): Promise<void> => {
    if (closed) return;
    closed = true;
    clearTimeout(timer);
    const id = await shown;
    const didSomething = Object.values(counts).some((count) => count !== 0);
    const fields = { job: job.name, state, counts, duration_ms: now() - startedAt };
    if (state === 'completed') log[didSomething ? 'info' : 'debug']('job_completed', fields);
    if (id === null && state === 'completed' && !didSomething) return;
    try {
      await runs.end(fence, { id, job: job.name, startedAt, state, counts, error });
    } catch (cause) {
      log.error('job_run_row_failed', { job: job.name, error: cause });
    }
  };

  const counts = Promise.resolve().then(async () => {
    if (job.recorded) shown = Promise.resolve(await begin());
    return job.run({ signal: controller.signal, ending, fence });
  });
  // Whoever asked for the run sees its failure through `counts`; nobody has to.
  counts.catch(() => {});
  const ended = counts.then(
    (done) =>
      close(controller.signal.aborted ? 'aborted' : 'completed', done, abortReason(controller.signal)),
    (error: unknown) => {
      if (controller.signal.aborted) return close('aborted', {}, abortReason(controller.signal));
      log.error('job_failed', { job: job.name, error });
      return close('failed', {}, reasonOf(error));
    },
  );
  return {
    startedAt,
    counts,
    ended,
    abort: (reason) => controller.abort(reason),
    giveUp: () => close('aborted', {}, abortReason(controller.signal)),
  };
}

function abortReason(signal: AbortSignal): string | null {
  return signal.aborted ? String(signal.reason) : null;
}

function reasonOf(error: unknown): string {
  if (error instanceof AppError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
