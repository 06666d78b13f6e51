/** Bans have the country and network of their addresses, and get others when other data is loaded. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../../test/bangui.ts';
import { startMirrored, type Mirrored } from '../../../test/mirrored.ts';
import { placeOf, type Place } from '../../platform/geo/place.ts';

const kestrel: Place = { country: 'NL', asn: 64_496, asName: 'Kestrel Cloud', range: null, city: null };
const halcyon: Place = { country: 'US', asn: 4_200_000_000, asName: 'Halcyon', range: null, city: null };
let place = kestrel;
let changed = (): void => {};
const geo = {
  locate: (ip: string) => (ip.startsWith('8.') ? place : placeOf('unknown')),
  ready: Promise.resolve(),
  onChange(listener: () => void) {
    changed = listener;
    return () => {};
  },
};

let set: Mirrored;
beforeAll(async () => {
  set = await startMirrored({ geo });
}, 60_000);
afterAll(() => set.close(), 60_000);

const places = async () =>
  Object.fromEntries((await set.rows()).map((row) => [row.ip, `${row.country} ${row.asn}`]));

test('a ban is written and announced with its country and network', async () => {
  await set.fail2ban.client('set', 'manual', 'banip', '8.1.2.3', '2a00::1');
  await set.untilEqual(2);
  expect(await places()).toEqual({ '8.1.2.3': 'NL 64496', '2a00::1': 'unknown 0' });
  const bans = set.announced.filter((event) => event.type === 'ban');
  expect(bans.find(({ ip }) => ip === '8.1.2.3')).toMatchObject({
    country: 'NL',
    asn: 64_496,
    asName: 'Kestrel Cloud',
  });
});

test('when other data is loaded every ban in force is placed anew, and stays the ban it was', async () => {
  const many = Array.from({ length: 300 }, (_, n) => `8.9.${n >> 8}.${n & 255}`);
  await set.fail2ban.client('set', 'manual', 'banip', ...many);
  await set.untilEqual(302);
  await until('fail2ban was asked when each ends', async () =>
    (await set.rows()).every(({ confirmed }) => confirmed === 1),
  );
  const before = await set.rows();
  place = halcyon;
  changed();
  await until('all are placed anew', async () => {
    const rows = await set.rows();
    return rows.every((row) => row.country === (row.ip === '2a00::1' ? 'unknown' : 'US'));
  });
  expect((await places())['8.9.1.7']).toBe('US 4200000000');
  const ends = (rows: typeof before) =>
    rows.map(({ ip, banned_at, expires_at, ban_count }) => ({ ip, banned_at, expires_at, ban_count }));
  expect(ends(await set.rows())).toEqual(ends(before));
});

test('rows written by a BanGUI that knew no countries are placed at the next start', async () => {
  await set.database.db.updateTable('active_bans').set({ country: 'unknown', asn: 0 }).execute();
  set = await set.restartMirror();
  expect((await places())['8.1.2.3']).toBe('US 4200000000');
});
