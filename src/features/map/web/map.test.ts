import { expect, test } from 'vitest';
import { codesById, smallPlaces } from './country-codes.ts';
import { countryCsv } from './country-csv.ts';
import { sortRows, summarize, type CountryRow } from './country-rows.ts';
import { readMapView } from './map-view.ts';
import { placeTip } from './place-tip.ts';
import { readThresholds, rememberedThresholds, rememberThresholds, usualThresholds } from './thresholds.ts';
import { bringIntoView, moveBy, wholeMap, zoomAt } from './zoom.ts';

const row = (code: string, bans: number, before: number): CountryRow => ({
  code,
  name: code === 'unknown' ? 'Unknown' : code,
  isCountry: /^[A-Z]{2}$/.test(code),
  bans,
  before,
  addresses: bans,
});
const rows = [
  row('US', 203, 181),
  row('NL', 121, 64),
  row('unknown', 400, 1),
  row('MT', 2, 0),
  row('CN', 187, 180),
];

test('thresholds are whole numbers from 1 on, each more than the one before', () => {
  expect(readThresholds(['1', ' 5 ', '25', '100', '1000'])).toEqual({
    ok: true,
    value: [1, 5, 25, 100, 1000],
  });
  const fault = (...texts: string[]) => {
    const read = readThresholds(texts);
    return read.ok ? null : read.fault;
  };
  expect(fault('1', '10', '10', '20', '30')).toEqual({ at: 2, fault: 'not_rising' });
  expect(fault('0', '10', '20', '30', '40')).toEqual({ at: 0, fault: 'too_small' });
  expect(fault('1', '2.5', '20', '30', '40')).toEqual({ at: 1, fault: 'no_number' });
  expect(fault('1', '', '20', '30', '40')).toEqual({ at: 1, fault: 'no_number' });
  expect(fault('1', '2', '3', '4', '99999999999')).toEqual({ at: 4, fault: 'too_large' });
});

test('thresholds are remembered, and nonsense in the memory is not taken', () => {
  const memory = new Map<string, string>();
  const storage = {
    getItem: (key: string) => memory.get(key) ?? null,
    setItem: (key: string, value: string) => void memory.set(key, value),
  };
  expect(rememberedThresholds(storage)).toEqual(usualThresholds);
  rememberThresholds(storage, [1, 2, 3, 4, 5]);
  expect(rememberedThresholds(storage)).toEqual([1, 2, 3, 4, 5]);
  for (const key of memory.keys()) memory.set(key, '5,4,3,2,1');
  expect(rememberedThresholds(storage)).toEqual(usualThresholds);
});

test('the sentence counts countries only, and the growth that it names is the largest in bans', () => {
  const told = summarize(rows, 913);
  expect(told.countries).toBe(4);
  expect(told.first.map(({ code }) => code)).toEqual(['US', 'CN', 'NL']);
  expect(told.share).toBe(56);
  expect(told.grew?.code).toBe('NL');
  expect(summarize([], 0)).toEqual({ bans: 0, countries: 0, first: [], share: 0, grew: null });
});

test('rows sort by every column, what is new before all growth', () => {
  const codes = (sort?: Parameters<typeof sortRows>[1]) => sortRows(rows, sort).map(({ code }) => code);
  expect(codes()).toEqual(['unknown', 'US', 'CN', 'NL', 'MT']);
  expect(codes('-change').slice(0, 3)).toEqual(['MT', 'unknown', 'NL']);
  expect(codes('name')).toEqual(['CN', 'MT', 'NL', 'unknown', 'US']);
  expect(codes('addresses')[0]).toBe('MT');
});

test('the file holds each row, and a name with a comma stays one field', () => {
  const content = countryCsv([{ ...row('XX', 2, 1), name: 'A, "B"' }]);
  expect(content).toBe('code,name,bans,bans_before,addresses\r\nXX,"A, ""B""",2,1,2\r\n');
});

test('what the map does not know leaves the URL', () => {
  expect(readMapView({ country: 'nl', sort: '-change' })).toEqual({ country: 'NL', sort: '-change' });
  expect(readMapView({ country: 'Netherlands', sort: '-bans' })).toEqual({});
  expect(readMapView({ country: 'unknown' })).toEqual({ country: 'unknown' });
});

test('a zoom keeps what is under the pointer, ends at the whole map, and never shows beyond its edge', () => {
  const size = { width: 700, height: 400 };
  const point = { x: 500, y: 100 };
  const near = zoomAt(wholeMap, 2, point, size);
  expect([(point.x - near.x) / near.scale, (point.y - near.y) / near.scale]).toEqual([500, 100]);
  expect(zoomAt(near, 0.1, { x: 0, y: 0 }, size)).toEqual(wholeMap);
  expect(zoomAt(wholeMap, 1000, point, size).scale).toBe(12);
  expect(moveBy(near, 10_000, 10_000, size)).toEqual({ scale: 2, x: 0, y: 0 });
  expect(moveBy(near, -10_000, -10_000, size)).toEqual({ scale: 2, x: -700, y: -400 });
});

test('a country reached by the keys is brought into sight', () => {
  const size = { width: 700, height: 400 };
  const zoom = { scale: 4, x: 0, y: 0 };
  expect(bringIntoView(zoom, { x: 100, y: 50 }, size)).toEqual(zoom);
  expect(bringIntoView(zoom, { x: 350, y: 200 }, size)).toEqual({ scale: 4, x: -1050, y: -600 });
});

test('a tooltip stays inside the map and beside its country', () => {
  const tip = { width: 180, height: 110 };
  const frame = { width: 720, height: 400 };
  for (const at of [
    { x: 10, y: 10 },
    { x: 710, y: 390 },
    { x: 360, y: 200 },
    { x: 350, y: 395 },
  ]) {
    const country = { left: at.x - 20, top: at.y - 10, right: at.x + 20, bottom: at.y + 10 };
    const { left, top } = placeTip({ at, country, tip, frame });
    expect(left).toBeGreaterThanOrEqual(0);
    expect(top).toBeGreaterThanOrEqual(0);
    expect(left + tip.width).toBeLessThanOrEqual(frame.width);
    expect(top + tip.height).toBeLessThanOrEqual(frame.height);
    const apart =
      left >= country.right ||
      left + tip.width <= country.left ||
      top >= country.bottom ||
      top + tip.height <= country.top;
    expect(apart).toBe(true);
  }
});

test('every country that bans come from can be on the map: by its shape or as a dot', () => {
  const known = new Set([...codesById.values(), ...smallPlaces.map(({ code }) => code)]);
  expect(known.size).toBe(codesById.size + smallPlaces.length);
  for (const code of ['US', 'CN', 'SG', 'HK', 'MT', 'GI', 'TW', 'SC', 'VG', 'RE'])
    expect(known).toContain(code);
  for (const { longitude, latitude } of smallPlaces) {
    expect(Math.abs(longitude)).toBeLessThanOrEqual(180);
    expect(Math.abs(latitude)).toBeLessThanOrEqual(90);
  }
});
