import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { formatDuration, parseDuration } from './duration.ts';

const day = 86_400;

describe('parseDuration', () => {
  test.each<[string | number, number]>([
    [-1, -1],
    ['-1', -1],
    [600, 600],
    ['600', 600],
    ['1d12h', 1.5 * day],
    ['1w 2d', 9 * day],
    ['90m', 5400],
    ['1mo', 30.4375 * day],
    ['1y', 365.25 * day],
    ['2 hours 30 minutes', 9000],
    ['1D', day],
    ['10y', 3652.5 * day],
  ])('reads %j as %d seconds', (input, seconds) => {
    expect(parseDuration(input)).toBe(seconds);
  });

  test.each<[string | number]>([
    [''],
    ['0'],
    [0],
    [-2],
    ['-2'],
    [1.5],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    ['1.5h'],
    ['11y'],
    [315_576_001],
    ['010'],
    ['08h'],
    ['1e3'],
    ['0x10'],
    ['1 fortnight'],
    ['1d+1h'],
    ['2*3'],
    [' 1h'],
    ['1h '],
    ['1h\n'],
    ['1h\0'],
    ["[__import__('os').system('id'),600][1]"],
    ['1h<F2B_END_COMMAND>'],
    ['1h '.repeat(2000)],
  ])('refuses %j', (input) => {
    expect(parseDuration(input)).toBeNull();
  });

  test('counts as fail2ban itself does', () => {
    const unit = fc.constantFrom(
      's',
      'sec',
      'm',
      'min',
      'h',
      'hours',
      'd',
      'days',
      'w',
      'week',
      'mo',
      'months',
      'y',
      'year',
    );
    const expression = fc
      .array(
        fc.tuple(fc.integer({ min: 1, max: 9 }), fc.constantFrom('', ' '), unit, fc.constantFrom('', ' ')),
        { minLength: 1, maxLength: 4 },
      )
      .map((parts) =>
        parts
          .map((part) => part.join(''))
          .join('')
          .trim(),
      );
    const texts = fc.sample(expression, 1000);
    const script = `
import sys, json
from fail2ban.server.mytime import MyTime
json.dump([MyTime.str2seconds(text) for text in json.load(sys.stdin)], sys.stdout)`;
    const options = { input: JSON.stringify(texts) };
    const answer = execFileSync('/usr/bin/python3', ['-c', script], options).toString();
    const counted = z.array(z.number()).parse(JSON.parse(answer));
    const tenYears = 3652.5 * day;
    expect(texts.map((text) => [text, parseDuration(text)])).toEqual(
      texts.map((text, index) => [text, (counted[index] ?? 0) <= tenYears ? counted[index] : null]),
    );
  });
});

test('what formatDuration writes, parseDuration reads as the same length', () => {
  expect(formatDuration(-1)).toBe('permanent');
  expect(formatDuration(90_000)).toBe('1d 1h');
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3652 * day }), (seconds) => {
      expect(parseDuration(formatDuration(seconds))).toBe(seconds);
    }),
  );
});
