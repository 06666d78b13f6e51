/** Lookup, repeat offenders and advice on ranges, from the tables alone. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryDatabase, type TemporaryDatabase } from '../../../test/database.ts';
import { addressKey, parseAddress, type Address } from '../../base/address.ts';
import { silentLog } from '../../base/log.ts';
import { placeOf, type Locate } from '../../platform/geo/place.ts';
import { lookup, repeatOffenders, subnetAdvice } from './contract.ts';
import type { IgnoreLists } from './ignored.ts';
import { createLookup, type ListsHolding } from './lookup.ts';
import { listOffenders } from './offenders.ts';
import { createSubnetAdvisor } from './subnets.ts';

const hostId = 'local';
const t = Date.UTC(2026, 10, 22);
const hour = 3_600_000;
let clock = t + 100 * hour;
const now = () => clock;
let database: TemporaryDatabase;
let ids = 0;

const parsed = (text: string): Address[] => [parseAddress(text)].flatMap((one) => one ?? []);
const ignoreLists: IgnoreLists = {
  all: async () =>
    new Map([
      ['sshd', parsed('198.51.0.0/16')],
      ['web', parsed('10.0.0.9')],
    ]),
};
const locate: Locate = (ip) =>
  ip.startsWith('45.')
    ? { country: 'NL', asn: 64_496, asName: 'Kestrel', range: '45.0.0.0/12', city: null }
    : placeOf('unknown');

const lists: ListsHolding = async (address) => {
  if (address === '45.9.0.1') throw new Error('no such file');
  return address === '45.1.1.77'
    ? [{ source_id: 3, name: 'Kites', enabled: true, entry: '45.1.1.64/26' }]
    : [];
};

const put = (ips: readonly string[], options: { bans?: number; at?: number } = {}) =>
  database.db
    .insertInto('addresses')
    .values(
      ips.map((ip, index) => ({
        id: (ids += 1),
        host_id: hostId,
        ip,
        ip_key: addressKey(ip),
        country: locate(ip).country,
        asn: locate(ip).asn,
        first_at: t,
        last_at: (options.at ?? t) + index,
        bans: options.bans ?? 1,
      })),
    )
    .execute();
const ban = (ip: string, jail: string, expires: number) =>
  database.db
    .insertInto('active_bans')
    .values({
      host_id: hostId,
      jail,
      ip,
      ip_key: addressKey(ip),
      banned_at: t,
      expires_at: expires,
      ban_count: 2,
      own_duration: 0,
      confirmed: 1,
      seen: 1,
      country: 'unknown',
      asn: 0,
    })
    .execute();
const run = (network: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${network}.${index + 1}`);

beforeAll(async () => {
  database = await temporaryDatabase();
  await database.db.insertInto('networks').values({ asn: 64_496, name: 'Kestrel Cloud' }).execute();
  await put(run('45.1.1', 30), { bans: 3, at: t + 50 * hour });
  await put(['45.1.1.77'], { bans: 40, at: t + 90 * hour });
  await put(['45.1.1.0/25', '45.0.0.0/8', '45.1.1.0/24', 'odd text']);
  await put(['45.9.0.1'], { bans: 7, at: t + 10 * hour });
  await put(run('198.51.100', 5), { bans: 2 });
  await put(run('10.0.0', 12), { bans: 2 });
  await put(['2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8:0:1::1']);
  await ban('45.1.1.77', 'sshd', t + 200 * hour);
  await ban('45.1.0.0/16', 'manual', 253_402_300_799_999);
});
afterAll(() => database.close());

const look = (ip: string) =>
  createLookup({ db: database.db, hostId, locate, ignoreLists, lists, log: silentLog, now })(ip);
const offenders = (query: Record<string, unknown> = {}) =>
  listOffenders({ db: database.db, hostId }, repeatOffenders.query.parse(query));
const advisor = () =>
  createSubnetAdvisor({
    db: database.db,
    hostId,
    ignoreLists,
    ownAddresses: () => ['10.0.0.200', 'fe80::1%eth0'],
    now,
  });
const advise = (query: Record<string, unknown> = {}, caller: readonly string[] = ['192.0.2.1']) =>
  advisor().advise(subnetAdvice.query.parse(query), caller);

test('an address: where it is banned, also by a network that holds it, its past and its neighbours', async () => {
  const found = lookup.output.parse(await look('45.1.1.77'));
  expect(found).toMatchObject({
    ip: '45.1.1.77',
    country: 'NL',
    asn: 64_496,
    as_name: 'Kestrel',
    ignored_in: [],
  });
  expect(new Map(found.banned_in.map((one) => [one.jail, one.expires_at === null]))).toEqual(
    new Map([
      ['manual', true],
      ['sshd', false],
    ]),
  );
  expect(found.history).toEqual({
    bans: 40,
    first: new Date(t).toISOString(),
    last: new Date(t + 90 * hour).toISOString(),
  });
  // 31 addresses and the two networks inside; the /8 is not inside its /24.
  expect(found.neighbours).toMatchObject({ prefix: '45.1.1.0/24', addresses: 33, bans: 132 });
  expect(found.neighbours.items).toHaveLength(20);
  expect(found.neighbours.items[0]).toMatchObject({ ip: '45.1.1.30', bans: 3 });
  expect(found.neighbours.network).toEqual({ addresses: 35, bans: 140 });
});

test('the lists that hold it are named with their entries; what cannot be read leaves the rest of the answer', async () => {
  expect(lookup.output.parse(await look('45.1.1.77'))).toMatchObject({
    blocklists: ['Kites'],
    blocklist_entries: [{ source_id: 3, enabled: true, entry: '45.1.1.64/26' }],
  });
  expect(await look('45.1.1.78')).toMatchObject({ blocklists: [], blocklist_entries: [] });
  expect(await look('45.9.0.1')).toMatchObject({
    blocklists: [],
    blocklist_entries: null,
    history: { bans: 7 },
  });
});

test('what was never seen, what is ignored, a network, an address of IPv6', async () => {
  expect(await look('45.200.0.1')).toMatchObject({
    banned_in: [],
    history: { bans: 0, first: null, last: null },
  });
  expect((await look('198.51.7.7')).ignored_in).toEqual(['sshd']);
  const network = await look('45.1.1.128/25');
  expect(network).toMatchObject({
    ip: '45.1.1.128/25',
    history: { bans: 0 },
    neighbours: { prefix: '45.1.1.0/24' },
  });
  expect((await look('45.0.0.0/8')).history.bans).toBe(140);
  expect((await look('45.1.1.0/24')).neighbours.prefix).toBe('45.1.1.0/24');
  expect((await look('2001:DB8::1')).neighbours).toMatchObject({
    prefix: '2001:db8::/64',
    addresses: 3,
    network: null,
  });
  expect((await look('0.0.0.0/0')).neighbours.addresses).toBe(52);
  await expect(look('45.1.1')).rejects.toMatchObject({ status: 422 });
  await expect(look("' OR 1=1 --")).rejects.toMatchObject({ status: 422 });
});

test('repeat offenders come most banned first, each once over all pages', async () => {
  const all: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await offenders(cursor === null ? { page_size: 7 } : { page_size: 7, cursor });
    all.push(...page.items.map((item) => item.ip));
    cursor = page.next_cursor;
  } while (cursor !== null);
  expect(all).toHaveLength(49);
  expect(new Set(all).size).toBe(49);
  expect(all.slice(0, 3)).toEqual(['45.1.1.77', '45.9.0.1', '45.1.1.30']);
  const [first] = repeatOffenders.output.parse(await offenders()).items;
  expect(first).toMatchObject({ bans: 40, country: 'NL', as_name: 'Kestrel Cloud', banned_now: true });
});

test('repeat offenders of late, often enough; a cursor of another list is refused', async () => {
  const ips = async (query: Record<string, unknown>) => (await offenders(query)).items.map((item) => item.ip);
  expect(await ips({ from: new Date(t + 80 * hour).toISOString() })).toEqual(['45.1.1.77']);
  expect(await ips({ from: new Date(t + 5 * hour).toISOString(), at_least: 7 })).toEqual([
    '45.1.1.77',
    '45.9.0.1',
  ]);
  const page = await offenders({ from: new Date(t + 5 * hour).toISOString(), page_size: 1 });
  expect(
    await ips({ from: new Date(t + 5 * hour).toISOString(), page_size: 1, cursor: page.next_cursor }),
  ).toEqual(['45.9.0.1']);
  await expect(offenders({ cursor: 'AAAA' })).rejects.toMatchObject({ status: 422 });
});

test('ranges are advised with what they cover, and with a warning against those one had better not ban', async () => {
  const items = subnetAdvice.output.parse({ items: await advise() }).items;
  expect(items.map((item) => item.range)).toEqual([
    '45.1.1.0/24',
    '10.0.0.0/24',
    '198.51.100.0/24',
    '2001:db8::/64',
  ]);
  expect(items[0]).toMatchObject({
    addresses: 31,
    size: 256,
    coverage: 31 / 256,
    country: 'NL',
    asn: 64_496,
    as_name: 'Kestrel Cloud',
    warning: null,
    banned_now: true,
    last: new Date(t + 90 * hour).toISOString(),
  });
  expect(items[1]).toMatchObject({
    warning: expect.stringContaining('address of this machine'),
    banned_now: false,
  });
  expect(items[2]).toMatchObject({
    warning: expect.stringContaining('sshd is told to ignore 198.51.0.0/16'),
  });
  expect(items[3]).toMatchObject({
    addresses: 3,
    size: 1,
    warning: expect.stringContaining('documentation'),
  });
  const [own] = await advise({}, ['45.1.1.3']);
  expect(own?.warning).toContain('ban you');
  expect((await advise({ at_least: 20 })).map((item) => item.range)).toEqual(['45.1.1.0/24']);
  expect(await advise({ limit: 1 })).toHaveLength(1);
  const late = await advise({ from: new Date(t + 40 * hour).toISOString() });
  expect(late.map((item) => [item.range, item.addresses, item.bans])).toEqual([['45.1.1.0/24', 31, 130]]);
});

test('advice is kept for some minutes, its warnings are not', async () => {
  const one = advisor();
  const query = subnetAdvice.query.parse({});
  const before = await one.advise(query, []);
  await put(run('77.1.1', 100));
  expect(await one.advise(query, [])).toEqual(before);
  expect((await one.advise(query, ['45.1.1.9']))[0]?.warning).toContain('ban you');
  clock += 10 * 60_000;
  expect((await one.advise(query, [])).map((item) => item.range)).toContain('77.1.1.0/24');
});
