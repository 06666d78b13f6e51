import { expect, test } from 'vitest';
import { changeText, isNotable, percentChange } from './change.ts';

test('a change is a whole percentage with its sign, a true minus, and a space that does not break', () => {
  expect(changeText(1284, 1088)).toBe('+18\u00a0%');
  expect(changeText(18_906, 20_113)).toBe('\u22126\u00a0%');
  expect(changeText(5, 5)).toBe('0\u00a0%');
  expect(changeText(0, 12)).toBe('\u2212100\u00a0%');
});

test('what was not there before has no percentage, and nothing twice is no change', () => {
  expect(percentChange(4, 0)).toBeNull();
  expect(changeText(4, 0)).toBeNull();
  expect(changeText(0, 0)).toBe('0\u00a0%');
});

test('a change beyond ten times is told as a multiple', () => {
  expect(changeText(12_400, 1000)).toBe('×12');
  expect(changeText(109, 10)).toBe('+990\u00a0%');
});

test('a quarter more or less stands out, and so does what is new', () => {
  expect([24, -24, 0].map(isNotable)).toEqual([false, false, false]);
  expect([25, -25, null].map(isNotable)).toEqual([true, true, true]);
});
