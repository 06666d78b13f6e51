/** Typed times mean the operator's clock. */
import { expect, test } from 'vitest';
import { instantOf, wallTime } from './zoned-time.ts';

const berlin = 'Europe/Berlin';

test.each([
  ['2026-11-22T12:04', '2026-11-22T11:04:00.000Z'],
  ['2026-07-01T00:30', '2026-06-30T22:30:00.000Z'],
  // 02:00 to 03:00 comes twice: the first is meant
  ['2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
])('%s in Berlin is %s', (text, instant) => {
  const at = instantOf(text, berlin);
  expect(at === null ? null : new Date(at).toISOString()).toBe(instant);
  expect(wallTime(at ?? 0, berlin)).toBe(text);
});

test('an hour left out in spring is the one after it, and what is no date is nothing', () => {
  expect(wallTime(instantOf('2026-03-29T02:30', berlin) ?? 0, berlin)).toBe('2026-03-29T03:30');
  expect(instantOf('2026-13-01T00:00', berlin)).toBeNull();
  expect(instantOf('yesterday', berlin)).toBeNull();
});
