/** What a list would do, found out against real tables, real set files and real logs. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { temporaryDatabaseWithHistory, type TemporaryHistory } from '../../../test/history-store.ts';
import { addressKey, parseAddress, type Address } from '../../base/address.ts';
import { fromAddresses } from '../../base/address-set/address-set.ts';
import type { NewBan, NewEvent } from '../history/new-event.ts';
import type { Without } from './list-jobs.ts';
import { createListWork, type ListWork } from './list-work.ts';
import { writeSetFile } from './set-file.ts';
import { createSimulator } from './simulate.ts';
import { simulation } from './simulation-contract.ts';

const now = Date.UTC(2026, 10, 28, 20);
const hour = 3_600_000;
const day = 24 * hour;

let history: TemporaryHistory;
let work: ListWork;
let dir: string;
let without: Without[] = [];
let jailLogs: string[] = [];

beforeAll(async () => {
  history = await temporaryDatabaseWithHistory();
  work = createListWork();
  dir = await mkdtemp(join(tmpdir(), 'bangui-simulate-'));
});
afterEach(async () => {
  await history.empty();
  history.restart();
  for (const table of ['active_bans', 'blocklist_sources', 'blocklist_allowed'] as const)
    await history.db.deleteFrom(table).execute();
  without = [];
  jailLogs = [];
});
afterAll(async () => {
  await work.close();
  await history.close();
  await rm(dir, { recursive: true });
});

const parsed = (texts: readonly string[]): Address[] => texts.flatMap((text) => parseAddress(text) ?? []);
async function listOf(name: string, ...entries: string[]): Promise<string> {
  await writeSetFile(join(dir, name), fromAddresses(parsed(entries)));
  return name;
}
async function source(name: string, enabled: boolean, ...entries: string[]): Promise<number> {
  const file = await listOf(`${name}.set`, ...entries);
  const row = await history.db
    .insertInto('blocklist_sources')
    .values({
      host_id: 'local',
      name,
      url: `https://lists.example.org/${name}`,
      format: '{"kind":"lines"}',
      enabled: enabled ? 1 : 0,
      schedule: null,
      next_run_at: null,
      created_at: now,
      changed_at: now,
      set_file: file,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}
const ban = (ip: string, at: number, rest: Partial<NewBan> = {}): NewEvent => ({
  action: 'ban',
  jail: 'sshd',
  ip,
  at,
  origin: 'own',
  actor: null,
  reason: null,
  fail2banAt: null,
  seconds: 600,
  count: 1,
  failures: 5,
  lines: [],
  ...rest,
});
const banNow = (ips: string | readonly string[], jail: string, expires = now + hour) =>
  history.db
    .insertInto('active_bans')
    .values(
      [ips].flat().map((ip) => ({
        host_id: 'local',
        jail,
        ip,
        ip_key: addressKey(ip),
        banned_at: now - hour,
        expires_at: expires,
        ban_count: 1,
        own_duration: 0,
        confirmed: 1,
        seen: 1,
        country: 'NL',
        asn: 0,
      })),
    )
    .execute();
const jail = () => ({ files: jailLogs, journalMatches: [] });
const simulate = async (
  id: number,
  name: string,
  { days = 30, signal = new AbortController().signal } = {},
) =>
  simulation.parse(
    await createSimulator({
      db: history.db,
      readDb: history.db,
      hostId: 'local',
      watched: () => [jail()],
      work,
      setFile: (file) => join(dir, file),
      without: async () => without,
      allowedLogDirs: [dir],
      now: () => now,
    })({ sourceId: id, setFile: join(dir, `${name}.set`), runId: 7, days, signal }),
  );

test('own history: attackers of these days that it holds, how often they came back and for how long', async () => {
  const id = await source('list', false, '45.1.1.0/24', '2a02:6b8::/64', '45.9.0.1');
  await history.append(
    // held: once, three times over 40 hours, twice within 2
    ban('45.1.1.7', now - 3 * day),
    ban('45.1.1.9', now - 5 * day),
    ban('45.1.1.9', now - 5 * day + 10 * hour),
    ban('45.1.1.9', now - 5 * day + 40 * hour),
    ban('2a02:6b8::9', now - 2 * day, { origin: 'manual', actor: 'marta' }),
    ban('2a02:6b8::9', now - 2 * day + 2 * hour),
    // not held, or not wholly, or not own, or too long ago
    ban('45.2.0.1', now - day),
    ban('45.1.0.0/23', now - day),
    ban('45.1.1.3', now - day, { origin: 'blocklist', jail: 'blocklist-import' }),
    ban('45.9.0.1', now - 40 * day),
    ban('odd text', now - day),
    { ...ban('45.1.1.4', now - day), action: 'unban' },
  );
  const found = await simulate(id, 'list');
  expect(found).toMatchObject({ run_id: 7, at: new Date(now).toISOString() });
  expect(found.history).toEqual({
    days: 30,
    attackers: 5,
    held: 3,
    came_back: 2,
    later_bans: 3,
    kept_coming_ms: 2 * hour,
    examples: [
      expect.objectContaining({ ip: '45.1.1.9', bans: 3 }),
      expect.objectContaining({ ip: '2a02:6b8::9', bans: 2 }),
      {
        ip: '45.1.1.7',
        bans: 1,
        first: new Date(now - 3 * day).toISOString(),
        last: new Date(now - 3 * day).toISOString(),
        country: 'X7',
      },
    ],
  });
  expect((await simulate(id, 'list', { days: 60 })).history).toMatchObject({ attackers: 6, held: 4 });
});

test('a history of many pages is read to its end, each address once', async () => {
  const id = await source('list', false, '45.1.0.0/16');
  await history.append(
    ...Array.from({ length: 40 }, (_, n) => ban(`45.${1 + (n % 2)}.1.${n}`, now - day + n * 1000)),
  );
  // ids as they are once many addresses have come and gone
  await history.db
    .updateTable('addresses')
    .set(({ eb }) => ({ id: eb('id', '*', -2_500) }))
    .execute();
  await history.db
    .updateTable('addresses')
    .set(({ eb }) => ({ id: eb('id', '*', -1) }))
    .execute();
  expect((await simulate(id, 'list')).history).toMatchObject({ attackers: 40, held: 20 });
});

test('of those that it holds the twenty that came most often are shown', async () => {
  const id = await source('list', false, '45.1.1.0/24');
  const events = Array.from({ length: 30 }, (_, n) =>
    Array.from({ length: n + 1 }, (__, time) => ban(`45.1.1.${n}`, now - day + time * 1000)),
  );
  await history.append(...events.flat());
  const { held, examples } = (await simulate(id, 'list')).history;
  expect([held, examples.length, examples[0]?.bans, examples.at(-1)?.bans]).toEqual([30, 20, 30, 11]);
});

test('overlaps with the enabled lists only, and what it brings that none of them has', async () => {
  const id = await source('list', true, '45.1.1.0/24', '45.9.0.1', '45.9.0.5', '2a02:6b8::/64');
  const one = await source('one', true, '45.1.1.128/25', '45.9.0.1');
  const two = await source('two', true, '45.9.0.0/30', '2a02:6b8::77');
  await source('off', false, '45.9.0.5');
  const found = await simulate(id, 'list');
  expect(found).toMatchObject({ entries: 4, v4_addresses: 258, v6_entries: 1, elsewhere: 3, only_here: 1 });
  expect(found.largest).toEqual({ entry: '45.1.1.0/24', addresses: 256 });
  expect(found.overlaps).toEqual([
    { source_id: one, name: 'one', entries: 2, share: 0.5 },
    { source_id: two, name: 'two', entries: 2, share: 0.5 },
  ]);
  expect(found.share_of_v4).toBeCloseTo(258 / 36_900_000, 7);
});

test('bans that last now count once an address, those of the lists and those that are over do not', async () => {
  const id = await source('list', false, '45.1.1.0/24');
  await banNow('45.1.1.1', 'sshd');
  await banNow('45.1.1.1', 'web');
  await banNow('45.1.1.2', 'manual', 253_402_300_799_999);
  await banNow('45.1.1.3', 'blocklist-import');
  await banNow('45.1.1.4', 'sshd', now);
  await banNow('45.2.1.1', 'sshd');
  await banNow('odd text', 'sshd');
  expect((await simulate(id, 'list')).banned_now).toBe(2);
  const many = Array.from({ length: 5_100 }, (_, n) => `45.${1 + (n % 2)}.${64 + (n >> 8)}.${n & 255}`);
  for (let at = 0; at < many.length; at += 300) await banNow(many.slice(at, at + 300), 'sshd');
  expect((await simulate(id, 'list')).banned_now).toBe(2);
  await listOf('list.set', '45.1.0.0/16');
  expect((await simulate(id, 'list')).banned_now).toBe(2 + 2_550);
});

test('what is allowed is told with who let it through, and is not part of the figures', async () => {
  const id = await source('list', false, '45.1.1.0/24', '81.2.69.142', '81.2.69.143', '45.7.7.7');
  const let_through = { host_id: 'local', created_at: now, expires_at: null, trouble: null };
  await history.db
    .insertInto('blocklist_allowed')
    .values([
      {
        ...let_through,
        entry: '45.1.1.0/25',
        actor: 'marta',
        reason: 'office',
        resolved: null,
        resolved_at: null,
      },
      {
        ...let_through,
        entry: 'vpn.example.org',
        actor: 'jo',
        reason: null,
        resolved: '["81.2.69.142","81.2.69.150"]',
        resolved_at: now,
      },
    ])
    .execute();
  const [office, vpn, own] = parsed(['45.1.1.0/25', '81.2.69.142', '45.7.7.7']);
  if (office === undefined || vpn === undefined || own === undefined) throw new Error('no addresses');
  without = [
    { entry: office, kind: 'allowed', meets: '45.1.1.0/25 (office, marta)' },
    { entry: vpn, kind: 'allowed', meets: 'vpn.example.org (jo)' },
    { entry: own, kind: 'own', meets: '45.7.7.7 (eth0)' },
  ];
  const found = await simulate(id, 'list');
  expect(found).toMatchObject({ entries: 2, v4_addresses: 129, allowed_total: 3 });
  expect(found.allowed).toEqual([
    { entry: '45.1.1.0/24', meets: '45.1.1.0/25 (office, marta)', owner: 'marta', reason: 'office' },
    { entry: '45.7.7.7', meets: '45.7.7.7 (eth0)', owner: null, reason: null },
    { entry: '81.2.69.142/31', meets: 'vpn.example.org (jo)', owner: 'jo', reason: null },
  ]);
});

test('who signed in from an address that it holds is named first of all, unless the address is let through', async () => {
  const id = await source('list', false, '45.1.1.0/24');
  const log = join(dir, 'auth.log');
  const accepted = (ip: string, user: string): string =>
    `2026-11-28T19:03:15+00:00 gate sshd[8]: Accepted password for ${user} from ${ip} port 5 ssh2\n`;
  const from = (ip: string, user: string, times: number): string => accepted(ip, user).repeat(times);
  await writeFile(
    log,
    from('45.1.1.1', 'marta', 2) +
      from('45.1.1.2', 'jo', 5) +
      from('45.1.1.3', 'eve', 9) +
      from('45.2.0.1', 'ann', 1),
  );
  jailLogs = [log, '/etc/passwd'];
  without = parsed(['45.1.1.3']).map((entry) => ({ entry, kind: 'allowed', meets: '45.1.1.3 (eve)' }));
  const last = '2026-11-28T19:03:15.000Z';
  expect((await simulate(id, 'list')).signed_in).toEqual({
    read: [log],
    addresses: 4,
    held: [
      { ip: '45.1.1.2', user: 'jo', times: 5, last, log },
      { ip: '45.1.1.1', user: 'marta', times: 2, last, log },
    ],
  });
});

test('an empty list, and an empty history', async () => {
  const id = await source('list', false);
  expect(await simulate(id, 'list')).toMatchObject({
    entries: 0,
    largest: null,
    share_of_v4: 0,
    history: { attackers: 0, held: 0, kept_coming_ms: null, examples: [] },
  });
});

test('it stops when its run is cancelled, and says so when the file is gone', async () => {
  const id = await source('list', false, '45.1.1.1');
  const aborted = AbortSignal.abort(new Error('cancelled'));
  await expect(simulate(id, 'list', { signal: aborted })).rejects.toThrow('cancelled');
  await rm(join(dir, 'list.set'));
  await expect(simulate(id, 'list')).rejects.toThrow();
});
