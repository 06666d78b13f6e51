import { expect, test } from 'vitest';
import { durationParts } from './duration-parts.ts';

const say = (seconds: number): string =>
  durationParts(seconds)
    .map((part) => `${part.count} ${part.unit}`)
    .join(' ');

test.each([
  [0, '0 s'],
  [-5, '0 s'],
  [0.9, '0 s'],
  [59, '59 s'],
  [60, '1 min'],
  [221, '3 min 41 s'],
  [2580, '43 min'],
  [3600, '1 h'],
  [28_020, '7 h 47 min'],
  [86_399, '23 h 59 min'],
  [86_400, '1 d'],
  [601_200, '6 d 23 h'],
  [1_051_200, '12 d'],
  [3_600_000, '41 d'],
])('%d seconds are said as %s', (seconds, words) => {
  expect(say(seconds)).toBe(words);
});

test('what is left is never overstated', () => {
  for (let seconds = 0; seconds < 1_000_000; seconds += 377) {
    const factors = { d: 86_400, h: 3600, min: 60, s: 1 };
    const said = durationParts(seconds).reduce((sum, part) => sum + part.count * factors[part.unit], 0);
    expect(said).toBeLessThanOrEqual(seconds);
  }
});
