/** The three places where limits are kept count alike: in memory, in a real Redis and in a real PostgreSQL. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres, type RunningPostgres } from '../../../test/servers/postgres.ts';
import { startRedis, type RunningRedis } from '../../../test/servers/redis.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { openDatabase, type OpenDatabase } from '../db/open.ts';
import type { Database } from '../db/schema.ts';
import * as migration from '../db/migrations/0003-shared-limits.ts';
import type { LimitPolicy, LimitStore } from './limit.ts';
import { createMemoryLimits } from './memory-limits.ts';
import { createPostgresLimits } from './postgres-limits.ts';
import { createRedisLimits } from './redis-limits.ts';

let postgres: RunningPostgres;
let redisServer: RunningRedis;
/** Two connections each, as two instances have. */
let opened: OpenDatabase[] = [];
let databases: Kysely<Database>[] = [];
let redises: Redis[] = [];

beforeAll(async () => {
  [postgres, redisServer] = await Promise.all([startPostgres(), startRedis()]);
  const url = await postgres.database('limits');
  const open = () => openDatabase({ url, log: silentLog, now: systemClock });
  opened = [await open(), await open()];
  databases = opened.map(({ db }) => db);
  redises = [0, 1].map(() => new Redis(redisServer.url));
  const [db] = databases;
  if (db !== undefined) await migration.up(db, 'postgres');
});
afterAll(async () => {
  for (const { close } of opened) await close();
  for (const redis of redises) redis.disconnect();
  await Promise.all([postgres.stop(), redisServer.stop()]);
});

let names = 0;
type Open = (policy: LimitPolicy) => [LimitStore, LimitStore];
const kinds: [string, Open][] = [
  [
    'memory',
    (policy) => {
      const store = createMemoryLimits({ policy, now: systemClock });
      return [store, store];
    },
  ],
  [
    'Redis',
    (policy) => {
      const [one = expect.fail(), two = expect.fail()] = redises;
      return [createRedisLimits({ policy, redis: one }), createRedisLimits({ policy, redis: two })];
    },
  ],
  [
    'PostgreSQL',
    (policy) => {
      const [one = expect.fail(), two = expect.fail()] = databases;
      return [createPostgresLimits({ policy, db: one }), createPostgresLimits({ policy, db: two })];
    },
  ],
];

describe.each(kinds)('%s', (_kind, open) => {
  const stores = (perMinute: number, waitsMs: readonly number[] = [0]) =>
    open({ name: `limit${names++}`, perMinute, waitsMs });

  test('grants what there is, then tells the true wait', async () => {
    const [one, two] = stores(3);
    expect(await one.take('a', 2)).toEqual({ granted: 2, waitMs: 0 });
    expect(await two.take('a', 2)).toEqual({ granted: 1, waitMs: 0 });
    const { granted, waitMs } = await one.take('a', 1);
    expect(granted).toBe(0);
    expect(waitMs).toBeLessThanOrEqual(20_000);
    expect(waitMs).toBeGreaterThan(15_000);
    expect(await one.take('b', 1)).toEqual({ granted: 1, waitMs: 0 });
  });

  test('gives a token back at the steady pace', async () => {
    const [one, two] = stores(300);
    expect((await one.take('a', 300)).granted).toBe(300);
    const { waitMs } = await two.take('a', 1);
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(200);
    await sleep(waitMs + 5);
    expect((await two.take('a', 5)).granted).toBeGreaterThanOrEqual(1);
  });

  test('side by side from two instances never more than there is', async () => {
    const [one, two] = stores(10);
    const all = await Promise.all(Array.from({ length: 60 }, (_, i) => (i % 2 ? one : two).take('a', 1)));
    expect(all.reduce((sum, { granted }) => sum + granted, 0)).toBe(10);
  });

  test('the wait grows with each try, its end lets one try through, and forgiving ends it', async () => {
    const [one, two] = stores(1000, [0, 0, 150, 400, 60_000]);
    expect((await one.take('a', 1)).granted).toBe(1);
    expect((await two.take('a', 1)).granted).toBe(1);
    const first = await one.take('a', 1);
    expect(first.granted).toBe(0);
    expect(first.waitMs).toBeGreaterThan(0);
    expect(first.waitMs).toBeLessThanOrEqual(150);
    await sleep(160);
    expect((await two.take('a', 1)).granted).toBe(1);
    const second = await one.take('a', 1);
    expect(second.waitMs).toBeGreaterThan(150);
    expect(second.waitMs).toBeLessThanOrEqual(400);
    await sleep(410);
    const tries = await Promise.all(Array.from({ length: 10 }, (_, i) => (i % 2 ? one : two).take('a', 1)));
    expect(tries.filter(({ granted }) => granted === 1)).toHaveLength(1);
    await one.forget('a');
    expect((await two.take('a', 1)).granted).toBe(1);
  });

  test('after the last step of waiting there is no longer one', async () => {
    const [one] = stores(1000, [0, 30]);
    for (let i = 0; i < 4; i++) {
      expect((await one.take('a', 1)).granted).toBe(1);
      expect((await one.take('a', 1)).waitMs).toBeLessThanOrEqual(30);
      await sleep(40);
    }
  });

  test('the largest limit counts to within a twentieth', async () => {
    const [one] = stores(10_000_000);
    expect((await one.take('a', 9_000_000)).granted).toBe(9_000_000);
    const { granted } = await one.take('a', 2_000_000);
    expect(granted).toBeGreaterThan(900_000);
    expect(granted).toBeLessThan(1_500_000);
  });

  test('the clean-up forgets who is whole again and leaves the others', async () => {
    const [one] = stores(6000, [0, 0, 60_000]);
    const [calls] = stores(6000);
    await one.take('tried', 1);
    await calls.take('whole', 1);
    await calls.take('spent', 6000);
    await sleep(30);
    const removed = (await one.sweep()) + (await calls.sweep());
    expect(removed).toBe(_kind === 'Redis' ? 0 : 1);
    expect((await calls.take('spent', 6000)).granted).toBeLessThan(600);
    await one.take('tried', 1);
    expect((await one.take('tried', 1)).waitMs).toBeGreaterThan(50_000);
  });
});

test('in Redis every key has an end, and goes by itself', async () => {
  const [redis = expect.fail()] = redises;
  const policy = { name: 'ends', perMinute: 6000, waitsMs: [0] };
  const store = createRedisLimits({ policy, redis });
  await store.take('a', 5);
  const left = await redis.pttl('bangui:limit:ends:a');
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(52);
  await sleep(200);
  expect(await redis.exists('bangui:limit:ends:a')).toBe(0);
  const tries = createRedisLimits({ policy: { ...policy, waitsMs: [0, 1000] }, redis });
  await tries.take('b', 1);
  expect(await redis.pttl('bangui:limit:ends:b')).toBeGreaterThan(3_500_000);
});
