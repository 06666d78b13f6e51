/** What is shared goes away and comes back: nobody is locked out, nobody is let in without limit. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort, until } from '../../../test/bangui.ts';
import { startRedis, type RunningRedis } from '../../../test/servers/redis.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog, type Log } from '../../base/log.ts';
import { openRedis } from '../redis.ts';
import type { LimitStore } from './limit.ts';
import { openLimits } from './open-limits.ts';
import { createOutage } from './outage.ts';

let port = 0;
let server: RunningRedis;
let redis: Redis;
let events: string[] = [];
const log: Log = {
  ...silentLog,
  info: (event) => void events.push(event),
  warn: (event) => void events.push(event),
};
beforeEach(async () => {
  events = [];
  port = await freePort();
  server = await startRedis({ port });
  redis = openRedis({ url: server.url, log });
  await until('connected', () => redis.status === 'ready');
});
afterEach(async () => {
  redis.disconnect();
  await server.stop();
});
const openStores = () => openLimits({ redis, postgres: null, log, now: systemClock });
const policy = (name: string) => ({ name, perMinute: 5, waitsMs: [0] });
const allowed = async (store: LimitStore, tries: number) => {
  let count = 0;
  for (let i = 0; i < tries; i++) count += (await store.take('a', 1)).granted;
  return count;
};

test('an outage is logged once, counted here meanwhile, and shared again afterwards', async () => {
  const stores = openStores();
  const [store, other] = [stores(policy('one')), stores(policy('other'))];
  expect(await allowed(store, 3)).toBe(3);
  await server.stop();
  await until('noticed', () => redis.status !== 'ready');
  expect(await allowed(store, 20)).toBe(5);
  expect(await allowed(other, 20)).toBe(5);
  await until('told', () => events.includes('redis_unreachable'));
  await sleep(500);
  expect(events.toSorted()).toEqual(['redis_unreachable', 'shared_limits_unreachable']);
  server = await startRedis({ port });
  await until('back', async () => {
    await store.take('b', 1);
    return events.includes('shared_limits_back');
  });
  expect(events).toContain('redis_reachable');
  expect(await allowed(store, 20)).toBe(5);
});

test('a Redis that hangs is waited for once, not by every call', async () => {
  const store = openStores()(policy('hang'));
  await store.take('a', 1);
  process.kill(server.pid, 'SIGSTOP');
  try {
    const began = performance.now();
    await store.take('a', 1);
    expect(performance.now() - began).toBeGreaterThan(900);
    const after = performance.now();
    expect(await allowed(store, 200)).toBe(4);
    expect(performance.now() - after).toBeLessThan(900);
  } finally {
    process.kill(server.pid, 'SIGCONT');
  }
});

test('during an outage one caller in a while tries again, the others do not wait for it', async () => {
  let time = 0;
  let tries = 0;
  const ask = createOutage({ name: 'thing', log, now: () => time, deadlineMs: 60, pauseMs: 100 });
  const hung = async (): Promise<string> => {
    tries += 1;
    await sleep(500);
    return 'shared';
  };
  const own = async () => 'own';
  expect(await ask(hung, own)).toBe('own');
  time = 150;
  expect(await Promise.all([1, 2, 3].map(() => ask(hung, own)))).toEqual(['own', 'own', 'own']);
  expect(tries).toBe(2);
  time = 300;
  expect(await ask(async () => 'shared', own)).toBe('shared');
  expect(events).toEqual(['thing_unreachable', 'thing_back']);
});
