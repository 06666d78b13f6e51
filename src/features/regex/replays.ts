/** Replays as runs in memory: one at a time, a few may wait, the newest are kept until they are forgotten. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { notFound, tooManyRequests } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { ReplayOutcome, ReplayProgress, ReplayResult } from '../../host/regex/replay-lines.ts';
import type { ReplayView } from './replay-view.ts';

interface ReplaysDeps {
  log: Log;
  now: Clock;
}

export interface NewReplay {
  jail: string;
  /** Bytes to read; 0 when not known. */
  size: number;
  work(signal: AbortSignal, onProgress: (progress: ReplayProgress) => void): Promise<ReplayOutcome>;
  view(result: ReplayResult): NonNullable<ReplayView['result']>;
  /** Called once, however it ends. */
  close(): Promise<void>;
}

interface Run {
  id: string;
  task: NewReplay;
  state: ReplayView['state'];
  startedAt: number | null;
  endedAt: number | null;
  progress: ReplayProgress;
  error: string | null;
  result: ReplayView['result'];
  stop: AbortController;
}

export interface Replays {
  /** Throws 429 when too many wait; the task is closed then too. */
  add(task: NewReplay): Promise<string>;
  /** Throws 404. */
  read(id: string): ReplayView;
  remove(id: string): Promise<void>;
  /** Kills what runs. */
  close(): Promise<void>;
}

const mostWaiting = 4;
const kept = 20;

export function createReplays({ log, now }: ReplaysDeps): Replays {
  const runs = new Map<string, Run>();
  let last: Promise<void> = Promise.resolve();

  const find = (id: string): Run => {
    const run = runs.get(id);
    if (run === undefined)
      throw notFound('There is no such replay; only the newest are kept, until a restart.');
    return run;
  };

  async function perform(run: Run): Promise<void> {
    const { task, stop } = run;
    try {
      if (stop.signal.aborted) return;
      run.state = 'running';
      run.startedAt = now();
      const outcome = await task.work(stop.signal, (progress) => (run.progress = progress));
      if (stop.signal.aborted) return;
      run.state = outcome.kind === 'answered' ? 'completed' : 'failed';
      if (outcome.kind !== 'answered') run.error = outcome.sentence;
      else {
        run.result = task.view(outcome.result);
        run.progress = { lines: outcome.result.lines, bytes: task.size };
      }
    } catch (error) {
      run.state = 'failed';
      run.error = 'The replay failed; the log of BanGUI says why.';
      log.error('replay_failed', { jail: task.jail, error });
    } finally {
      if (stop.signal.aborted) abort(run);
      run.endedAt = now();
      await task.close().catch((error: unknown) => log.warn('replay_source_not_closed', { error }));
    }
  }

  const forgetOld = (): void => {
    const ended = [...runs.values()].filter((run) => run.endedAt !== null);
    for (const run of ended.slice(0, Math.max(0, runs.size - kept))) runs.delete(run.id);
  };

  return {
    async add(task) {
      const waiting = [...runs.values()].filter((run) => run.state === 'queued').length;
      if (waiting >= mostWaiting) {
        await task.close();
        throw tooManyRequests('Other replays are waiting already. Try again when they are done.', 30);
      }
      const run: Run = {
        id: randomUUID(),
        task,
        state: 'queued',
        startedAt: null,
        endedAt: null,
        progress: { lines: 0, bytes: 0 },
        error: null,
        result: null,
        stop: new AbortController(),
      };
      runs.set(run.id, run);
      forgetOld();
      last = last.then(() => perform(run));
      return run.id;
    },
    read: (id) => view(find(id), now()),
    async remove(id) {
      const run = find(id);
      run.stop.abort();
      if (run.state !== 'running' && run.state !== 'queued') runs.delete(id);
      else abort(run);
    },
    async close() {
      for (const run of runs.values()) run.stop.abort();
      await last;
    },
  };
}

/** Both at once: who sees that it ended does not ask again. */
function abort(run: Run): void {
  run.state = 'aborted';
  run.error = 'It was cancelled.';
}

function view(run: Run, now: number): ReplayView {
  const { startedAt, endedAt, progress, task } = run;
  const seconds = startedAt === null ? 0 : ((endedAt ?? now) - startedAt) / 1000;
  const share = task.size === 0 ? null : Math.min(1, progress.bytes / task.size);
  const left = share === null || share === 0 || endedAt !== null ? null : (seconds / share) * (1 - share);
  return {
    id: run.id,
    jail: task.jail,
    state: run.state,
    started_at: startedAt === null ? null : new Date(startedAt).toISOString(),
    ended_at: endedAt === null ? null : new Date(endedAt).toISOString(),
    seconds,
    progress: {
      lines: progress.lines,
      share: run.state === 'completed' ? 1 : share,
      lines_per_second: seconds === 0 ? 0 : Math.round(progress.lines / seconds),
      seconds_left: left === null ? null : Math.ceil(left),
    },
    error: run.error,
    result: run.result,
  };
}
