/** One instance runs the jobs: taking, keeping, losing and giving back the lock, also between real processes. */
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryDatabase, type TemporaryDatabase } from '../../../test/database.ts';
import { startHolder, type HolderProcess } from '../../../test/lock/start-holder.ts';
import { silentLog, type LogFields } from '../../base/log.ts';
import type { SchedulerLock } from './lock.ts';
import { isGone, ownIdentity, type ProcessIdentity } from './process-identity.ts';
import { createSqliteLock } from './sqlite-lock.ts';

let database: TemporaryDatabase;
const open: SchedulerLock[] = [];
const processes: HolderProcess[] = [];
const events: [string, string, LogFields | undefined][] = [];
const log = {
  debug: (event: string, fields?: LogFields) => void events.push(['debug', event, fields]),
  info: (event: string, fields?: LogFields) => void events.push(['info', event, fields]),
  warn: (event: string, fields?: LogFields) => void events.push(['warning', event, fields]),
  error: (event: string, fields?: LogFields) => void events.push(['error', event, fields]),
};
const logged = (event: string) => events.filter(([, name]) => name === event);

beforeEach(async () => {
  events.length = 0;
  database = await temporaryDatabase();
});
afterEach(async () => {
  for (const one of processes.splice(0)) await one.kill();
  for (const lock of open.splice(0)) await lock.release();
  await database.close();
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** Stopped inside one, it keeps SQLite's write lock from everybody until it goes on. */
async function stopOutsideTransaction(holder: HolderProcess): Promise<void> {
  const other = new DatabaseSync(database.path);
  for (let inside = true; inside;) {
    holder.stop();
    try {
      other.exec('BEGIN IMMEDIATE; ROLLBACK');
      inside = false;
    } catch {
      holder.resume();
      await pause(3);
    }
  }
  other.close();
}

/** The contract's times, a hundred times faster. */
const quick = {
  lookMs: 10,
  heartbeatMs: 50,
  beatBoundMs: 50,
  leaseMs: 600,
  holdMs: 500,
  settleMs: 60,
  graceMs: 600,
};
const lockOf = (own: ProcessIdentity = ownIdentity(), times: Partial<typeof quick> = {}) => {
  const lock = createSqliteLock({ db: database.db, log, now: Date.now, own, times: { ...quick, ...times } });
  open.push(lock);
  return lock;
};
const elsewhere = (name: string): ProcessIdentity => ({
  ...ownIdentity(),
  hostname: name,
  pidNamespace: `pid:[${name}]`,
});
const isHeld = (lock: SchedulerLock) => lock.fence() !== null;
const rows = () => database.db.selectFrom('scheduler_lock').selectAll().execute();
const until = async (ask: () => boolean | Promise<boolean>) => {
  while (!(await ask())) await new Promise((resolve) => setTimeout(resolve, 5));
};

test('the first takes it and may start jobs at once, the row shows who', async () => {
  const lock = lockOf();
  await lock.start('reject');
  expect([isHeld(lock), lock.state()]).toEqual([true, 'held']);
  expect(await rows()).toMatchObject([
    { id: 1, holder: lock.holder, pid: process.pid, hostname: ownIdentity().hostname },
  ]);
  expect(logged('scheduler_lock_acquired')[0]?.[0]).toBe('info');
});

test('of several at once exactly one takes it', async () => {
  const locks = Array.from({ length: 5 }, () => lockOf());
  const outcomes = await Promise.allSettled(locks.map((lock) => lock.start('reject')));
  expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
});

test('a second refuses to start and names the holder', async () => {
  await lockOf(elsewhere('other-host')).start('reject');
  const second = lockOf();
  await expect(second.start('reject')).rejects.toMatchObject({ code: 'scheduler_lock_held' });
  await expect(second.start('reject')).rejects.toThrow(`process ${process.pid} on other-host`);
  expect(logged('scheduler_lock_held_by_other_instance')[0]?.[0]).toBe('warning');
});

test('a standby takes over at once when the lock is given back', async () => {
  const first = lockOf();
  await first.start('reject');
  const second = lockOf();
  await second.start('standby');
  expect([isHeld(second), second.state()]).toEqual([false, 'standby']);
  expect(await first.release()).toBe(true);
  expect(isHeld(first)).toBe(false);
  await until(() => isHeld(second));
  expect(await rows()).toMatchObject([{ holder: second.holder }]);
});

test('the heartbeat keeps it fresh', async () => {
  await lockOf().start('reject');
  const [before] = await rows();
  await until(async () => ((await rows())[0]?.heartbeat_at ?? 0) > (before?.heartbeat_at ?? 0));
  expect(logged('scheduler_lock_heartbeat_updated')[0]?.[0]).toBe('debug');
  expect((await rows())[0]?.acquired_at).toBe(before?.acquired_at);
});

test('a holder without a heartbeat is replaced only after its time', async () => {
  const stale = { ...quick, leaseMs: 400, holdMs: 300 };
  const silent = lockOf(elsewhere('gone-host'), { lookMs: 1_000_000 });
  await silent.start('reject');
  await expect(lockOf(ownIdentity(), stale).start('reject')).rejects.toThrow('gone-host');
  const standby = lockOf(ownIdentity(), stale);
  await standby.start('standby');
  const began = Date.now();
  await until(() => isHeld(standby));
  expect(Date.now() - began).toBeGreaterThan(200);
  expect(logged('scheduler_lock_acquired').at(-1)?.[2]).toMatchObject({ after: 'stale' });
});

test('deleted by hand, the holder stops and whoever stands by starts only after that', async () => {
  const first = lockOf();
  await first.start('reject');
  const second = lockOf(elsewhere('second'));
  await second.start('standby');
  const order: string[] = [];
  first.onChange((fence) => order.push(`first ${fence !== null}`));
  second.onChange((fence) => order.push(`second ${fence !== null}`));
  const byHand = new DatabaseSync(database.path);
  byHand.exec('DELETE FROM scheduler_lock');
  byHand.close();
  await until(() => order.length === 2);
  expect(order).toEqual(['first false', 'second true']);
  expect([first.state(), second.state()]).toEqual(['lost', 'held']);
  expect(logged('scheduler_lock_heartbeat_lost')[0]?.[0]).toBe('warning');
});

test('deleted by hand with nobody else there, it is taken again after a while', async () => {
  const lock = lockOf();
  await lock.start('reject');
  await database.db.deleteFrom('scheduler_lock').execute();
  await until(() => !isHeld(lock));
  await until(() => isHeld(lock));
  expect(lock.state()).toBe('held');
});

test('a heartbeat that cannot be written is told, and in the end counts as lost', async () => {
  const lock = lockOf(ownIdentity(), { leaseMs: 250, holdMs: 150 });
  await lock.start('reject');
  const other = new DatabaseSync(database.path);
  await until(() => {
    try {
      other.exec('BEGIN IMMEDIATE');
      return true;
    } catch {
      return false;
    }
  });
  await until(() => !isHeld(lock));
  await until(() => logged('scheduler_lock_heartbeat_failed').length > 0);
  expect(logged('scheduler_lock_heartbeat_failed')[0]?.[0]).toBe('warning');
  other.exec('ROLLBACK');
  other.close();
}, 30_000);

test('a heartbeat that takes too long is told as an error', async () => {
  const lock = lockOf();
  await lock.start('reject');
  await database.db.transaction().execute(async () => {
    await until(() => logged('scheduler_lock_heartbeat_timeout').length > 0);
  });
  expect(logged('scheduler_lock_heartbeat_timeout')[0]?.[0]).toBe('error');
});

test('given back while it is being taken, no row stays behind', async () => {
  const first = lockOf();
  await first.start('reject');
  const second = lockOf(ownIdentity(), { lookMs: 1 });
  await second.start('standby');
  await first.release();
  await second.release();
  expect(await rows()).toEqual([]);
  expect(isHeld(second)).toBe(false);
});

async function holderOf(times: Partial<typeof quick> = quick): Promise<HolderProcess> {
  const holder = await startHolder({ kind: 'sqlite', file: database.path }, { times });
  processes.push(holder);
  await holder.untilHeld();
  return holder;
}

test('a holder killed with -9 on this machine is replaced at once', async () => {
  const holder = await holderOf();
  await expect(lockOf().start('reject')).rejects.toMatchObject({ code: 'scheduler_lock_held' });
  await holder.kill();
  const next = lockOf();
  await next.start('reject');
  expect(isHeld(next)).toBe(true);
  expect(logged('scheduler_lock_acquired').at(-1)?.[2]).toMatchObject({ after: 'holder_gone' });
});

test('a standby notices that the holder was killed', async () => {
  const holder = await holderOf();
  const standby = lockOf();
  await standby.start('standby');
  await holder.kill();
  await until(() => isHeld(standby));
});

test('only a process that ran here can be known to be gone', () => {
  const own = ownIdentity();
  expect(isGone(own, own)).toBe(false);
  expect(isGone({ ...own, processStarted: '1' }, own)).toBe(true);
  expect(isGone({ ...own, pid: 2 ** 22 + 1 }, own)).toBe(true);
  for (const other of [
    { bootId: 'another boot' },
    { pidNamespace: 'pid:[1]' },
    { bootId: '' },
    { processStarted: '' },
  ]) {
    expect(isGone({ ...own, pid: 2 ** 22 + 1, ...other }, own)).toBe(false);
  }
  expect(isGone({ ...own, bootId: '', processStarted: '1' }, { ...own, bootId: '' })).toBe(false);
});

test('a stopped holder is replaced, and writes nothing once it runs again', async () => {
  const holder = await holderOf();
  const standby = lockOf(elsewhere('second'));
  await standby.start('standby');
  const written = async (fence: number) =>
    (await database.db.selectFrom('job_runs').select('id').where('fence', '=', fence).execute()).length;
  await until(async () => (await written(1)) > 20);
  await stopOutsideTransaction(holder);
  await until(() => isHeld(standby));
  expect(standby.fence()?.token).toBe(2);
  const before = await written(1);
  holder.resume();
  await until(() => holder.said.includes('lost'));
  await pause(500);
  expect(await written(1)).toBe(before);
  expect(isHeld(standby)).toBe(true);
}, 30_000);

test('the clock set forward or back by hours neither takes it from a living holder nor keeps a dead one', async () => {
  let moved = 0;
  const now = () => Date.now() + moved;
  const make = (times: Partial<typeof quick>, name: string) => {
    const lock = createSqliteLock({
      db: database.db,
      log,
      now,
      own: elsewhere(name),
      times: { ...quick, ...times },
    });
    open.push(lock);
    return lock;
  };
  const first = make({}, 'first');
  await first.start('reject');
  const second = make({}, 'second');
  await second.start('standby');
  for (moved of [7_200_000, -7_200_000]) {
    await expect(make({}, 'third').start('reject')).rejects.toMatchObject({ code: 'scheduler_lock_held' });
    await pause(900);
    expect([first.state(), second.state()]).toEqual(['held', 'standby']);
  }
  await Promise.all([first.release(), second.release()]);
  // one that never beats, and whose clock was ahead
  moved = 7_200_000;
  await make({ lookMs: 1_000_000, holdMs: 1_000_000 }, 'dead').start('reject');
  moved = 0;
  const next = make({}, 'next');
  await next.start('reject');
  expect(next.state()).toBe('held');
}, 30_000);

test('freed by hand and taken again, the fence still grows', async () => {
  const first = lockOf();
  await first.start('reject');
  const fence = first.fence();
  await database.db.deleteFrom('scheduler_lock').execute();
  const second = lockOf(elsewhere('second'));
  await second.start('reject');
  await until(() => isHeld(second));
  expect([fence?.token, second.fence()?.token]).toEqual([1, 2]);
  await expect(fence?.check()).rejects.toThrow('taken by another instance');
  await expect(fence?.write(async () => 'written')).rejects.toThrow('taken by another instance');
});

test('nothing is written by one that never held it', async () => {
  const lock = createSqliteLock({ db: database.db, log: silentLog, now: Date.now });
  expect(await lock.release()).toBe(false);
});
