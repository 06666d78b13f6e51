/** Counting calls: each for itself from memory, some at once from a store that instances share. */
import { expect, test } from 'vitest';
import type { LimitStore } from '../limits/limit.ts';
import { createMemoryLimits } from '../limits/memory-limits.ts';
import { callsPolicy, createRateLimiter, secondsWorth } from './rate-limit.ts';

let time = 0;
const now = () => time;

/** Counts how often the store is asked. */
function counted(store: LimitStore) {
  let asked = 0;
  const take: LimitStore['take'] = (key, wanted) => {
    asked += 1;
    return store.take(key, wanted);
  };
  return { store: { ...store, take }, asked: () => asked };
}
const memory = (perMinute: number) => createMemoryLimits({ policy: callsPolicy(perMinute), now });

test('a call over the limit is told the seconds to wait, and after them it may', async () => {
  time = 0;
  const limiter = createRateLimiter({ store: memory(60), now });
  for (let i = 0; i < 60; i++) expect(await limiter.take('a')).toBe(0);
  expect(await limiter.take('a')).toBe(1);
  time = 1000;
  expect(await limiter.take('a')).toBe(0);
  expect(await limiter.take('a')).toBe(1);
});

test('a shared store is asked for a second’s worth at once, and not at all while it has said to wait', async () => {
  time = 0;
  const { store, asked } = counted(memory(600));
  const limiter = createRateLimiter({ store, now, atOnce: secondsWorth(600) });
  for (let i = 0; i < 600; i++) expect(await limiter.take('a')).toBe(0);
  expect(asked()).toBe(60);
  for (let i = 0; i < 1000; i++) expect(await limiter.take('a')).toBe(1);
  expect(asked()).toBe(61);
  time = 100;
  expect([await limiter.take('a'), await limiter.take('a')]).toEqual([0, 1]);
});

test('calls side by side of one client wait for one answer of the store', async () => {
  time = 0;
  const { store, asked } = counted(memory(6000));
  const limiter = createRateLimiter({ store, now, atOnce: 100 });
  const waits = await Promise.all(Array.from({ length: 300 }, () => limiter.take('a')));
  expect([waits.filter((wait) => wait === 0).length, asked()]).toEqual([300, 3]);
});

test('two instances on one store let through no more than the limit, and hold back little of it', async () => {
  time = 0;
  const shared = memory(600);
  const instances = [1, 2, 3].map(() => createRateLimiter({ store: shared, now, atOnce: 10 }));
  let allowed = 0;
  for (let i = 0; i < 3000; i++) if ((await instances[i % 3]?.take('a')) === 0) allowed += 1;
  expect(allowed).toBe(600);
  // One instance alone, after the others took tokens they do not use.
  const alone = createRateLimiter({ store: shared, now, atOnce: 10 });
  time = 60_000;
  for (const other of instances) await other.take('a');
  allowed = 0;
  for (let i = 0; i < 1000; i++) if ((await alone.take('a')) === 0) allowed += 1;
  expect(allowed).toBeGreaterThanOrEqual(600 - 3 * 10);
  expect(allowed).toBeLessThanOrEqual(600 - 3);
});

test('tokens that were fetched and not spent are void a minute later', async () => {
  time = 0;
  const { store, asked } = counted(memory(600));
  const limiter = createRateLimiter({ store, now, atOnce: 10 });
  await limiter.take('a');
  time = 60_000;
  await limiter.take('a');
  expect(asked()).toBe(1);
  time = 60_001;
  await limiter.take('a');
  expect(asked()).toBe(2);
});

test.each([
  [1, 1],
  [119, 1],
  [120, 2],
  [600, 10],
  [10_000_000, 166_666],
])('of %i a minute, %i are fetched at once', (perMinute, tokens) => {
  expect(secondsWorth(perMinute)).toBe(tokens);
});
