/** The lock on real servers: PostgreSQL's advisory lock, and a key in Redis beside it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../../test/bangui.ts';
import { lockAt, migrated, type LockPlace, type OpenLock } from '../../../test/lock/open-lock.ts';
import { startHolder, type HolderProcess } from '../../../test/lock/start-holder.ts';
import { startPostgres, type RunningPostgres } from '../../../test/servers/postgres.ts';
import { startRedis, type RunningRedis } from '../../../test/servers/redis.ts';
import type { LogFields } from '../../base/log.ts';
import type { LockTimes } from './lock.ts';
import { ownIdentity, type ProcessIdentity } from './process-identity.ts';

let postgres: RunningPostgres;
let redis: RunningRedis;
let databases = 0;
const open: OpenLock[] = [];
const processes: HolderProcess[] = [];
const events: [string, string, LogFields | undefined][] = [];
const log = {
  debug: (event: string, fields?: LogFields) => void events.push(['debug', event, fields]),
  info: (event: string, fields?: LogFields) => void events.push(['info', event, fields]),
  warn: (event: string, fields?: LogFields) => void events.push(['warning', event, fields]),
  error: (event: string, fields?: LogFields) => void events.push(['error', event, fields]),
};
const logged = (event: string) => events.filter(([, name]) => name === event);
/** The contract's times, five times faster. */
const quick: Partial<LockTimes> = {
  lookMs: 100,
  heartbeatMs: 400,
  beatBoundMs: 1_000,
  leaseMs: 2_000,
  holdMs: 1_500,
  settleMs: 300,
  graceMs: 1_500,
};
const elsewhere = (name: string): ProcessIdentity => ({
  ...ownIdentity(),
  hostname: name,
  pidNamespace: `pid:[${name}]`,
});

beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
}, 60_000);
afterAll(async () => {
  await Promise.all([postgres.stop(), redis.stop()]);
});

describe.each(['postgres', 'redis'] as const)('with %s', { timeout: 60_000 }, (kind) => {
  let place: LockPlace;
  beforeEach(async () => {
    events.length = 0;
    const at = await migrated({ url: await postgres.database(`lock_${++databases}`) });
    place = { kind, at, redisUrl: redis.url };
  });
  afterEach(async () => {
    for (const one of processes.splice(0)) await one.kill();
    for (const one of open.splice(0)) await one.close();
  });
  const another = async (name: string, times: Partial<LockTimes> = {}): Promise<OpenLock> => {
    const one = await lockAt(place, { times: { ...quick, ...times }, log, own: elsewhere(name) });
    open.push(one);
    return one;
  };
  const holderOf = async (more: { dawdles?: boolean } = {}): Promise<HolderProcess> => {
    const holder = await startHolder(place, { times: quick, ...more });
    processes.push(holder);
    await holder.untilHeld();
    return holder;
  };
  const row = ({ db }: OpenLock) => db.selectFrom('scheduler_lock').selectAll().executeTakeFirst();
  const deleteByHand = ({ db }: OpenLock) => db.deleteFrom('scheduler_lock').execute();

  test('of several at once exactly one takes it, and the row shows who', async () => {
    const all = await Promise.all(['a', 'b', 'c', 'd'].map((name) => another(name)));
    const outcomes = await Promise.allSettled(all.map(({ lock }) => lock.start('reject')));
    const held = all.filter(({ lock }) => lock.fence() !== null);
    expect([held.length, outcomes.filter(({ status }) => status === 'fulfilled').length]).toEqual([1, 1]);
    const [first] = held;
    expect(await row(first ?? fail())).toMatchObject({ holder: first?.lock.holder, kind });
    expect(logged('scheduler_lock_acquired')).toMatchObject([
      ['info', expect.anything(), { kind, fence: 1 }],
    ]);
  });

  test('a second refuses to start and names the holder', async () => {
    await (await another('first')).lock.start('reject');
    const second = await another('second');
    await expect(second.lock.start('reject')).rejects.toThrow(`process ${process.pid} on first`);
    expect(logged('scheduler_lock_held_by_other_instance')[0]?.[0]).toBe('warning');
  });

  test('given back, a standby has it at once', async () => {
    const [first, second] = [await another('first'), await another('second')];
    await first.lock.start('reject');
    await second.lock.start('standby');
    await sleep(500);
    expect(second.lock.state()).toBe('standby');
    expect(await first.lock.release()).toBe(true);
    expect(await until('the standby holds it', () => second.lock.fence() !== null)).toBeLessThan(1_000);
    expect(second.lock.fence()?.token).toBe(2);
  });

  test('kept alive for longer than its lease', async () => {
    const [first, second] = [await another('first'), await another('second')];
    await first.lock.start('reject');
    await second.lock.start('standby');
    await sleep(5_000);
    expect([first.lock.state(), second.lock.state()]).toEqual(['held', 'standby']);
    expect(logged('scheduler_lock_heartbeat_updated')[0]?.[0]).toBe('debug');
    expect(logged('scheduler_lock_heartbeat_lost')).toEqual([]);
  });

  test('deleted by hand, the holder stops, and whoever stands by starts only after that', async () => {
    const [first, second] = [await another('first'), await another('second')];
    await first.lock.start('reject');
    await second.lock.start('standby');
    const order: string[] = [];
    first.lock.onChange((fence) => order.push(`first ${fence !== null}`));
    second.lock.onChange((fence) => order.push(`second ${fence !== null}`));
    await deleteByHand(first);
    await until('both changed', () => order.length === 2);
    expect(order).toEqual(['first false', 'second true']);
    expect(logged('scheduler_lock_heartbeat_lost')).toMatchObject([
      ['warning', expect.anything(), { reason: 'row_deleted' }],
    ]);
  });

  test('deleted by hand with nobody else there, it is taken again after a while', async () => {
    const only = await another('only');
    await only.lock.start('reject');
    await deleteByHand(only);
    await until('it is lost', () => only.lock.state() === 'lost');
    await until('it is held again', () => only.lock.fence()?.token === 2);
  });

  test('a killed holder is replaced within its lease', async () => {
    const holder = await holderOf();
    const standby = await another('standby');
    await standby.lock.start('standby');
    await holder.kill();
    expect(await until('it is taken over', () => standby.lock.fence() !== null)).toBeLessThan(6_000);
  });

  test('a stopped holder is replaced, and writes nothing once it runs again', async () => {
    const holder = await holderOf({ dawdles: true });
    const standby = await another('standby');
    await standby.lock.start('standby');
    const written = async (fence: number) =>
      (await standby.db.selectFrom('job_runs').select('id').where('fence', '=', fence).execute()).length;
    await until('it wrote', async () => (await written(1)) > 20);
    holder.stop();
    await until('it is taken over', () => standby.lock.fence() !== null, 30_000);
    const before = await written(1);
    holder.resume();
    await until('it noticed', () => holder.said.includes('lost'));
    await sleep(1_000);
    expect(await written(1)).toBe(before);
    expect(standby.lock.fence()).not.toBeNull();
  });

  test('a clock that is set by hours neither loses it nor gives it to another', async () => {
    let moved = 0;
    const now = () => Date.now() + moved;
    const [first, second] = [
      await lockAt(place, { times: quick, log, now, own: elsewhere('first') }),
      await lockAt(place, { times: quick, log, now, own: elsewhere('second') }),
    ];
    open.push(first, second);
    await first.lock.start('reject');
    await second.lock.start('standby');
    for (moved of [7_200_000, -7_200_000]) {
      await sleep(2_500);
      expect([first.lock.state(), second.lock.state()]).toEqual(['held', 'standby']);
    }
  });

  test('an instance with other settings leaves a living holder of another kind alone', async () => {
    const first = await another('first');
    await first.lock.start('reject');
    const other = kind === 'redis' ? 'postgres' : 'redis';
    const second = await lockAt({ ...place, kind: other }, { times: quick, log, own: elsewhere('second') });
    open.push(second);
    await expect(second.lock.start('reject')).rejects.toThrow('on first');
    await second.lock.start('standby');
    await sleep(4_000);
    expect([first.lock.state(), second.lock.state()]).toEqual(['held', 'standby']);
    await first.lock.release();
    await until('it is taken over', () => second.lock.fence() !== null);
  });
});

test('Redis goes away: jobs stop before another could hold the lock, and start again when it is back', async () => {
  const own = await startRedis();
  const at = await migrated({ url: await postgres.database('redis_away') });
  const one = await lockAt({ kind: 'redis', at, redisUrl: own.url }, { times: quick, log });
  let back: RunningRedis | null = null;
  try {
    await one.lock.start('reject');
    await own.stop();
    const took = await until('jobs stop', () => one.lock.fence() === null);
    expect(took).toBeLessThan(2_000);
    await expect(one.lock.start('reject')).rejects.toMatchObject({ code: 'redis_unreachable' });
    back = await startRedis({ port: Number(new URL(own.url).port) });
    await until('jobs start again', () => one.lock.fence() !== null);
  } finally {
    await one.close();
    await back?.stop();
  }
}, 60_000);

test('PostgreSQL cuts the session: the holder knows at once, and takes it again', async () => {
  const at = await migrated({ url: await postgres.database('session_cut') });
  const one = await lockAt({ kind: 'postgres', at }, { log });
  try {
    await one.lock.start('reject');
    events.length = 0;
    await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'bangui scheduler lock%'
      AND datname = current_database()`.execute(one.db);
    const lost = () => logged('scheduler_lock_heartbeat_lost');
    expect(await until('it is lost', () => lost().length === 1)).toBeLessThan(900);
    expect(lost()[0]?.[2]).toMatchObject({ reason: 'gate_lost' });
    await until('it is held again', () => one.lock.fence()?.token === 2);
  } finally {
    await one.close();
  }
}, 60_000);

const fail = (): never => {
  throw new Error('nobody holds it');
};
