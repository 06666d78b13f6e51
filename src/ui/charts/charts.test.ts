import { expect, test } from 'vitest';
import { barFactor, joinBuckets, zoomRange, type Bucket } from './buckets.ts';
import { countScale } from './scale.ts';
import { smoothPath } from './smooth-path.ts';
import { timeTicks } from './time-ticks.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.parse('2026-11-21T11:00:00Z');
const bucketsOf = (count: number, bucketMs: number): Bucket[] =>
  Array.from({ length: count }, (_, index) => ({
    at: start + index * bucketMs,
    own: index,
    blocklist: 1,
    manual: 0,
    before: 2,
  }));

test('a scale begins at zero, ends above the highest bar, and has three or four lines at round whole numbers', () => {
  expect(countScale(71)).toEqual({ top: 80, lines: [20, 40, 60, 80] });
  expect(countScale(90)).toEqual({ top: 100, lines: [25, 50, 75, 100] });
  for (let highest = 0; highest < 5000; highest += 1) {
    const { top, lines } = countScale(highest);
    expect(top).toBeGreaterThanOrEqual(highest);
    expect(lines.length === 3 || lines.length === 4).toBe(true);
    expect(lines.every(Number.isInteger)).toBe(true);
    expect(lines.at(-1)).toBe(top);
  }
  expect(countScale(1_234_567).top).toBe(1_500_000);
});

test('buckets are joined to lengths that people count in until the bars fit', () => {
  expect(barFactor(48, 30 * minute, 60)).toBe(1);
  expect(barFactor(48, 30 * minute, 30)).toBe(2);
  expect(barFactor(168, hour, 90)).toBe(2);
  expect(barFactor(365, day, 100)).toBe(7);
  // 7 minutes are no part of any such length: joined all the same
  expect(barFactor(100, 7 * minute + 1, 30)).toBe(4);
});

test('joining keeps every ban', () => {
  const joined = joinBuckets(bucketsOf(47, 30 * minute), 2);
  expect(joined).toHaveLength(24);
  expect(joined[1]).toEqual({ at: start + hour, own: 5, blocklist: 2, manual: 0, before: 4 });
  expect(joined.reduce((sum, bar) => sum + bar.own + bar.before, 0)).toBe((46 * 47) / 2 + 94);
});

test('a drag means whole bars, whichever way it went', () => {
  const bars = bucketsOf(48, 30 * minute);
  expect(zoomRange(bars, 30 * minute, 9, 4)).toEqual({ from: start + 2 * hour, to: start + 5 * hour });
  expect(zoomRange(bars, 30 * minute, 4, 4)).toEqual({ from: start + 2 * hour, to: start + 2.5 * hour });
});

test('there is no zoom to the whole, to what lies outside, or to less than five minutes', () => {
  const bars = bucketsOf(60, minute);
  expect(zoomRange(bars, minute, 0, 59)).toBeNull();
  expect(zoomRange(bars, minute, 3, 60)).toBeNull();
  expect(zoomRange(bars, minute, 3, 5)).toBeNull();
  expect(zoomRange(bars, minute, 3, 7)).toEqual({ from: start + 3 * minute, to: start + 8 * minute });
});

test('marks stand at round times of the operator, and midnight carries the date', () => {
  const ticks = timeTicks(start, start + day, 'Europe/Berlin', 9);
  expect(ticks.map(({ label }) => label)).toEqual([
    '12:00',
    '15:00',
    '18:00',
    '21:00',
    'Sun 22 Nov',
    '03:00',
    '06:00',
    '09:00',
    '12:00',
  ]);
  expect(ticks.filter(({ strong }) => strong)).toHaveLength(1);
  // half an hour off the full hours of UTC
  expect(timeTicks(start, start + 2 * hour, 'Asia/Kolkata', 4).map(({ label }) => label)).toEqual([
    '16:30',
    '17:00',
    '17:30',
    '18:00',
    '18:30',
  ]);
});

test('a day whose clock goes back keeps its midnights', () => {
  const from = Date.parse('2026-10-23T22:00:00Z');
  const ticks = timeTicks(from, from + 4 * day, 'Europe/Berlin', 5);
  expect(ticks.map(({ label }) => label)).toEqual(['Sat 24 Oct', 'Sun 25 Oct', 'Mon 26 Oct', 'Tue 27 Oct']);
  expect(ticks.map(({ at }) => (at - from) / hour)).toEqual([0, 24, 49, 73]);
});

test('weeks begin on Monday, narrow ones have fewer marks, a year is marked by its months', () => {
  const weeks = timeTicks(start - 30 * day, start, 'UTC', 6);
  expect(weeks.map(({ label }) => label)).toEqual(['26 Oct', '2 Nov', '9 Nov', '16 Nov']);
  const days = timeTicks(start - 7 * day, start, 'UTC', 3);
  expect(days.map(({ label }) => label)).toEqual(['Mon 16 Nov', 'Thu 19 Nov']);
  const months = timeTicks(start - 365 * day, start, 'UTC', 13);
  expect(months.map(({ label }) => label).slice(0, 3)).toEqual(['Dec', '2026', 'Feb']);
  expect(months).toHaveLength(12);
});

test('the line of the time before never leaves the span of its points', () => {
  const path = smoothPath([
    [0, 10],
    [10, 50],
    [20, 50],
    [30, 0],
  ]);
  const heights = [...path.matchAll(/,(-?[\d.]+)(?=[,C]|$)/g)].map(([, y]) => Number(y));
  expect(Math.min(...heights)).toBeGreaterThanOrEqual(0);
  expect(smoothPath([])).toBe('');
});
