/** It holds what a `Map` would. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createNumberMap } from './number-map.ts';

const key = fc.oneof(fc.nat(20), fc.nat(50_000), fc.integer({ min: 2 ** 32 - 20, max: 2 ** 32 - 1 }));

test('every key has its value, and none but those that were put there', () => {
  fc.assert(
    fc.property(fc.array(key, { maxLength: 6_000 }), (keys) => {
      const numbers = createNumberMap();
      const same = new Map<number, number>();
      const wrong = keys.filter((one, place) => {
        const differs = numbers.get(one) !== (same.get(one) ?? -1);
        if (!same.has(one)) numbers.put(one, place);
        same.set(one, same.get(one) ?? place);
        return differs;
      });
      expect(wrong).toEqual([]);
      expect([...same].filter(([one, value]) => numbers.get(one) !== value)).toEqual([]);
    }),
    { numRuns: 30 },
  );
});
