/** What may take the place of a list, and what waits for a person. */
import { expect, test } from 'vitest';
import { judgeChange } from './judge.ts';

test.each([
  ['a first version', null, 5],
  ['a small list that is emptied but for one', 99, 1],
  ['half of it', 200, 100],
  ['half more', 200, 300],
])('%s may', (_name, before, after) => {
  expect(judgeChange(before, after)).toBeNull();
});

test('less than half, or more than half more, waits, with its figures', () => {
  expect(judgeChange(200, 99)).toBe('It shrank by 51 %, from 200 to 99 entries.');
  expect(judgeChange(1_000, 1_501)).toBe('It grew by 50 %, from 1,000 to 1,501 entries.');
});
