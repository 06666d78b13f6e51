/** The calculation behind every limit, on a clock of the test's own. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { takeFrom, triesKeptMs, type Bucket, type LimitPolicy } from './limit.ts';
import { createMemoryLimits } from './memory-limits.ts';

const policy = (perMinute: number, waitsMs: readonly number[] = [0]): LimitPolicy => ({
  name: 'calls',
  perMinute,
  waitsMs,
});

test('a clock that is set back does not lock anybody out or let anybody through', () => {
  const first = takeFrom(undefined, policy(1), 1, 1_000_000);
  const back = takeFrom(first.bucket, policy(1), 1, 0);
  expect(back.taken).toEqual({ granted: 0, waitMs: 60_000 });
  expect(takeFrom(back.bucket, policy(1), 1, 60_000).taken.granted).toBe(1);
});

test('a client that was quiet for an hour starts anew', () => {
  let bucket: Bucket | undefined;
  for (let time = 0; time < 3; time++)
    bucket = takeFrom(bucket, policy(100, [0, 0, 0, 5000]), 1, time).bucket;
  expect(takeFrom(bucket, policy(100, [0, 0, 0, 5000]), 1, 3).taken).toEqual({ granted: 0, waitMs: 4999 });
  const later = takeFrom(bucket, policy(100, [0, 0, 0, 5000]), 1, 4 + triesKeptMs);
  expect([later.taken.granted, later.bucket.tries]).toEqual([1, 1]);
});

test('whatever is asked whenever: in any minute at most a full bucket and what came in, and a wait that is kept is enough', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.array(fc.tuple(fc.nat(3000), fc.integer({ min: 1, max: 200 })), { maxLength: 200 }),
      (perMinute, asks) => {
        let bucket: Bucket | undefined;
        let time = 1_700_000_000_000;
        const began = time;
        let granted = 0;
        for (const [pause, wanted] of asks) {
          time += pause;
          const answer = takeFrom(bucket, policy(perMinute), wanted, time);
          bucket = answer.bucket;
          granted += answer.taken.granted;
          const allowed = perMinute + ((time - began) * perMinute) / 60_000;
          if (granted > allowed + 1) return false;
          if (answer.taken.granted > 0) continue;
          // Rounded to whole ms.
          if (takeFrom(bucket, policy(perMinute), 1, time + answer.taken.waitMs + 1).taken.granted !== 1) {
            return false;
          }
        }
        return true;
      },
    ),
  );
});

test('memory is bounded: the client that was quiet for longest is forgotten first', async () => {
  const limits = createMemoryLimits({ policy: policy(1), now: () => 0, mostClients: 3 });
  for (const key of ['a', 'b', 'c', 'd']) await limits.take(key, 1);
  expect(limits.size()).toBe(3);
  expect([await limits.take('a', 1), await limits.take('d', 1)]).toEqual([
    { granted: 1, waitMs: 0 },
    { granted: 0, waitMs: 60_000 },
  ]);
});

test('the clean-up forgets clients that are whole again', async () => {
  let time = 0;
  const limits = createMemoryLimits({ policy: policy(60), now: () => time });
  await limits.take('early', 1);
  time = 900;
  await limits.take('late', 1);
  time = 1000;
  expect(await limits.sweep()).toBe(1);
  expect(limits.size()).toBe(1);
});
