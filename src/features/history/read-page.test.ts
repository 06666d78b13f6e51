/** The history as a list: every event once, by any filter and any words, whatever somebody types or an attacker logged. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryDatabase, type TemporaryDatabase } from '../../../test/database.ts';
import { dialectOfRun, fillHistory, madeEvents } from '../../../test/history-data.ts';
import { onPostgres } from '../../../test/servers/test-databases.ts';
import { rebuildSearch } from '../../platform/db/history-search.ts';
import { readHistory, type HistoryEvent } from './contract.ts';
import type { NewBan } from './new-event.ts';
import { readHistoryPage, readNewestBans } from './read-page.ts';
import type { PlanDeps } from './read-plan.ts';

const start = Date.UTC(2026, 0, 1);
const end = Date.UTC(2026, 5, 1);

const ban = (n: number, lines: string[], more: Partial<NewBan> = {}): NewBan => ({
  action: 'ban',
  jail: 'odd',
  ip: `198.51.100.${n}`,
  // the oldest of all: only the index finds them
  at: start - n * 1000,
  origin: 'own',
  actor: null,
  reason: null,
  fail2banAt: null,
  seconds: 600,
  count: 1,
  failures: 3,
  lines,
  ...more,
});
const odd = [
  ban(1, ['GET /wp-login.php?x=1 HTTP/1.1" 404 <script>alert(1)</script>']),
  ban(2, ['sshd[123]: Failed password for invalid user "or" from 203.0.113.9 port 22 ssh2']),
  ban(3, ['\u001b[31m NEAR(a b)\tTabbed user=admin: rhost=2001:db8::17']),
  ban(4, ['Größe ÜBER ünïcode 漢字 kept', 'second line: needle-in-hay']),
  ban(5, [`long ${'x'.repeat(12_000)}`]),
  ban(6, [], { ip: '198.51.100.0/24' }),
  ban(7, ['num 1e5 0x1f 123abc abc123 12.5 -7 007']),
];

let database: TemporaryDatabase;
let deps: PlanDeps;
let all: HistoryEvent[];

const page = (query: Record<string, unknown> = {}) => readHistoryPage(deps, readHistory.query.parse(query));
const everything = async (query: Record<string, unknown> = {}): Promise<HistoryEvent[]> => {
  const items: HistoryEvent[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const next = await page({ page_size: 97, ...query, ...(cursor !== undefined && { cursor }) });
    items.push(...next.items);
    cursor = next.next_cursor;
  }
  return items;
};

beforeAll(async () => {
  database = await temporaryDatabase();
  await fillHistory(database, [...madeEvents({ count: 3_000, from: start, to: end }), ...odd]);
  deps = { db: database.db, dialect: dialectOfRun(), hostId: 'local' };
  all = await everything();
});
afterAll(() => database.close());

test('pages hold every event once, newest first', async () => {
  const rows = await database.db.selectFrom('history').select('id').orderBy('id', 'desc').execute();
  expect(rows.length).toBeGreaterThan(2_000);
  expect(all.map(({ id }) => id)).toEqual(rows.map(({ id }) => String(id)));
  expect((await page()).total).toBe(rows.length);
});

const isIn = (ip: string, network: string) => ip.startsWith(network);
const filters: [Record<string, string>, (event: HistoryEvent) => boolean][] = [
  [{ ip: '3.2.7.2' }, ({ ip }) => ip === '3.2.7.2'],
  [{ ip: '2001:0DB8::0003' }, ({ ip }) => ip === '2001:db8::3'],
  [{ ip: '3.0.0.0/8' }, ({ ip }) => isIn(ip, '3.')],
  [{ ip: '3.2.0.0/16' }, ({ ip }) => isIn(ip, '3.2.')],
  [{ ip: '0.0.0.0/0' }, ({ ip }) => !ip.includes(':')],
  [{ ip: '2001:db8::/32' }, ({ ip }) => ip.includes(':')],
  [{ ip: '198.51.100.0/25' }, ({ ip }) => isIn(ip, '198.51.100.') && !ip.endsWith('/24')],
  [{ ip: '198.51.100.0/24' }, ({ ip }) => isIn(ip, '198.51.100.')],
  [{ ip: '9.9.9.9' }, () => false],
  [{ jail: 'web' }, ({ jail }) => jail === 'web'],
  [{ jail: '!sshd' }, ({ jail }) => jail !== 'sshd'],
  [{ country: 'cn' }, ({ country }) => country === 'CN'],
  [{ country: '!CN' }, ({ country }) => country !== 'CN'],
  [{ country: 'private' }, ({ country }) => country === 'private'],
  [{ asn: 'AS300' }, ({ asn }) => asn === 300],
  [{ asn: '0' }, ({ asn }) => asn === null],
  [{ asn: '!as300' }, ({ asn }) => asn !== 300],
  [{ origin: 'manual' }, ({ origin }) => origin === 'manual'],
  [{ action: 'unban' }, ({ action }) => action === 'unban'],
  [{ action: 'ban' }, ({ action }) => action === 'ban'],
  [
    { from: '2026-02-01T00:00:00Z', to: '2026-02-02T00:00:00+02:00' },
    ({ at }) => at >= '2026-02-01T00:00:00.000Z' && at < '2026-02-01T22:00:00.000Z',
  ],
  [
    { jail: 'sshd', country: 'US', action: 'ban' },
    ({ jail, country, action }) => jail === 'sshd' && country === 'US' && action === 'ban',
  ],
  [
    { country: '!US', asn: '!300', jail: 'web', origin: 'own' },
    (event) => event.country !== 'US' && event.asn !== 300 && event.jail === 'web' && event.origin === 'own',
  ],
  [{ ip: '3.0.0.0/8', jail: 'web' }, ({ ip, jail }) => isIn(ip, '3.') && jail === 'web'],
  [{ text: 'root' }, ({ matches }) => /\broot\b/.test(matches.join('\n'))],
  [{ text: 'root 3.2.7.2' }, ({ matches }) => /\broot\b.*\b3\.2\.7\.2\b/.test(matches.join('\n'))],
  [
    { text: 'oracle', jail: 'web' },
    ({ matches, jail }) => matches.join('').includes('oracle') && jail === 'web',
  ],
  [{ text: 'git', action: 'unban' }, () => false],
];

test.each(filters)('%j finds what it says, over all pages, and counts it', async (query, wanted) => {
  const expected = all.filter(wanted).map(({ id }) => id);
  for (const page_size of [7, 500]) {
    expect((await everything({ ...query, page_size })).map(({ id }) => id)).toEqual(expected);
  }
  const { total } = await page(query);
  if (total !== null) expect(total).toBe(expected.length);
  if (query['text'] === undefined) expect(total).not.toBeNull();
});

test.each([
  ['wp-login.php', [1]],
  ['WP-LOGIN', [1]],
  ['wp-log', []],
  ['wp-log*', [1]],
  ['/wp-login.php?x=1', [1]],
  ['login.php wp', [1]],
  ['<script>alert(1)</script>', [1]],
  ['alert', [1]],
  ['203.0.113.9', [2]],
  ['203.0.113', [2]],
  ['0.113.9', [2]],
  ['03.0.113.9', []],
  ['113.203', []],
  ['sshd[123]', [2]],
  ['sshd[12*', [2]],
  ['sshd[12', []],
  ['"or"', [2]],
  ['OR', [2]],
  ['NEAR(a', [3]],
  ['NEAR', [3]],
  ['Tabbed', [3]],
  ['31m', [3]],
  ['admin: rhost', [3]],
  ['2001:db8::17', [3]],
  ['Größe', [4]],
  ['grö*', [4]],
  ['漢字', [4]],
  ['needle-in-hay kept', [4]],
  ['1e5', [7]],
  ['1e*', [7]],
  ['0x1f 123abc abc123', [7]],
  ['12.5', [7]],
  ['-7', [7]],
  ['007', [7]],
  ['num*', [7]],
  ['nosuchword', []],
])('the words %j find bans %j of the odd ones', async (text, found) => {
  const expected = found.map((n) => `198.51.100.${n}`);
  for (const beside of [{ jail: 'odd' }, { to: new Date(start).toISOString() }, {}]) {
    const ips = (await everything({ text, ...beside })).map(({ ip }) => ip);
    expect(ips.filter((ip) => ip.startsWith('198.51.100.'))).toEqual(expected);
  }
});

test.each([
  '"',
  "'",
  '*',
  ' ',
  '"" OR 1=1',
  "'; DROP TABLE history --",
  'a AND OR NOT',
  '(',
  'x:*',
  'col:x',
  '^a',
  '-',
  '\\',
  '%',
  '\u{1f600}',
  '{a b}: c',
  'a + b',
  '&|!',
  "'':*",
  '﷽*',
])('typing %j is no error and no statement', async (text) => {
  for (const query of [
    { text },
    { text: `${text} nosuchword` },
    { jail: text },
    { country: text.slice(0, 12) },
  ]) {
    expect((await page(query)).items.length).toBeLessThanOrEqual(50);
  }
  expect(await everything()).toHaveLength(all.length);
});

test('a rare word is found behind thousands of newer events', async () => {
  const rare = all.filter(({ matches }) => matches.join('').includes('sshd[17]:'));
  expect((await everything({ text: 'sshd[17]' })).map(({ id }) => id)).toEqual(rare.map(({ id }) => id));
  expect(rare.length).toBeGreaterThan(0);
});

test.runIf(!onPostgres())(
  'while fail2ban is taken over, words are found in what is not indexed yet, too',
  async () => {
    const text = 'root';
    const expected = (await everything({ text })).map(({ id }) => id);
    const rare = (await everything({ text: 'sshd[17]' })).map(({ id }) => id);
    for (const share of [0, 0.3, 0.9]) {
      const from = all[Math.floor(all.length * share)]?.id ?? '';
      const mark = { host_id: 'local', key: 'unsearched_from', value: from };
      await database.db.insertInto('history_state').values(mark).execute();
      await sql`DELETE FROM history_search WHERE rowid >= ${Number(from)}`.execute(database.db);
      expect((await everything({ text })).map(({ id }) => id)).toEqual(expected);
      expect((await everything({ text: 'sshd[17]' })).map(({ id }) => id)).toEqual(rare);
      await database.db.deleteFrom('history_state').execute();
    }
    await rebuildSearch(database.db);
  },
);

test('a long line is cut in a list, and it says by how much', async () => {
  const [event] = await everything({ ip: '198.51.100.5' });
  expect(event?.matches[0]).toMatch(/^long x{3995}… \(8005 more characters\)$/);
});

test('what is no address, no range and no cursor of this list is refused', async () => {
  const { next_cursor: cursor } = await page({ jail: 'sshd', page_size: 5 });
  for (const query of [
    { ip: '300.1.1.1' },
    { ip: '' },
    { from: '2026-03-01T00:00:00Z', to: '2026-02-01T00:00:00Z' },
    { cursor: 'abc' },
    { cursor: Buffer.from('["x",-1]').toString('base64url') },
    { jail: 'web', cursor },
    { cursor },
  ]) {
    await expect(page(query)).rejects.toMatchObject({ status: 422, code: 'invalid_input' });
  }
  expect((await page({ jail: 'sshd', page_size: 50, cursor })).items).toHaveLength(50);
});

test('the newest bans of the overview are the history without unbans', async () => {
  const bans = all.filter(({ action, jail }) => action === 'ban' && jail === 'sshd');
  const query = {
    from: new Date(start).toISOString(),
    to: new Date(end).toISOString(),
    origin: 'all' as const,
  };
  const first = await readNewestBans(deps, { ...query, jail: 'sshd', page_size: 20 });
  const later = { ...query, from: new Date(start + 60_000).toISOString(), jail: 'sshd', page_size: 20 };
  const second = await readNewestBans(deps, { ...later, cursor: first.next_cursor ?? '' });
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(
    bans.slice(0, 40).map(({ id }) => id),
  );
});

describe.runIf(!onPostgres())('in the embedded database', () => {
  test.each([
    [{ ip: '3.2.7.2' }, 'history_by_address'],
    [{ jail: 'web' }, 'history_by_jail'],
    [{ country: 'CN' }, 'history_by_country'],
    [{ asn: '300' }, 'history_by_network'],
    [{ origin: 'manual' }, 'history_by_origin'],
    [{ action: 'unban' }, 'history_unbans'],
    [{}, 'PRIMARY KEY'],
    [{ text: 'nosuchword' }, 'history_search'],
  ])('%j is read in order from one index, without a sort or a look at every row', async (query, index) => {
    const statements: string[] = [];
    const watching = {
      ...deps,
      db: database.db.withPlugin({
        transformQuery: ({ node }) => {
          const { sql: text, parameters } = database.db.getExecutor().compileQuery(node, { queryId: 'plan' });
          statements.push(JSON.stringify([text, parameters]));
          return node;
        },
        transformResult: async ({ result }) => result,
      }),
    };
    await readHistoryPage(watching, readHistory.query.parse(query));
    const plans: string[] = [];
    for (const statement of statements) {
      const [text, parameters]: [string, (string | number)[]] = JSON.parse(statement);
      if (!/history/.test(text)) continue;
      const filled = text.replaceAll('?', () => {
        const value = parameters.shift();
        return typeof value === 'number' ? String(value) : `'${value}'`;
      });
      const rows = await sql<{ detail: string }>`EXPLAIN QUERY PLAN ${sql.raw(filled)}`.execute(database.db);
      plans.push(rows.rows.map(({ detail }) => detail).join('; '));
    }
    expect(plans.join('\n')).toContain(index);
    expect(plans.join('\n')).not.toMatch(/TEMP B-TREE|SCAN history(?!_search)/);
  });
});
