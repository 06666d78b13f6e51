/** The allow-list over HTTP, and everything that is taken out of lists, beside a real fail2ban. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { temporaryDatabase, type TemporaryDatabase } from '../../../test/database.ts';
import { startEndpoints, type EndpointsServer } from '../../../test/endpoints-server.ts';
import { startFail2ban, type RealFail2ban } from '../../../test/fail2ban/real-fail2ban.ts';
import { parseAddress, type Address } from '../../base/address.ts';
import { silentLog } from '../../base/log.ts';
import { createLocalHost, type LocalHost } from '../../host/local-host.ts';
import { createAudit } from '../../platform/audit.ts';
import * as contract from './allow-contract.ts';
import { allowRoutes } from './allow-routes.ts';
import { createAllowed, type AllowList } from './allowed.ts';

const path = '/api/v1/blocklists/allowed';
const addresses = (...texts: string[]): Address[] => texts.flatMap((text) => parseAddress(text) ?? []);
const hour = 3_600_000;

let fail2ban: RealFail2ban;
let host: LocalHost;
let database: TemporaryDatabase;
let server: EndpointsServer;
let allowed: AllowList;
let time = Date.now();
let changes = 0;
/** What names lead to; a text is the code of a failure. */
const names = new Map<string, string[] | string>();
const now = () => time;

beforeAll(async () => {
  fail2ban = await startFail2ban();
  host = createLocalHost({ id: 'local', socketPath: fail2ban.socket, log: silentLog, now });
  database = await temporaryDatabase();
  const { db } = database;
  allowed = make();
  server = await startEndpoints((mount) =>
    allowRoutes({
      mount,
      db,
      hostId: 'local',
      allowed,
      lists: async (address) => (address === '203.0.113.9' ? [{ name: 'Level 1' }, { name: 'All' }] : []),
      audit: createAudit({ db, now }),
      now,
    }),
  );
}, 60_000);
afterAll(async () => {
  await server.close();
  await host.close();
  await database.close();
  await fail2ban.remove();
}, 60_000);
beforeEach(async () => {
  changes = 0;
  names.clear();
  await database.db.deleteFrom('blocklist_allowed').execute();
  await database.db.deleteFrom('audit').execute();
});

function make(): AllowList {
  return createAllowed({
    db: database.db,
    host,
    trustedProxies: addresses('172.20.0.0/16'),
    here: async () => ({
      ownAddresses: addresses('203.0.113.1'),
      gateways: [],
      resolvers: addresses('9.9.9.9'),
    }),
    machine: async () => ({
      ownAddresses: addresses('203.0.113.1', '203.0.113.2'),
      gateways: addresses('203.0.113.254'),
      resolvers: [],
    }),
    configuredIgnores: async () => [{ jail: 'sshd', entries: ['198.51.100.0/24', 'office.example'] }],
    resolve: async (name) => {
      const found = names.get(name) ?? 'ENOTFOUND';
      if (typeof found === 'string') throw Object.assign(new Error('no'), { code: found });
      return found;
    },
    onChange: () => (changes += 1),
    log: silentLog,
    now,
  });
}
const list = async () => contract.listAllowed.output.parse((await server.get(path)).body);
const add = (entry: string, more: object = {}) => server.send('POST', path, { entry, ...more });
const added = async (entry: string, more: object = {}) =>
  contract.allowed.parse((await add(entry, more)).body);
const run = async (name: string) => {
  const job = allowed.jobs.find((one) => one.name === name);
  const { signal } = new AbortController();
  return await job?.run({ signal, ending: signal, fence: database.fence() });
};
const out = async (kind: string) =>
  (await allowed.without()).filter((one) => one.kind === kind).map(({ entry, meets }) => [entry, meets]);

test('an entry has an owner, a reason and an end, and is known in its one spelling', async () => {
  const end = new Date(time + hour).toISOString();
  const answer = await add('203.0.113.9/32', { reason: 'office', expires_at: end });
  expect(answer.status).toBe(201);
  expect(answer.body).toMatchObject({
    entry: '203.0.113.9',
    kind: 'address',
    owner: 'marta',
    reason: 'office',
    expires_at: end,
    in_lists: ['All', 'Level 1'],
  });
  expect(await added('2001:DB8:0::1/64')).toMatchObject({
    entry: '2001:db8::/64',
    kind: 'network',
    in_lists: [],
  });
  expect(await list()).toMatchObject({
    total: 2,
    items: [{ entry: '203.0.113.9' }, { entry: '2001:db8::/64' }],
  });
  expect(await out('allowed')).toEqual([
    ['203.0.113.9', '203.0.113.9 (office, marta)'],
    ['2001:db8::/64', '2001:db8::/64 (marta)'],
  ]);
  expect(changes).toBe(2);
  const audit = await database.db.selectFrom('audit').select(['actor', 'action', 'target']).execute();
  expect(audit[0]).toEqual({ actor: 'marta', action: 'blocklists.allow', target: '203.0.113.9' });
});

test('the same entry twice is a conflict, however it is spelled', async () => {
  await add('203.0.113.9');
  expect(await add('::ffff:203.0.113.9')).toMatchObject({ status: 409, body: { code: 'already_allowed' } });
  expect(changes).toBe(1);
});

test.each([
  ['10.1'],
  ['999.1.1.1'],
  ['0.0.0.0/0'],
  ['::/0'],
  ['128.0.0.0/7'],
  ['2000::/3'],
  ['a b'],
  ['<script>'],
  ['-x.example'],
  [''],
  ['x'.repeat(254)],
  ['office\0.example'],
])('%j is refused with a sentence', async (entry) => {
  const answer = await add(entry);
  expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_input' } });
  expect((await list()).total).toBe(0);
});

test('an end in the past is refused', async () => {
  const answer = await add('203.0.113.9', { expires_at: '2020-01-01T00:00:00Z' });
  expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_input' } });
});

test('reason and end can be changed, what is left out stays, and it can be taken off', async () => {
  const { id } = await added('203.0.113.9', { reason: 'office' });
  const end = new Date(time + hour).toISOString();
  const changed = await server.send('PUT', `${path}/${id}`, { expires_at: end });
  expect(changed).toMatchObject({ status: 200, body: { reason: 'office', expires_at: end } });
  const cleared = await server.send('PUT', `${path}/${id}`, { reason: null, expires_at: null });
  expect(cleared.body).toMatchObject({ reason: null, expires_at: null });
  expect((await server.send('DELETE', `${path}/${id}`, {})).status).toBe(204);
  expect((await server.send('DELETE', `${path}/${id}`, {})).status).toBe(404);
  expect((await server.send('PUT', `${path}/${id}`, { reason: 'x' })).status).toBe(404);
  expect(await out('allowed')).toEqual([]);
  expect(changes).toBe(2);
});

test('an entry that has expired is out at once, its row goes, and it can be added again', async () => {
  const soon = { expires_at: new Date(time + hour).toISOString() };
  await add('203.0.113.9', soon);
  await add('203.0.113.10', soon);
  time += hour + 1;
  expect(await out('allowed')).toEqual([]);
  expect((await list()).total).toBe(0);
  expect((await add('203.0.113.10')).status).toBe(201);
  changes = 0;
  expect(await run('allow_list_expiry')).toEqual({});
  await add('203.0.113.11', { expires_at: new Date(time + hour).toISOString() });
  time += hour + 1;
  expect(await run('allow_list_expiry')).toEqual({ ended: 1 });
  expect(changes).toBe(2);
});

test('a host name stands for its addresses, and is looked up again', async () => {
  names.set('office.example', ['203.0.113.9', '2001:db8::9', 'nonsense']);
  expect(await added('Office.Example', { reason: 'office' })).toMatchObject({
    entry: 'office.example',
    kind: 'name',
    addresses: ['203.0.113.9', '2001:db8::9'],
    trouble: null,
    in_lists: ['All', 'Level 1'],
  });
  expect(await out('allowed')).toEqual([
    ['203.0.113.9', 'office.example (office, marta)'],
    ['2001:db8::9', 'office.example (office, marta)'],
  ]);
  changes = 0;
  expect(await run('allow_list_resolve')).toEqual({ changed: 0 });
  expect(changes).toBe(0);
  names.set('office.example', ['203.0.113.10']);
  expect(await run('allow_list_resolve')).toEqual({ changed: 1 });
  expect(changes).toBe(1);
  expect((await list()).items[0]).toMatchObject({ addresses: ['203.0.113.10'] });
});

test('a name that cannot be resolved says so, and keeps the addresses it had', async () => {
  expect(await added('office.example')).toMatchObject({
    addresses: [],
    resolved_at: null,
    trouble: 'The name has no address.',
  });
  names.set('office.example', ['203.0.113.9']);
  expect(await run('allow_list_resolve')).toEqual({ changed: 1 });
  const resolved = new Date(time).toISOString();
  expect((await list()).items[0]).toMatchObject({ trouble: null, resolved_at: resolved });
  time += hour;
  names.set('office.example', 'EAI_AGAIN');
  expect(await run('allow_list_resolve')).toEqual({ changed: 0 });
  expect((await list()).items[0]).toMatchObject({
    addresses: ['203.0.113.9'],
    resolved_at: resolved,
    trouble: 'The name could not be resolved (EAI_AGAIN).',
  });
  expect(await out('allowed')).toHaveLength(1);
});

test('without any entry: own addresses, gateways, name servers, proxies and who is signed in', async () => {
  const { db } = database;
  await db
    .insertInto('users')
    .values({ id: 7, name: 'marta', role: 'admin', password_hash: '', created_at: 1, password_changed_at: 1 })
    .execute();
  const session = (token: string, client: string, lasts: number) =>
    db
      .insertInto('sessions')
      .values({
        token_hash: token,
        user_id: 7,
        created_at: 1,
        expires_at: time + lasts,
        client,
        user_agent: '',
      })
      .execute();
  await session('a', '198.18.0.7', hour);
  await session('b', '2001:db8:1:2::3', hour);
  await session('c', '198.18.0.8', -1);
  await session('d', 'unknown', hour);
  expect(await out('own')).toEqual([
    ['172.20.0.0/16', '172.20.0.0/16 (trusted proxy of BanGUI)'],
    ['203.0.113.1', '203.0.113.1 (address of this machine)'],
    ['203.0.113.2', '203.0.113.2 (address of this machine)'],
  ]);
  expect(await out('gateway')).toEqual([['203.0.113.254', '203.0.113.254 (gateway of this machine)']]);
  expect(await out('resolver')).toEqual([['9.9.9.9', '9.9.9.9 (name server of this machine)']]);
  expect(await out('signed_in')).toEqual([
    ['198.18.0.7', '198.18.0.7 (signed in: marta)'],
    ['2001:db8:1:2::/64', '2001:db8:1:2::/64 (signed in: marta)'],
  ]);
  expect((await list()).standing).toContainEqual({
    entry: '203.0.113.254',
    why: 'gateway',
    detail: 'gateway of this machine',
  });
});

test('what jails ignore is taken out, as last known while fail2ban is away, as configured if it never was heard', async () => {
  const entries = async (list_: AllowList) =>
    (await list_.without()).filter(({ kind }) => kind === 'ignored').map(({ entry }) => String(entry));
  await host.refresh();
  await fail2ban.client('set', 'sshd', 'addignoreip', '192.0.2.77');
  await database.db
    .insertInto('jail_ignores')
    .values({
      host_id: 'local',
      jail: 'web',
      entry: '192.0.2.88',
      actor: 'marta',
      reason: null,
      created_at: time,
      expires_at: time + 1_000 * hour,
    })
    .execute();
  time += hour;
  expect(await entries(allowed)).toEqual(expect.arrayContaining(['127.0.0.0/8', '192.0.2.77', '192.0.2.88']));
  await fail2ban.stop();
  await host.refresh();
  time += hour;
  expect(await entries(allowed)).toEqual(expect.arrayContaining(['127.0.0.0/8', '192.0.2.77', '192.0.2.88']));
  expect(await entries(make())).toEqual(['192.0.2.88', '198.51.100.0/24']);
  await fail2ban.start();
  await host.refresh();
  time += hour;
  expect(await entries(allowed)).not.toContain('192.0.2.77');
});
