/** The zone of the log's stamps, measured. */
import { expect, test } from 'vitest';
import { measureOffset, readStamp } from './log-clock.ts';

const written = Date.UTC(2026, 10, 22, 12, 0, 0, 400);
const hour = 3_600_000;

test.each([
  ['UTC', 0],
  ['two hours ahead', 2 * hour],
  ['five and a half hours ahead', 5.5 * hour],
  ['five and three quarters ahead', 5.75 * hour],
  ['nine and a half hours behind', -9.5 * hour],
])('a log written in a zone %s', (_name, ahead) => {
  const stamped = written - 380 + ahead;
  expect(measureOffset(stamped, written)).toBe(-ahead || 0);
});

test('a stamp is read with its milliseconds, anything else is none', () => {
  expect(readStamp('2026-11-22 01:34:29,123 fail2ban.server')).toBe(Date.UTC(2026, 10, 22, 1, 34, 29, 123));
  expect(readStamp('  File "/usr/lib/python3", line 3')).toBeNull();
});
