/** Stamps without a zone, through the ends of summer. The machine's zone is set for this file's process. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { zoneOf } from './log-zone.ts';

const before = process.env['TZ'];
beforeAll(() => {
  process.env['TZ'] = 'Europe/Berlin';
});
afterAll(() => {
  if (before === undefined) delete process.env['TZ'];
  else process.env['TZ'] = before;
});

const hour = 3_600_000;
const wall = (text: string): number => Date.parse(`${text}Z`);

test('a line of summer in a log whose newest line is of winter', () => {
  const zone = zoneOf({ wallMs: wall('2026-11-22T12:00:00'), offset: -hour });
  expect(zone(wall('2026-07-01T12:00:00'))).toBe(wall('2026-07-01T10:00:00'));
  expect(zone(wall('2026-11-22T11:00:00'))).toBe(wall('2026-11-22T10:00:00'));
});

test('the hour that is repeated in autumn', () => {
  const zone = zoneOf({ wallMs: wall('2026-11-22T12:00:00'), offset: -hour });
  const read = ['01:59:00', '02:30:00', '02:59:00', '02:05:00', '02:50:00', '03:01:00'].map((time) =>
    new Date(zone(wall(`2026-10-25T${time}`))).toISOString().slice(11, 16),
  );
  expect(read).toEqual(['23:59', '00:30', '00:59', '01:05', '01:50', '02:01']);
});

test('a daemon in another zone: all alike', () => {
  const zone = zoneOf({ wallMs: wall('2026-11-22T12:00:00'), offset: 5 * hour });
  expect(zone(wall('2026-07-01T12:00:00'))).toBe(wall('2026-07-01T17:00:00'));
});

test('a file that was touched long after its newest line is read by the clock of this machine', () => {
  const zone = zoneOf({ wallMs: wall('2026-11-22T12:00:00'), offset: 90 * hour });
  expect(zone(wall('2026-11-22T12:00:00'))).toBe(wall('2026-11-22T11:00:00'));
});
