/** Counting clients without growing. */
import { expect, test } from 'vitest';
import { createRateLimiter } from './rate-limit.ts';

test('tokens come back at a steady pace, and the waiting time is true', () => {
  let time = 0;
  const limiter = createRateLimiter({ perMinute: 60, now: () => time });
  for (let i = 0; i < 60; i++) expect(limiter.take('a')).toBe(0);
  expect(limiter.take('a')).toBe(1);
  time = 1000;
  expect(limiter.take('a')).toBe(0);
  expect(limiter.take('a')).toBe(1);
});

test('a clock that is set back does not lock anybody out or let anybody through', () => {
  let time = 1_000_000;
  const limiter = createRateLimiter({ perMinute: 1, now: () => time });
  expect(limiter.take('a')).toBe(0);
  time = 0;
  expect(limiter.take('a')).toBe(60);
});

test('memory is bounded: the client that was quiet for longest is forgotten first', () => {
  const limiter = createRateLimiter({ perMinute: 1, now: () => 0, mostClients: 3 });
  for (const key of ['a', 'b', 'c', 'd']) limiter.take(key);
  expect(limiter.size()).toBe(3);
  expect([limiter.take('a'), limiter.take('d')]).toEqual([0, 60]);
});

test('the clean-up forgets clients that are whole again', () => {
  let time = 0;
  const limiter = createRateLimiter({ perMinute: 60, now: () => time });
  limiter.take('early');
  time = 900;
  limiter.take('late');
  time = 1000;
  expect(limiter.sweep()).toBe(1);
  expect(limiter.size()).toBe(1);
});
