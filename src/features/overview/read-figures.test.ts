/** What the overview reads from the sums is what a count of the events themselves says, for any range and filter. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryDatabase, type TemporaryDatabase } from '../../../test/database.ts';
import { dialectOfRun, fillHistory, madeEvents } from '../../../test/history-data.ts';
import { rangeBefore, type TimeRange } from '../../base/time-range.ts';
import { zoneOf } from '../../base/zone.ts';
import type { Database } from '../../platform/db/schema.ts';
import { readFigures } from './read-figures.ts';
import { readHeat } from './read-heat.ts';
import { readRanked } from './read-ranked.ts';
import type { Chosen, SumsDeps } from './read-sums.ts';
import { readTrend } from './read-trend.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** Both nights on which the clocks of Berlin change in 2026 lie inside. */
const start = Date.UTC(2026, 2, 20);
const end = Date.UTC(2026, 10, 2);

let database: TemporaryDatabase;
let deps: SumsDeps;
let events: Database['history'][];

beforeAll(async () => {
  database = await temporaryDatabase();
  const older = madeEvents({ count: 2_000, from: start, to: end });
  const newer = madeEvents({ count: 1_000, from: end - 3 * day, to: end, seed: 2 });
  await fillHistory(database, [...older, ...newer], { daysUntil: end - day });
  deps = { db: database.db, dialect: dialectOfRun(), hostId: 'local' };
  events = await database.db.selectFrom('history').selectAll().execute();
});
afterAll(() => database.close());

const bansOf = ({ from, to }: TimeRange, { origin, jail, country }: Chosen) =>
  events.filter(
    (one) =>
      one.action === 'ban' &&
      one.at >= from &&
      one.at < to &&
      (origin === null || one.origin === origin) &&
      (jail === null || one.jail === jail) &&
      (country === null || one.country === country),
  );
const different = (rows: readonly { ip: string }[]) => new Set(rows.map(({ ip }) => ip)).size;
const sum = (rows: readonly Database['history'][], figure: 'failures' | 'again') =>
  rows.reduce((total, row) => total + row[figure], 0);

/** Ends fall anywhere, on full hours and on midnights. */
const moment = fc
  .tuple(fc.integer({ min: start - 2 * day, max: end + 2 * day }), fc.constantFrom(1, 60_000, hour, day))
  .map(([at, step]) => Math.floor(at / step) * step);
const anyRange = fc
  .tuple(moment, moment)
  .filter(([a, b]) => a !== b)
  .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
const anyChosen = fc.record({
  origin: fc.constantFrom(null, null, 'own', 'manual', 'blocklist'),
  jail: fc.constantFrom(null, null, 'sshd', 'web', 'no such'),
  country: fc.constantFrom(null, null, 'CN', 'private', 'XX'),
});
const view = fc.tuple(anyRange, anyChosen);
const runs = { numRuns: 60 };

test('the figures', async () => {
  await fc.assert(
    fc.asyncProperty(view, async ([range, chosen]) => {
      const bans = bansOf(range, chosen);
      const unbans = events.filter((one) => one.action === 'unban');
      const figures = await readFigures(deps, range, chosen);
      expect(figures).toEqual({
        bans: bans.length,
        failures: sum(bans, 'failures'),
        again: sum(bans, 'again'),
        addresses: different(bans),
        unbans: unbans.filter(
          (one) =>
            one.at >= range.from &&
            one.at < range.to &&
            [one.origin, null].includes(chosen.origin) &&
            [one.jail, null].includes(chosen.jail) &&
            [one.country, null].includes(chosen.country),
        ).length,
        origins: {
          own: bans.filter(({ origin }) => origin === 'own').length,
          manual: bans.filter(({ origin }) => origin === 'manual').length,
          blocklist: bans.filter(({ origin }) => origin === 'blocklist').length,
        },
      });
    }),
    runs,
  );
});

test.each(['country', 'jail', 'asn'] as const)('the ranks by %s', async (key) => {
  await fc.assert(
    fc.asyncProperty(view, fc.integer({ min: 1, max: 12 }), async ([range, chosen], limit) => {
      const bans = Map.groupBy(bansOf(range, chosen), (one) => one[key]);
      const before = Map.groupBy(bansOf(rangeBefore(range), chosen), (one) => one[key]);
      const expected = [...bans].map(([one, rows]) => ({
        key: String(one),
        bans: rows.length,
        addresses: different(rows),
        before: before.get(one)?.length ?? 0,
      }));
      const ranked = await readRanked(deps, { key, range, chosen, limit });
      expect(ranked.keys).toBe(expected.length);
      expect(ranked.total).toBe(bansOf(range, chosen).length);
      expect(ranked.items).toHaveLength(Math.min(limit, expected.length));
      const most = expected.map((item) => item.bans).toSorted((a, b) => b - a);
      expect(ranked.items.map((item) => item.bans)).toEqual(most.slice(0, limit));
      for (const item of ranked.items) expect(expected).toContainEqual(item);
    }),
    runs,
  );
});

describe.each(['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns'])('on the clocks of %s', (name) => {
  const zone = zoneOf(name);

  test('the trend leaves out no ban and no bucket, and says when the most were', async () => {
    await fc.assert(
      fc.asyncProperty(view, async ([range, chosen]) => {
        const { points, length, peak } = await readTrend(deps, { range, chosen, zone });
        const [bans, before] = [bansOf(range, chosen), bansOf(rangeBefore(range), chosen)];
        const last = points.at(-1)?.at ?? 0;
        expect(points[0]?.at).toBeLessThanOrEqual(range.from);
        expect(last).toBeLessThan(range.to);
        for (const [index, point] of points.entries()) {
          const to = points[index + 1]?.at ?? Number.POSITIVE_INFINITY;
          // an hour more or less on the night when the clocks change
          if (to < Number.POSITIVE_INFINITY)
            expect(Math.abs(to - point.at - length)).toBeLessThanOrEqual(hour);
          const inside = bans.filter(({ at }) => at >= point.at && at < to);
          expect(point.bans).toBe(inside.length);
          expect(point.own).toBe(inside.filter(({ origin }) => origin === 'own').length);
          expect(point.bans).toBe(point.own + point.manual + point.blocklist);
        }
        expect(points.reduce((total, point) => total + point.before, 0)).toBe(before.length);
        if (bans.length === 0) expect(peak).toBeNull();
        if (peak === null) return;
        const index = points.findIndex(({ at }) => at === peak.at);
        const to = points[index + 1]?.at ?? Number.POSITIVE_INFINITY;
        const top = Map.groupBy(
          bans.filter(({ at }) => at >= peak.at && at < to),
          ({ jail }) => jail,
        );
        expect(peak.bans).toBe(Math.max(...points.map((point) => point.bans)));
        expect(peak.ofJail).toBe(Math.max(...[...top.values()].map((rows) => rows.length)));
        expect(top.get(peak.jail)).toHaveLength(peak.ofJail);
      }),
      { numRuns: 25 },
    );
  });

  test('days begin at midnight, also when the clocks have changed', async () => {
    const range = { from: start, to: end };
    const { points, length } = await readTrend(deps, { range, chosen: nothing, zone });
    expect(length).toBe(4 * day);
    const clock = new Intl.DateTimeFormat('en-GB', { timeZone: name, timeStyle: 'medium' });
    expect(new Set(points.map(({ at }) => clock.format(at)))).toEqual(new Set(['00:00:00']));
  });

  test('every ban has its hour of the week', async () => {
    const hours = new Intl.DateTimeFormat('en-GB', { timeZone: name, weekday: 'short', hour: '2-digit' });
    const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
    await fc.assert(
      fc.asyncProperty(view, async ([range, chosen]) => {
        const heat = await readHeat(deps, { range, chosen, zone });
        const expected = days.map(() => Array.from({ length: 24 }, () => 0));
        for (const { at } of bansOf(range, chosen)) {
          const [weekday = '', shown = ''] = hours.format(Math.floor(at / hour) * hour).split(', ');
          const row = expected[days.indexOf(weekday)] ?? [];
          row[Number(shown)] = (row[Number(shown)] ?? 0) + 1;
        }
        expect(heat).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });
});

const nothing: Chosen = { origin: null, jail: null, country: null };

test('named ranges have the buckets that a page draws well', async () => {
  const lengths = [];
  for (const length of [hour, day, 7 * day, 30 * day, 365 * day]) {
    const trend = await readTrend(deps, {
      range: { from: end - length, to: end },
      chosen: nothing,
      zone: zoneOf('UTC'),
    });
    lengths.push([trend.length / 60_000, trend.points.length]);
  }
  expect(lengths).toEqual([
    [1, 60],
    [30, 48],
    [120, 84],
    [720, 60],
    [10_080, 53],
  ]);
});

test('most days are read from sums of their own', async () => {
  const days = await database.db.selectFrom('day_packs').select('at').distinct().execute();
  expect(days.length).toBeGreaterThan(200);
});

test('without any event everything is there and zero', async () => {
  const empty = await temporaryDatabase();
  const of = { ...deps, db: empty.db };
  const range = { from: start, to: start + day };
  const zone = zoneOf('Europe/Berlin');
  expect((await readFigures(of, range, nothing)).bans).toBe(0);
  expect(await readRanked(of, { key: 'asn', range, chosen: nothing, limit: 5 })).toEqual({
    items: [],
    total: 0,
    keys: 0,
  });
  const trend = await readTrend(of, { range, chosen: nothing, zone });
  expect(trend.points.length).toBeGreaterThan(40);
  expect([trend.peak, trend.points.every(({ bans }) => bans === 0)]).toEqual([null, true]);
  expect((await readHeat(of, { range, chosen: nothing, zone })).flat()).toEqual(
    Array.from({ length: 168 }, () => 0),
  );
  await empty.close();
});
