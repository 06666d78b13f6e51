/** Jobs: at their pace, never beside themselves, only with the lock, all ended before we end. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryDatabase, type TemporaryDatabase } from '../../../test/database.ts';
import { silentLog } from '../../base/log.ts';
import type { Fence } from '../lock/fence.ts';
import type { SchedulerLock } from '../lock/lock.ts';
import type { JobTools } from './job.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';

let database: TemporaryDatabase;
let scheduler: Scheduler;
let listeners: ((fence: Fence | null) => void)[];
let held: Fence | null;
let tenures: number;
let lockState: ReturnType<SchedulerLock['state']>;

const lock: SchedulerLock = {
  holder: 'us',
  kind: 'sqlite',
  start: async () => {},
  fence: () => held,
  state: () => lockState,
  onChange(listener) {
    listeners.push(listener);
    return () => {};
  },
  release: async () => held !== null,
};
/** As the lock does: a new token with each taking. */
const hold = async (now: boolean) => {
  if (now) await database.db.updateTable('scheduler_fence').set({ token: ++tenures }).execute();
  held = now ? database.fence(tenures) : null;
  lockState = now ? 'held' : 'standby';
  for (const listener of listeners) listener(held);
};

beforeEach(async () => {
  database = await temporaryDatabase();
  listeners = [];
  held = null;
  tenures = 0;
  lockState = 'standby';
  scheduler = createScheduler({ lock, log: silentLog, now: Date.now });
});
afterEach(async () => {
  scheduler.stopAccepting();
  await scheduler.drain(0);
  await database.close();
});

const rows = async () =>
  (await database.db.selectFrom('job_runs').selectAll().orderBy('id').execute()).map((row) => ({ ...row }));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const until = async (ask: () => boolean | Promise<boolean>) => {
  while (!(await ask())) await pause(5);
};
/** A job that runs until it is let go. */
function gate(name: string, everyMs = 1_000_000) {
  const state = { runs: 0, beside: 0, most: 0, aborted: false, open: () => {} };
  const job = {
    name,
    everyMs,
    run: ({ signal }: JobTools) =>
      new Promise<Record<string, number>>((resolve) => {
        state.runs += 1;
        state.most = Math.max(state.most, ++state.beside);
        const end = () => {
          state.beside -= 1;
          resolve({ done: 1 });
        };
        state.open = end;
        signal.addEventListener('abort', () => {
          state.aborted = true;
          end();
        });
      }),
  };
  return { state, job };
}

test('jobs run at their pace, but only while the lock is held', async () => {
  let runs = 0;
  scheduler.add({ name: 'often', everyMs: 5, run: async () => ({ done: ++runs }) });
  scheduler.start();
  expect(scheduler.state()).toBe('standby');
  await pause(50);
  expect(runs).toBe(0);
  await hold(true);
  expect(scheduler.state()).toBe('running');
  await until(() => runs >= 3);
  await hold(false);
  await pause(20);
  const after = runs;
  await pause(50);
  expect(runs).toBe(after);
});

test('a job never runs beside itself, and a second wish joins the first', async () => {
  const { state, job } = gate('slow', 1);
  scheduler.add(job);
  scheduler.start();
  await hold(true);
  await until(() => state.runs === 1);
  const [first, second] = [scheduler.runNow('slow'), scheduler.runNow('slow')];
  await pause(30);
  state.open();
  expect(await Promise.all([first, second])).toEqual([{ done: 1 }, { done: 1 }]);
  expect(state.most).toBe(1);
});

test('only runs that did something or failed leave a row', async () => {
  scheduler.add({ name: 'idle', everyMs: 1e6, run: async () => ({ removed: 0 }) });
  scheduler.add({ name: 'busy', everyMs: 1e6, run: async () => ({ removed: 3 }) });
  scheduler.add({
    name: 'broken',
    everyMs: 1e6,
    run: async () => {
      throw new Error('no disk');
    },
  });
  scheduler.start();
  await hold(true);
  await until(async () => (await rows()).length === 2);
  // they run side by side: either may end first
  expect((await rows()).toSorted((a, b) => a.job.localeCompare(b.job))).toMatchObject([
    { job: 'broken', state: 'failed', error: 'Error: no disk' },
    { job: 'busy', holder: 'us', state: 'completed', counts: '{"removed":3}', error: null },
  ]);
  await expect(scheduler.runNow('broken')).rejects.toThrow('no disk');
  expect(await scheduler.runNow('idle')).toEqual({ removed: 0 });
});

test('a run that takes long shows while it runs', async () => {
  const { state, job } = gate('long');
  scheduler.add(job);
  scheduler.start();
  await hold(true);
  await until(async () => (await rows())[0]?.state === 'running');
  state.open();
  await until(async () => (await rows())[0]?.state === 'completed');
  expect(await rows()).toHaveLength(1);
});

test('losing the lock aborts what runs', async () => {
  const { state, job } = gate('guarded');
  scheduler.add(job);
  scheduler.start();
  await hold(true);
  await until(() => state.runs === 1);
  await hold(false);
  await until(async () => (await rows()).length === 1);
  expect(state.aborted).toBe(true);
  expect(await rows()).toMatchObject([{ state: 'aborted', error: 'The scheduler lock was lost.', fence: 1 }]);
});

test('what a killed instance left as running is closed when the next one starts', async () => {
  const left = { holder: 'dead', started_at: 1, ended_at: null, counts: '{}', error: null };
  await database.db
    .insertInto('job_runs')
    .values({ ...left, job: 'import', state: 'running' })
    .execute();
  await database.db
    .insertInto('job_runs')
    .values({ ...left, job: 'other', state: 'completed' })
    .execute();
  scheduler.start();
  await hold(true);
  await until(async () => (await rows())[0]?.state === 'aborted');
  expect(await rows()).toMatchObject([{ ended_at: expect.any(Number) }, { state: 'completed' }]);
});

test('at the end running jobs are waited for', async () => {
  const { state, job } = gate('draining');
  scheduler.add(job);
  scheduler.start();
  await hold(true);
  await until(() => state.runs === 1);
  expect(scheduler.stopAccepting()).toBe(1);
  expect(scheduler.state()).toBe('stopped');
  await expect(scheduler.runNow('draining')).rejects.toMatchObject({ status: 409 });
  setTimeout(() => state.open(), 30);
  expect(await scheduler.drain(20_000)).toBe(0);
  expect(state.aborted).toBe(false);
  expect(await rows()).toMatchObject([{ state: 'completed' }]);
});

test('what does not end in time is aborted and counted, even when it does not listen', async () => {
  const { state, job } = gate('obedient');
  scheduler.add(job);
  scheduler.add({ name: 'deaf', everyMs: 1e6, run: () => new Promise<Record<string, number>>(() => {}) });
  scheduler.start();
  await hold(true);
  await until(
    async () => state.runs === 1 && (await rows()).filter((row) => row.state === 'running').length === 2,
  );
  scheduler.stopAccepting();
  expect(await scheduler.drain(20)).toBe(2);
  expect((await rows()).map((row) => row.state)).toEqual(['aborted', 'aborted']);
});

test('an unknown job, or one that runs elsewhere, cannot be run', async () => {
  scheduler.add({ name: 'known', everyMs: 1e6, run: async () => ({}) });
  scheduler.start();
  await expect(scheduler.runNow('unknown')).rejects.toMatchObject({ status: 404 });
  await expect(scheduler.runNow('known')).rejects.toMatchObject({ code: 'scheduler_elsewhere' });
});

test('old rows are removed', async () => {
  await hold(true);
  const fence = database.fence(1);
  const run = { id: null, job: 'a', startedAt: 1, state: 'completed' as const, counts: {}, error: null };
  await scheduler.runs.end(fence, run);
  await scheduler.runs.end(fence, { ...run, startedAt: 100 });
  expect(await scheduler.runs.prune(fence, 50)).toBe(1);
  expect(await rows()).toMatchObject([{ started_at: 100 }]);
});

test('a job that goes on after another took the lock writes nothing, and its run is closed by the other', async () => {
  let go = (): void => {};
  scheduler.add({
    name: 'deaf',
    everyMs: 1e6,
    async run({ fence }) {
      await new Promise<void>((resolve) => (go = resolve));
      const row = { key: 'late', value: '' };
      await fence.write((transaction) => transaction.insertInto('settings').values(row).execute());
      return { done: 1 };
    },
  });
  scheduler.start();
  await hold(true);
  await until(async () => (await rows())[0]?.state === 'running');
  await database.db.updateTable('scheduler_fence').set({ token: 2 }).execute();
  const other = database.fence(2);
  expect(await scheduler.runs.closeLeftOvers(other)).toBe(1);
  const ended = scheduler.runNow('deaf');
  go();
  await expect(ended).rejects.toThrow('taken by another instance');
  expect(await rows()).toMatchObject([
    { state: 'aborted', fence: 1, error: expect.stringContaining('lost') },
  ]);
  expect(await database.db.selectFrom('settings').selectAll().execute()).toEqual([]);
});
