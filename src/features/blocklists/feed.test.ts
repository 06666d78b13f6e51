/** The feed of own bans: who may read it, and what it says. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { temporaryDatabase, type TemporaryDatabase } from '../../../test/database.ts';
import { startEndpoints, type EndpointsServer } from '../../../test/endpoints-server.ts';
import { addressKey } from '../../base/address.ts';
import { createAudit } from '../../platform/audit.ts';
import { createMemoryLimits, type MemoryLimits } from '../../platform/limits/memory-limits.ts';
import * as contract from './allow-contract.ts';
import { feedPolicy, feedRoutes } from './feed-routes.ts';

const tokensPath = '/api/v1/blocklists/feed/tokens';
const feedPath = '/api/v1/feed/bans.txt';
let database: TemporaryDatabase;
let server: EndpointsServer;
let limit: MemoryLimits;
let token = '';
let time = Date.now();
const now = () => time;

beforeAll(async () => {
  database = await temporaryDatabase();
  const { db } = database;
  limit = createMemoryLimits({ policy: feedPolicy, now });
  const audit = createAudit({ db, now });
  server = await startEndpoints((mount) =>
    feedRoutes({ mount, db, readDb: db, hostId: 'local', limit, audit, now }),
  );
});
afterAll(async () => {
  await server.close();
  await database.close();
});
beforeEach(async () => {
  time += 3_600_000 * 2;
  for (const table of ['active_bans', 'feed_tokens', 'audit'] as const)
    await database.db.deleteFrom(table).execute();
  token = contract.addFeedToken.output.parse(
    (await server.send('POST', tokensPath, { name: 'edge' })).body,
  ).token;
});

const ban = (jail: string, ips: readonly string[], lastsMs = 3_600_000) =>
  database.db
    .insertInto('active_bans')
    .values(
      ips.map((ip) => ({
        host_id: 'local',
        jail,
        ip,
        ip_key: addressKey(ip),
        banned_at: time,
        expires_at: time + lastsMs,
        ban_count: 1,
        own_duration: 0,
        confirmed: 1,
        seen: 1,
        country: 'unknown',
        asn: 0,
      })),
    )
    .execute();
const fetchFeed = (query = '', headers: Record<string, string> = { authorization: `Bearer ${token}` }) =>
  fetch(`${server.url}${feedPath}${query}`, { headers });
const lines = async (query = '') => (await (await fetchFeed(query)).text()).split('\n').filter(Boolean);

test('own bans are lines in the order of addresses, each once; those from lists and what is over stay out', async () => {
  await ban('sshd', ['203.0.113.10', '203.0.113.9', '2001:db8::1', '198.51.100.0/24', 'not-an-address']);
  await ban('web', ['203.0.113.9']);
  await ban('blocklist-import', ['203.0.113.77']);
  await ban('manual', ['203.0.113.78'], -1);
  const answer = await fetchFeed();
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(await answer.text()).toBe('198.51.100.0/24\n203.0.113.9\n203.0.113.10\n2001:db8::1\n');
  expect(await lines('?family=6')).toEqual(['2001:db8::1']);
  expect(await lines('?family=4&jail=web')).toEqual(['203.0.113.9']);
  expect(await lines('?jail=blocklist-import')).toEqual([]);
});

test('it is whole beyond one page', async () => {
  const ips = Array.from({ length: 3_500 }, (_, n) => `45.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
  for (let at = 0; at < ips.length; at += 2_000) await ban('sshd', ips.slice(at, at + 2_000));
  expect(await lines()).toEqual(ips);
});

test('what has not changed is answered by 304, whichever jail bans it', async () => {
  await ban('sshd', ['203.0.113.9']);
  const etag = (await fetchFeed()).headers.get('etag') ?? '';
  const again = { authorization: `Bearer ${token}`, 'if-none-match': `W/${etag}` };
  const same = await fetchFeed('', again);
  expect([same.status, await same.text(), same.headers.get('etag')]).toEqual([304, '', etag]);
  await ban('web', ['203.0.113.9']);
  expect((await fetchFeed('', again)).status).toBe(304);
  await ban('web', ['203.0.113.10']);
  expect((await fetchFeed('', again)).status).toBe(200);
});

test('without a token, or with one that was revoked, nothing is told; a session is no token', async () => {
  await ban('sshd', ['203.0.113.9']);
  const refused = await fetchFeed('', {});
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  expect((await server.get(feedPath)).status).toBe(401);
  time += 60_000;
  expect((await fetchFeed(`?token=${token}`, {})).status).toBe(200);
  const [listed] = contract.listFeedTokens.output.parse((await server.get(tokensPath)).body).items;
  expect((await server.send('DELETE', `${tokensPath}/${listed?.id}`, {})).status).toBe(204);
  expect((await server.send('DELETE', `${tokensPath}/${listed?.id}`, {})).status).toBe(404);
  expect((await fetchFeed()).status).toBe(401);
});

test('wrong tokens are slowed, the right one does not pay for what it reads', async () => {
  for (let n = 0; n < 10; n++) expect((await fetchFeed()).status).toBe(200);
  const statuses: number[] = [];
  for (let n = 0; n < 5; n++) statuses.push((await fetchFeed('?token=wrong', {})).status);
  expect(statuses).toEqual([401, 401, 401, 429, 429]);
  expect(Number((await fetchFeed()).headers.get('retry-after'))).toBeGreaterThan(0);
});

test('a token is shown once and kept as a hash; its use is written down once a minute; both acts are audited', async () => {
  const rows = await database.db.selectFrom('feed_tokens').selectAll().execute();
  expect(JSON.stringify(rows)).not.toContain(token);
  const used = async () =>
    contract.listFeedTokens.output.parse((await server.get(tokensPath)).body).items.map((one) => one.used_at);
  expect(await used()).toEqual([null]);
  const first = new Date(time).toISOString();
  await fetchFeed();
  time += 59_000;
  await fetchFeed();
  expect(await used()).toEqual([first]);
  time += 1_000;
  await fetchFeed();
  expect(await used()).toEqual([new Date(time).toISOString()]);
  const audit = await database.db.selectFrom('audit').select(['action', 'target', 'detail']).execute();
  expect(audit).toMatchObject([{ action: 'blocklists.feed_token_add', target: 'edge' }]);
  expect(JSON.stringify(audit)).not.toContain(token);
});

test.each(['', ' ', 'x'.repeat(101), 'a\0b'])('a token cannot be named %j', async (name) => {
  expect((await server.send('POST', tokensPath, { name })).status).toBe(422);
});
