/** When lists are fetched, through the days on which clocks change. */
import { expect, test } from 'vitest';
import { nextRun, parseSchedule, type Schedule } from './schedule.ts';

const schedule = (text: string): Schedule => {
  const parsed = parseSchedule(text);
  if (parsed === null) throw new Error(`${text} is no schedule`);
  return parsed;
};
/** The runs after a moment, each asked for from the one before. */
function runs(text: string, zone: string, from: string, count: number): string[] {
  const found: string[] = [];
  for (let at = Date.parse(from); found.length < count;) {
    at = nextRun(schedule(text), at, zone);
    found.push(new Date(at).toISOString().slice(0, 16));
  }
  return found;
}

test.each([
  ['hourly', 'hourly'],
  [' Daily  04:10 ', 'daily 04:10'],
  ['weekly MON 23:59', 'weekly mon 23:59'],
  ['*/5 * * * *', '*/5 * * * *'],
  ['10 4 * * 1-5', '10 4 * * 1-5'],
  ['0 0 29 2 *', '0 0 29 2 *'],
  ['0,58 4 * * *', '0,58 4 * * *'],
])('%s is a schedule', (text, canonical) => {
  expect(parseSchedule(text)?.text).toBe(canonical);
});

test.each([
  '',
  'never',
  'daily',
  'daily 24:00',
  'daily 4:10',
  'daily 04:60',
  'weekly 04:10',
  'weekly foo 04:10',
  '@daily',
  '* * * *',
  '0 0 0 * * *',
  '61 * * * *',
  '? * * * *',
  '0 0 31 2 *',
  'x'.repeat(100),
])('%s is none', (text) => {
  expect(parseSchedule(text)).toBeNull();
});

test.each([
  '* * * * *',
  '*/4 * * * *',
  '0,4 0 1 1 *',
  '0,58 * * * *',
  '0,58 0,23 * * *',
  '0,58 0,23 1,31 1,12 *',
])('%s comes more often than every five minutes', (text) => {
  expect(parseSchedule(text)).toBeNull();
});

test('daily and weekly are on the clocks of the zone', () => {
  expect(runs('daily 04:10', 'Europe/Berlin', '2026-06-01T00:00:00Z', 2)).toEqual([
    '2026-06-01T02:10',
    '2026-06-02T02:10',
  ]);
  expect(runs('weekly mon 04:10', 'America/New_York', '2026-06-01T12:00:00Z', 2)).toEqual([
    '2026-06-08T08:10',
    '2026-06-15T08:10',
  ]);
});

test('a time that the clocks leave out runs once, right after', () => {
  // Berlin 2026-03-29: 02:00 → 03:00 at 01:00 UTC. New York 2026-03-08: 02:00 → 03:00 at 07:00 UTC.
  expect(runs('daily 02:30', 'Europe/Berlin', '2026-03-28T00:00:00Z', 3)).toEqual([
    '2026-03-28T01:30',
    '2026-03-29T01:00',
    '2026-03-30T00:30',
  ]);
  expect(runs('30 2 * * *', 'America/New_York', '2026-03-07T00:00:00Z', 3)).toEqual([
    '2026-03-07T07:30',
    '2026-03-08T07:00',
    '2026-03-09T06:30',
  ]);
  expect(runs('weekly sun 02:15', 'Europe/Berlin', '2026-03-28T00:00:00Z', 2)).toEqual([
    '2026-03-29T01:00',
    '2026-04-05T00:15',
  ]);
});

test('a time that comes twice runs once', () => {
  // Berlin 2026-10-25: 03:00 → 02:00 at 01:00 UTC. New York 2026-11-01: 02:00 → 01:00 at 06:00 UTC.
  expect(runs('daily 02:30', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)).toEqual([
    '2026-10-25T00:30',
    '2026-10-26T01:30',
  ]);
  expect(runs('daily 01:30', 'America/New_York', '2026-10-31T12:00:00Z', 2)).toEqual([
    '2026-11-01T05:30',
    '2026-11-02T06:30',
  ]);
  // Asked between the two, and right after the second.
  for (const between of ['2026-10-25T00:45:00Z', '2026-10-25T01:15:00Z', '2026-10-25T01:45:00Z']) {
    expect(runs('daily 02:30', 'Europe/Berlin', between, 1)).toEqual(['2026-10-26T01:30']);
  }
});

test('every hour is every hour, whatever the clocks do', () => {
  const hours = runs('hourly', 'Europe/Berlin', '2026-10-24T23:30:00Z', 4);
  expect(hours).toEqual(['2026-10-25T00:00', '2026-10-25T01:00', '2026-10-25T02:00', '2026-10-25T03:00']);
  expect(runs('*/30 * * * *', 'America/New_York', '2026-03-08T06:20:00Z', 3)).toEqual([
    '2026-03-08T06:30',
    '2026-03-08T07:00',
    '2026-03-08T07:30',
  ]);
});

test('who chose the same time is spread, always to the same place', () => {
  const at = Date.parse('2026-06-01T10:00:00Z');
  const seed = Date.parse('2025-01-01T07:21:13.500Z');
  const first = nextRun(schedule('hourly'), at, 'UTC', seed);
  expect(new Date(first).toISOString()).toBe('2026-06-01T10:21:13.500Z');
  expect(nextRun(schedule('hourly'), first, 'UTC', seed) - first).toBe(3_600_000);
  expect(nextRun(schedule('hourly'), first - 1, 'UTC', seed)).toBe(first);
  const daily = nextRun(schedule('daily 04:10'), at, 'UTC', seed);
  expect(new Date(daily).toISOString()).toBe('2026-06-02T04:10:13.500Z');
  expect(nextRun(schedule('daily 04:10'), daily, 'UTC', seed) - daily).toBe(86_400_000);
});
