import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createBatcher } from './batcher.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start() {
  const batches: number[][] = [];
  const batcher = createBatcher<number>({
    calmMs: 200,
    floodMs: 1000,
    deliver: (items) => batches.push(items),
    now: () => Date.now(),
  });
  return { batches, batcher };
}

test('a lone event is shown at once', () => {
  const { batches, batcher } = start();
  batcher.add(1);
  expect(batches).toEqual([[1]]);
});

test('a flood is shown at most once a second, and nothing of it is lost', () => {
  const { batches, batcher } = start();
  for (let i = 0; i < 5000; i++) {
    batcher.add(i);
    vi.advanceTimersByTime(1);
  }
  vi.advanceTimersByTime(1000);
  expect(batches.length).toBeLessThanOrEqual(7);
  expect(batches.flat()).toEqual(Array.from({ length: 5000 }, (_, i) => i));
});

test('an event that follows another is shown 200 ms after it at the latest', () => {
  const { batches, batcher } = start();
  batcher.add(1);
  vi.advanceTimersByTime(50);
  batcher.add(2);
  expect(batches).toEqual([[1]]);
  vi.advanceTimersByTime(150);
  expect(batches).toEqual([[1], [2]]);
});

test('after a quiet second the next event is at once again', () => {
  const { batches, batcher } = start();
  batcher.add(1);
  vi.advanceTimersByTime(1000);
  batcher.add(2);
  expect(batches).toEqual([[1], [2]]);
});

test('clearing forgets what was held', () => {
  const { batches, batcher } = start();
  batcher.add(1);
  batcher.add(2);
  batcher.clear();
  vi.advanceTimersByTime(5000);
  expect(batches).toEqual([[1]]);
});
