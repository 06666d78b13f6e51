/** Your own files: taken at start, taken anew when they change, and refused when they are broken. */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../../test/bangui.ts';
import { mmdbFile } from '../../../test/mmdb.ts';
import type { Log, LogFields } from '../../base/log.ts';
import { openGeo, type Geo, type GeoFiles } from './geo.ts';

let folder: string;
let geo: Geo | null = null;
let lines: { event: string; fields: LogFields }[] = [];
const record = (event: string, fields: LogFields = {}): void => void lines.push({ event, fields });
const log: Log = { debug() {}, info: record, warn: record, error: record };
const events = (name: string) => lines.filter(({ event }) => event === name);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bangui-geo-'));
  lines = [];
});
afterEach(async () => {
  await geo?.close();
  geo = null;
  await rm(folder, { recursive: true, force: true });
});

const open = async (files: Partial<GeoFiles>): Promise<Geo> => {
  geo = openGeo({ files: { country: null, network: null, city: null, ...files }, log, everyMs: 20 });
  await geo.ready;
  return geo;
};
const saying = (country: string, date = Date.UTC(2026, 0, 2)): Buffer =>
  mmdbFile({ entries: [['8.0.0.0/8', { country_code: country }]], date, type: `Says-${country}` });
const country = () => join(folder, 'country.mmdb');

test('without files of your own the data of BanGUI answers and says its date', async () => {
  const { locate, dates } = await open({});
  expect(locate('8.8.8.8')).toMatchObject({ country: 'US', asn: 15_169 });
  expect(dates()).toMatchObject([
    { kind: 'country', bundled: true },
    { kind: 'network', bundled: true },
  ]);
  for (const { date } of dates()) expect(new Date(date ?? 0).getUTCFullYear()).toBeGreaterThan(2025);
});

test('your own file takes the place of the countries and leaves the networks', async () => {
  await writeFile(country(), saying('DE'));
  const { locate, dates } = await open({ country: country() });
  expect(locate('8.8.8.8')).toMatchObject({ country: 'DE', asn: 15_169 });
  expect(locate('9.9.9.9').country).toBe('unknown');
  expect(dates()[0]).toEqual({
    kind: 'country',
    bundled: false,
    date: Date.UTC(2026, 0, 2),
    type: 'Says-DE',
  });
});

test('one file can serve for everything', async () => {
  const all = { country_code: 'DE', asn: 'AS64496', as_name: 'Kestrel', city: 'Utrecht' };
  await writeFile(country(), mmdbFile({ entries: [['8.0.0.0/8', all]] }));
  const { locate, dates } = await open({ country: country(), network: country(), city: country() });
  expect(locate('8.8.8.8')).toEqual({
    country: 'DE',
    asn: 64_496,
    asName: 'Kestrel',
    range: '8.0.0.0/8',
    city: 'Utrecht',
  });
  expect(dates().map(({ bundled }) => bundled)).toEqual([false, false, false]);
  const { country: one, network, city } = geo?.share() ?? {};
  expect(network?.data).toBe(one);
  expect(city).toBe(one);
});

test('a file put in place of the other is taken, and so is one written over', async () => {
  await writeFile(country(), saying('DE'));
  const { locate, onChange, share } = await open({ country: country() });
  let changes = 0;
  const stop = onChange(() => (changes += 1));
  const before = share();

  await writeFile(`${country()}.new`, saying('FR', Date.UTC(2026, 1, 2)));
  await rename(`${country()}.new`, country());
  await until('the new file answers', () => locate('8.8.8.8').country === 'FR');
  expect(changes).toBe(1);
  expect(share().country).not.toBe(before.country);
  expect(share().network?.data).toBe(before.network?.data);

  stop();
  await writeFile(country(), saying('NL'));
  await until('the file written over answers', () => locate('8.8.8.8').country === 'NL');
  expect(changes).toBe(1);
});

test.each([
  ['empty', Buffer.alloc(0), 'geo_file_unreadable'],
  ['no database', Buffer.from('<html>rate limited</html>'.repeat(100)), 'geo_file_refused'],
  ['cut short', saying('FR').subarray(0, -200), 'geo_file_refused'],
  [
    'of another kind',
    mmdbFile({ entries: [['8.0.0.0/8', { asn: 'AS1' }]], type: 'An-ASN' }),
    'geo_file_refused',
  ],
])('a file that is %s changes nothing and is told once', async (_what, bytes, event) => {
  await writeFile(country(), saying('DE'));
  const { locate } = await open({ country: country() });
  await writeFile(country(), bytes);
  await until('it is refused', () => events(event).length > 0);
  expect(locate('8.8.8.8').country).toBe('DE');
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(events(event)).toHaveLength(1);
  expect(events(event)[0]?.fields).toMatchObject({ path: country(), kept: true });
  await writeFile(country(), saying('FR'));
  await until('a good one after it is taken', () => locate('8.8.8.8').country === 'FR');
});

test('a file that is being written is not taken before its writer is done', async () => {
  await writeFile(country(), saying('DE'));
  const { locate } = await open({ country: country() });
  const whole = saying('FR');
  for (let at = 0; at < whole.length; at += 60) {
    await writeFile(country(), whole.subarray(at, at + 60), { flag: at === 0 ? 'w' : 'a' });
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
  await until('the whole file answers', () => locate('8.8.8.8').country === 'FR');
});

test('broken at start: the data of BanGUI answers until the file is good', async () => {
  await writeFile(country(), 'nothing');
  const { locate, dates } = await open({ country: country() });
  expect(locate('8.8.8.8').country).toBe('US');
  expect(dates()[0]).toMatchObject({ bundled: true });
  expect(events('geo_file_refused')).toHaveLength(1);
  await writeFile(country(), saying('FR'));
  await until('it is taken', () => locate('8.8.8.8').country === 'FR');
  expect(dates()[0]).toMatchObject({ bundled: false });
});

test('missing at start: a warning, and taken once it is there; gone later: what was read stays', async () => {
  const city = join(folder, 'city.mmdb');
  const { locate, dates } = await open({ country: country(), city });
  expect(events('geo_file_missing').map(({ fields }) => fields['path'])).toEqual([country(), city]);
  expect(locate('8.8.8.8').country).toBe('US');
  expect(dates()[2]).toEqual({ kind: 'city', date: null, bundled: false, type: '' });
  await writeFile(country(), saying('DE'));
  await until('it is taken', () => locate('8.8.8.8').country === 'DE');
  await rm(country());
  await until('its absence is told', () => events('geo_file_missing').length === 3);
  expect(locate('8.8.8.8').country).toBe('DE');
});

test('closed while the networks are still being compiled, nothing is left behind', async () => {
  const cacheFolder = join(folder, 'cache');
  const files = { country: null, network: null, city: null };
  const one = openGeo({ files, log, cacheFolder });
  await one.close();
  await one.ready;
  expect(events('geo_data_failed')).toEqual([]);
});
