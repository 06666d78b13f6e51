/** The overview's answers over HTTP: in the contract's words, for the operator's clocks, and refused when they make no sense. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryDatabase, type TemporaryDatabase } from '../../../test/database.ts';
import { fillHistory, madeEvents } from '../../../test/history-data.ts';
import { startHistoryServer, type HistoryServer } from '../../../test/history-server.ts';
import {
  bansByCountry,
  bansByNetwork,
  bansHeat,
  bansTrend,
  dashboardBans,
  dashboardFigures,
} from './contract.ts';

const now = Date.UTC(2026, 10, 24, 12, 34, 56);
const day = 86_400_000;

let database: TemporaryDatabase;
let server: HistoryServer;
beforeAll(async () => {
  database = await temporaryDatabase();
  await fillHistory(database, madeEvents({ count: 1_500, from: now - 60 * day, to: now }));
  await database.db.insertInto('settings').values({ key: 'timezone', value: 'America/New_York' }).execute();
  server = await startHistoryServer({ database, now: () => now });
});
afterAll(async () => {
  await server.close();
  await database.close();
});

const read = async (path: string) => {
  const answer = await server.get(`/api/v1/dashboard/${path}`);
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.body;
};

test('every part of the overview tells of the same bans', async () => {
  for (const query of [
    'range=30d',
    'range=7d&origin=manual',
    'range=365d&jail=web',
    'range=24h',
    'range=30d&country=de',
  ]) {
    const figures = dashboardFigures.output.parse(await read(`figures?${query}`));
    const bans = figures.bans.value;
    expect(bansByCountry.output.parse(await read(`bans/by-country?${query}`)).total).toBe(bans);
    expect(bansByCountry.output.parse(await read(`bans/by-jail?${query}`)).total).toBe(bans);
    expect(bansByCountry.output.parse(await read(`bans/by-network?${query}`)).total).toBe(bans);
    const { points } = bansTrend.output.parse(await read(`bans/trend?${query}`));
    expect(points.reduce((sum, point) => sum + point.bans, 0)).toBe(bans);
    const heat = bansHeat.output.parse(await read(`bans/heat?${query}`));
    expect(heat.bans.flat().reduce((sum, one) => sum + one, 0)).toBe(bans);
    const list = dashboardBans.output.parse(await read(`bans?${query}&page_size=500`));
    expect(list.items).toHaveLength(Math.min(bans, 500));
  }
});

test('the range that was read is told, and the zone of the heat map', async () => {
  const { from, to } = dashboardFigures.output.parse(await read('figures?range=7d'));
  expect([from, to]).toEqual(['2026-11-17T12:34:56.000Z', '2026-11-24T12:34:56.000Z']);
  const given = 'from=2026-11-01T00:00:00%2B01:00&to=2026-11-02T00:00:00Z';
  expect(dashboardFigures.output.parse(await read(`figures?${given}`)).from).toBe('2026-10-31T23:00:00.000Z');
  expect(bansHeat.output.parse(await read('bans/heat')).timezone).toBe('America/New_York');
});

test('networks have their names, and lists end at their limit', async () => {
  const { items, keys } = bansByNetwork.output.parse(await read('bans/by-network?range=30d&limit=3'));
  expect(items).toHaveLength(3);
  expect(keys).toBeGreaterThan(3);
  for (const { key, name } of items)
    expect(name).toBe(key === '0' ? null : `Network ${key}, "the" <b>one</b>`);
});

test('the newest bans lead on by their cursor while time goes on', async () => {
  const first = dashboardBans.output.parse(await read('bans?range=30d&page_size=10'));
  const second = dashboardBans.output.parse(
    await read(`bans?range=30d&page_size=10&cursor=${first.next_cursor}`),
  );
  const ids = [...first.items, ...second.items].map(({ id }) => Number(id));
  expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => b - a));
  expect(ids).toHaveLength(20);
});

test.each([
  'figures?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z',
  'bans/trend?from=2027-01-01T00:00:00Z',
  'bans/by-jail?range=2h',
  'bans/by-jail?limit=0',
  'bans?cursor=abc',
  'bans/heat?origin=else',
])('%s is refused', async (path) => {
  expect((await server.get(`/api/v1/dashboard/${path}`)).status).toBe(422);
});

test('ranges that reach beyond all time are answered at once', async () => {
  for (const path of ['figures', 'bans/trend', 'bans/heat', 'bans/by-network', 'bans']) {
    expect(await read(`${path}?from=0001-01-01T00:00:00Z&to=9999-12-31T00:00:00Z`)).toBeTruthy();
  }
});
