/** Sizes of statements: all items, few sizes. */
import { expect, test } from 'vitest';
import { padded, powerSlices } from './statement-sizes.ts';

test('slices hold every item once, in order, in powers of two up to 32', () => {
  for (let count = 0; count <= 130; count++) {
    const items = Array.from({ length: count }, (_, index) => index);
    const slices = [...powerSlices(items)];
    expect(slices.flat()).toEqual(items);
    for (const { length } of slices) expect([1, 2, 4, 8, 16, 32]).toContain(length);
  }
});

test('a padded list names the same items', () => {
  expect(padded([])).toEqual([]);
  expect(padded(['a'])).toEqual(['a']);
  expect(padded(['a', 'b', 'c'])).toEqual(['a', 'b', 'c', 'c']);
  expect(padded(['a', 'b', 'c', 'd'])).toHaveLength(4);
});
