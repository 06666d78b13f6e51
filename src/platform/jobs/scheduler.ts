/** Runs background jobs: each at its pace, never beside itself, only while this instance holds the lock. */
import type { Clock } from '../../base/clock.ts';
import { conflict, notFound } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Fence } from '../lock/fence.ts';
import type { SchedulerLock } from '../lock/lock.ts';
import type { Job } from './job.ts';
import { startRun, type Run } from './run.ts';
import { createRuns, type Runs } from './runs.ts';

export interface Scheduler {
  add(job: Job): void;
  /** Jobs start as soon as the lock is held. */
  start(): void;
  /** Runs it now, or joins the run under way. Throws AppError 404 for an unknown job, 409 without the lock. */
  runNow(name: string): Promise<Record<string, number>>;
  /** Every job, whether it runs here at this moment. */
  list(): { name: string; everyMs: number; running: boolean }[];
  /** running · standby: another instance runs the jobs · stopped: nobody here will. */
  state(): 'running' | 'standby' | 'stopped';
  /** Nothing new starts from now on. Answers how many jobs are running. */
  stopAccepting(): number;
  /** Waits for running jobs; after `timeoutMs` aborts the rest. Answers how many were aborted. */
  drain(timeoutMs: number): Promise<number>;
  runs: Runs;
}

interface SchedulerDeps {
  lock: SchedulerLock;
  log: Log;
  now: Clock;
}

/** An aborted job has this long to notice; then its run is closed without it. */
const noticeMs = 1_000;

export function createScheduler({ lock, log, now }: SchedulerDeps): Scheduler {
  const runs = createRuns({ holder: lock.holder, now });
  const jobs = new Map<string, Job>();
  const timers = new Map<string, NodeJS.Timeout>();
  const running = new Map<string, Run>();
  const ending = new AbortController();
  let accepting = false;

  const begin = (job: Job, fence: Fence): Run => {
    const run = startRun({ job, fence, ending: ending.signal, runs, log, now });
    running.set(job.name, run);
    void run.ended.finally(() => {
      running.delete(job.name);
      if (accepting && lock.fence() !== null) plan(job, Math.max(0, run.startedAt + job.everyMs - now()));
    });
    return run;
  };
  const plan = (job: Job, afterMs: number): void => {
    clearTimeout(timers.get(job.name));
    const due = (): void => {
      const fence = lock.fence();
      if (accepting && fence !== null && !running.has(job.name)) begin(job, fence);
    };
    timers.set(job.name, setTimeout(due, afterMs));
  };
  const planAll = async (fence: Fence): Promise<void> => {
    try {
      const aborted = await runs.closeLeftOvers(fence);
      if (aborted > 0) log.warn('job_runs_left_over', { aborted });
    } catch (error) {
      log.error('job_runs_left_over_failed', { error });
    }
    for (const job of jobs.values()) if (!running.has(job.name)) plan(job, 0);
  };
  const stopTimers = (): void => {
    for (const timer of timers.values()) clearTimeout(timer);
    timers.clear();
  };
  lock.onChange((fence) => {
    if (fence !== null && accepting) void planAll(fence);
    if (fence !== null) return;
    stopTimers();
    // Before another instance may start them.
    for (const run of running.values())
      run.abort(accepting ? 'The scheduler lock was lost.' : 'BanGUI was ended.');
  });

  return {
    runs,
    add(job) {
      jobs.set(job.name, job);
      if (accepting && lock.fence() !== null) plan(job, 0);
    },
    start() {
      accepting = true;
      const fence = lock.fence();
      if (fence !== null) void planAll(fence);
    },
    async runNow(name) {
      const job = jobs.get(name);
      if (job === undefined) throw notFound(`There is no background job named ${name}.`);
      const fence = lock.fence();
      if (!accepting || fence === null) {
        throw conflict('scheduler_elsewhere', 'Background jobs do not run in this instance at the moment.');
      }
      return (running.get(name) ?? begin(job, fence)).counts;
    },
    list: () =>
      [...jobs.values()].map(({ name, everyMs }) => ({ name, everyMs, running: running.has(name) })),
    state() {
      if (!accepting) return 'stopped';
      if (lock.state() === 'held') return 'running';
      return lock.state() === 'standby' ? 'standby' : 'stopped';
    },
    stopAccepting() {
      accepting = false;
      ending.abort();
      stopTimers();
      return running.size;
    },
    async drain(timeoutMs) {
      if (await settled(running, timeoutMs)) return 0;
      const late = [...running.values()];
      for (const run of late) run.abort('BanGUI was ended.');
      if (!(await settled(running, noticeMs)))
        await Promise.all([...running.values()].map((run) => run.giveUp()));
      return late.length;
    },
  };
}

/** True when all runs ended in time. */
async function settled(running: ReadonlyMap<string, Run>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  const all = Promise.all([...running.values()].map((run) => run.ended)).then(() => true);
  try {
    return await Promise.race([all, late]);
  } finally {
    clearTimeout(timer);
  }
}
