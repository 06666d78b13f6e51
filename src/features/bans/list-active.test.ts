/** The list: every sort, page by page, while rows come and go; and what the search box finds. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryDatabase, type TemporaryDatabase } from '../../../test/database.ts';
import { addressKey } from '../../base/address.ts';
import { placeOf, type Locate } from '../../platform/geo/place.ts';
import { permanentEnd } from './ban-row.ts';
import { banSort, listActive } from './contract.ts';
import { listActiveBans } from './list-active.ts';
import type { Mirror } from './mirror.ts';

const t = 1_800_000_000_000;
const notHere: Mirror = {
  start: () => Promise.resolve(),
  stop: () => Promise.resolve(),
  follow: () => () => Promise.resolve(),
  state: () => ({ state: 'paused', bans: 0, asOf: null, limits: [] }),
  count: () => null,
  known: () => Promise.resolve(new Map()),
  banned: () => Promise.resolve(),
  unbanned: () => Promise.resolve(),
};

const countries = ['NL', 'US', 'unknown'];
const locate: Locate = (ip) => ({
  ...placeOf('unknown'),
  asn: ip === '9.10.0.4' ? 65_000 : 64_496,
  asName: 'Kestrel Cloud',
});

let database: TemporaryDatabase;
const put = async (jail: string, ip: string, n: number): Promise<void> => {
  await database.db
    .insertInto('active_bans')
    .values({
      host_id: 'local',
      jail,
      ip,
      ip_key: addressKey(ip),
      banned_at: t + (n % 7) * 1000,
      expires_at: n % 5 === 0 ? permanentEnd : t + (n % 3) * 60_000,
      ban_count: 1 + (n % 2),
      own_duration: 0,
      confirmed: 1,
      seen: 1,
      country: ip.startsWith('10.') ? 'private' : (countries[n % 3] ?? ''),
      asn: ip.startsWith('10.') ? 0 : 64_496,
    })
    .execute();
};
const list = (query: Record<string, unknown> = {}) =>
  listActiveBans(
    { db: database.db, hostId: 'local', mirror: notHere, locate },
    listActive.query.parse(query),
  );
const everything = async (query: Record<string, unknown>) => {
  const items = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await list(cursor === undefined ? query : { ...query, cursor });
    items.push(...page.items);
    cursor = page.next_cursor;
  }
  return items;
};

beforeAll(async () => {
  database = await temporaryDatabase();
  for (let n = 0; n < 60; n++) await put(n % 4 === 0 ? 'web' : 'sshd', `10.0.${n % 9}.${n}`, n);
  for (const [n, ip] of ['10.0.0.0/24', '2001:db8::7', '2001:db8::/64', 'odd_%text', '9.10.0.4'].entries()) {
    await put('manual', ip, n);
  }
});
afterAll(() => database.close());

test.each(banSort.options)('sorted by %s, pages hold every row once and in order', async (sort) => {
  const all = await everything({ sort, page_size: 7 });
  expect(new Set(all.map((row) => `${row.jail} ${row.ip}`)).size).toBe(65);
  expect(all).toHaveLength(65);
  const value = (row: (typeof all)[number]): string => {
    const end = row.expires_at ?? '9999';
    const values = {
      expires_at: end,
      banned_at: row.banned_at,
      ip: addressKey(row.ip),
      ban_count: row.ban_count,
    };
    return String(Object.entries(values).find(([name]) => sort.endsWith(name))?.[1]);
  };
  const values = all.map(value);
  const ordered = values.toSorted();
  expect(values).toEqual(sort.startsWith('-') ? ordered.toReversed() : ordered);
});

test('rows that come and go between pages disturb no other row', async () => {
  const first = await list({ sort: 'ip', page_size: 30 });
  await put('sshd', '1.0.0.1', 1);
  await put('sshd', '250.0.0.1', 1);
  const gone = first.items.at(-1);
  await database.db
    .deleteFrom('active_bans')
    .where('ip', '=', gone?.ip ?? '')
    .execute();
  const rest = await everything({ sort: 'ip', page_size: 30 });
  const second = await list({ sort: 'ip', page_size: 500, cursor: first.next_cursor });
  expect(second.items.map(({ ip }) => ip)).toEqual(rest.slice(30).map(({ ip }) => ip));
  await database.db.deleteFrom('active_bans').where('ip', 'in', ['1.0.0.1', '250.0.0.1']).execute();
  await put(gone?.jail ?? '', gone?.ip ?? '', 3);
});

test.each([
  ['10.0.3', 7],
  ['0.3.', 7],
  ['10.0.0.0/24', 8],
  ['10.0.0.0/28', 2],
  ['10.0.0.0/8', 61],
  ['10.0.0.9', 2],
  ['2001:DB8::', 2],
  ['2001:db8::7', 2],
  ['2001:db8::/32', 2],
  ['odd_', 1],
  ['_', 1],
  ['%', 1],
  ['\\', 0],
  ["' OR 1=1 --", 0],
  ['', 65],
])('searching for %j finds %i', async (search, count) => {
  const page = await list({ search, page_size: 500 });
  expect(page.items.map(({ ip }) => ip)).toHaveLength(count);
  expect(page.total).toBe(count);
});

test('a cursor of another sort or of other filters is refused, and so is any other text', async () => {
  const { next_cursor: cursor } = await list({ sort: 'ip', page_size: 5 });
  for (const query of [
    { sort: '-ip', cursor },
    { sort: 'banned_at', cursor },
    { sort: 'ip', jail: 'sshd', cursor },
    { sort: 'ip', search: '10', cursor },
    { sort: 'ip', country: 'NL', cursor },
    { cursor: 'AAAA' },
    { cursor: "' OR 1=1 --" },
    { cursor: Buffer.from('["x",{},1,2]').toString('base64url') },
  ]) {
    await expect(list(query)).rejects.toMatchObject({ status: 422 });
  }
});

test('a ban made here says by whom and why, one that fail2ban made later does not', async () => {
  const note = { host_id: 'local', jail: 'manual', banned_by: 'admin', reason: 'scanner', ends_at: null };
  await database.db
    .insertInto('manual_bans')
    .values([
      { ...note, ip: '9.10.0.4', banned_at: t + 4000 },
      { ...note, ip: '2001:db8::7', banned_at: t - 900_000 },
    ])
    .execute();
  const manual = await list({ origin: 'manual' });
  expect(manual.items).toMatchObject([
    { ip: '9.10.0.4', origin: 'manual', banned_by: 'admin', reason: 'scanner' },
  ]);
  expect(manual.total).toBe(1);
  const own = await list({ origin: 'own', jail: 'manual' });
  expect(own.items.map(({ ip }) => ip)).not.toContain('9.10.0.4');
  expect(own.items.find(({ ip }) => ip === '2001:db8::7')).toMatchObject({ origin: 'own', banned_by: null });
  expect(await list({ origin: 'blocklist' })).toMatchObject({ items: [], total: 0 });
});

test('bans of the jail that holds lists are those of lists, and nobody else’s', async () => {
  const { db } = database;
  const [ban] = (await list({ origin: 'own', jail: 'sshd', page_size: 1 })).items;
  const move = (from: string, to: string) =>
    db
      .updateTable('active_bans')
      .set({ jail: to })
      .where('jail', '=', from)
      .where('ip', '=', ban?.ip ?? '')
      .execute();
  await move('sshd', 'blocklist-import');
  const listed = await list({ origin: 'blocklist' });
  const own = (await everything({ origin: 'own', page_size: 20 })).filter(
    ({ jail }) => jail === 'blocklist-import',
  );
  await move('blocklist-import', 'sshd');
  expect(listed).toMatchObject({ items: [{ ip: ban?.ip, origin: 'blocklist' }], total: 1 });
  expect(own).toEqual([]);
});

test('a country filters, and so does everything but that country', async () => {
  const ips = async (country: string) =>
    (await everything({ country, sort: 'ip', page_size: 20 })).map(({ ip }) => ip);
  expect(await ips('US')).toEqual(['9.10.0.4', '2001:db8::7']);
  expect(await ips('us')).toEqual(['9.10.0.4', '2001:db8::7']);
  expect(await ips('unknown')).toEqual(['2001:db8::/64']);
  expect(await ips('private')).toHaveLength(61);
  expect(await ips('!private')).toEqual(['9.10.0.4', '2001:db8::/64', '2001:db8::7', 'odd_%text']);
  expect(await list({ country: '!private', jail: 'manual', page_size: 1 })).toMatchObject({ total: 4 });
  expect(await list({ country: 'DE' })).toMatchObject({ items: [], total: 0 });
  for (const country of ['', '!', 'DEU', 'D', '%', "' OR 1"]) {
    await expect(list({ country })).rejects.toMatchObject({ status: 422 });
  }
});

test('a network has its name, unless the name found today is of another network', async () => {
  const { items } = await list({ jail: 'manual', page_size: 10 });
  const network = (ip: string) => items.find((row) => row.ip === ip);
  expect(network('2001:db8::7')).toMatchObject({ asn: 64_496, as_name: 'Kestrel Cloud' });
  expect(network('9.10.0.4')).toMatchObject({ asn: 64_496, as_name: null });
  expect(network('10.0.0.0/24')).toMatchObject({ asn: null, as_name: null });
});
