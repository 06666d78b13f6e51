/** A schedule survives the form, says its next times, and is never taken for something it is not. */
import { expect, test } from 'vitest';
import { everyHours, nextTimes, readSchedule, writeSchedule } from './schedule-words.ts';

test.each(['hourly', 'daily 04:10', 'weekly sun 23:59', '*/20 3 * * 1'])(
  '%s comes back from the form as it was',
  (text) => expect(writeSchedule(readSchedule(text))).toBe(text),
);

test('no schedule stays none', () => {
  expect(writeSchedule(readSchedule(null))).toBeNull();
  expect(nextTimes({ kind: 'none' }, 'UTC', 0)).toEqual([]);
});

test('next times are those of the clock in the operator’s zone', () => {
  const after = Date.parse('2026-11-28T12:00:00Z');
  const iso = (text: string): string[] | undefined =>
    nextTimes(readSchedule(text), 'Europe/Berlin', after)?.map((at) => new Date(at).toISOString());
  expect(iso('daily 04:10')?.[0]).toBe('2026-11-29T03:10:00.000Z');
  expect(iso('weekly mon 00:30')).toEqual([
    '2026-11-29T23:30:00.000Z',
    '2026-12-06T23:30:00.000Z',
    '2026-12-13T23:30:00.000Z',
  ]);
  expect(iso('weekly sun 23:59')?.[0]).toBe('2026-11-29T22:59:00.000Z');
});

test.each(['daily 25:00', 'weekly someday 10:00', '* * *', '0 0 0 1 1 1', '@daily'])(
  '%s has no times and is said to be wrong',
  (text) => expect(nextTimes(readSchedule(text), 'UTC', 0)).toBeNull(),
);

test('only a plain step of hours is said in words', () => {
  expect(everyHours('0 */6 * * *')).toBe(6);
  expect(everyHours('0 */6 * * 1')).toBeNull();
});
