/** Sets of addresses hold exactly what was put in, whatever it was and in whatever order. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addToSet, decodeSet, encodeSet, removeFromSet, sizeOfSet, uniteSets } from './address-set.ts';

const id = fc.oneof(
  fc.nat(300),
  fc.nat(2 ** 31 - 1),
  fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER - 1 }),
);
const dense = fc.oneof(fc.nat(300), fc.nat(3_000_000));
const sorted = (ids: Iterable<number>): number[] => [...new Set(ids)].toSorted((a, b) => a - b);

test('what goes in comes out once, sorted', () => {
  fc.assert(
    fc.property(fc.array(id), (ids) => {
      const bytes = encodeSet(ids);
      expect(decodeSet(bytes)).toEqual(sorted(ids));
      expect(sizeOfSet(bytes)).toBe(new Set(ids).size);
    }),
  );
});

test('equal sets have equal bytes, however they came about', () => {
  fc.assert(
    fc.property(fc.array(id), fc.array(id), (some, others) => {
      const whole = encodeSet([...others, ...some]);
      expect(addToSet(encodeSet(some), others)).toEqual(whole);
      expect(uniteSets([encodeSet(some), encodeSet(others)])).toEqual(whole);
      expect(removeFromSet(whole, new Set(others))).toEqual(
        encodeSet(some.filter((one) => !others.includes(one))),
      );
    }),
  );
});

test('a union of many counts each address once', () => {
  fc.assert(
    fc.property(fc.array(fc.array(dense)), (lists) => {
      const sets = lists.map((list) => encodeSet(list));
      const all = sorted(lists.flat());
      expect(decodeSet(uniteSets(sets))).toEqual(all);
    }),
  );
});

test('a dense set takes one byte an address', () => {
  const ids = Array.from({ length: 10_000 }, (_, n) => 5_000_000 + n * 3);
  expect(encodeSet(ids).length).toBeLessThan(10_004);
});
