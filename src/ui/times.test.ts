import { expect, test } from 'vitest';
import { createTimes } from './times.ts';

const now = Date.parse('2026-11-22T11:04:31Z');

test('times are in the zone of the operator, not of the machine', () => {
  expect(createTimes('Europe/Berlin').clock(now)).toBe('12:04:31');
  expect(createTimes('Asia/Tokyo').clock(now)).toBe('20:04:31');
});

test('a time of this day has no date, another day has one, another year names it', () => {
  const times = createTimes('Europe/Berlin');
  expect(times.moment(now - 3_600_000, now)).toBe('11:04');
  expect(times.exact(now - 3_600_000, now)).toBe('11:04:31');
  expect(times.moment(Date.parse('2026-11-21T15:20:00Z'), now)).toBe('21 Nov 16:20');
  expect(times.moment(Date.parse('2025-11-22T15:20:00Z'), now)).toBe('22 Nov 2025 16:20');
});

test('the day changes at midnight of that zone', () => {
  const midnight = Date.parse('2026-11-21T23:00:00Z');
  expect(createTimes('Europe/Berlin').moment(midnight, now)).toBe('00:00');
  expect(createTimes('UTC').moment(midnight, now)).toBe('21 Nov 23:00');
});

test('midnight is 00 and not 24', () => {
  expect(createTimes('UTC').clock(Date.parse('2026-11-22T00:00:00Z'))).toBe('00:00:00');
});

test('an unknown zone does not break the page', () => {
  expect(createTimes('Mars/Olympus').clock(now)).toMatch(/^\d\d:04:31$/);
});
