/** The history of a host, told of by fail2ban's database and log in any order and any number of times. */
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryDatabase, type TemporaryDatabase } from '../../../../test/database.ts';
import { onPostgres } from '../../../../test/servers/test-databases.ts';
import type { NewBan, NewEvent, NewUnban } from '../new-event.ts';
import { checkHistory } from './check.ts';
import { createHistoryStore, type HistoryStore } from './store.ts';

const dialect = onPostgres() ? 'postgres' : 'sqlite';
const start = Date.UTC(2026, 9, 31, 23, 59, 0);
const by = { origin: 'own', actor: null, reason: null } as const;
const [jail, ip] = ['sshd', '203.0.113.9'];

let database: TemporaryDatabase;
let store: HistoryStore;

const newStore = () =>
  createHistoryStore({
    db: database.db,
    dialect,
    hostId: 'local',
    locate: (text) => ({
      country: text.includes('.') ? `X${text.at(-1) ?? ''}` : 'unknown',
      asn: text.length,
      asName: `Network ${text.length}`,
      range: null,
      city: null,
    }),
  });
beforeEach(async () => {
  database = await temporaryDatabase();
  store = newStore();
});
afterEach(() => database.close());

const append = (...events: NewEvent[]) => database.fence().write((trx) => store.append(trx, events));
const check = () => checkHistory({ db: database.db, dialect, hostId: 'local' });
const events = () => database.db.selectFrom('history').selectAll().orderBy('id').execute();
const row = (fail2banAt: number, rest: Partial<NewBan> = {}): NewBan => ({
  ...by,
  jail,
  ip,
  action: 'ban',
  at: fail2banAt * 1000,
  fail2banAt,
  seconds: 600,
  count: 1,
  failures: 5,
  lines: [`Failed password for root from ${ip}`, 'again'],
  ...rest,
});
const line = (at: number, rest: Partial<NewBan> = {}): NewBan => ({
  ...by,
  jail,
  ip,
  action: 'ban',
  at,
  fail2banAt: null,
  seconds: null,
  count: 1,
  failures: 0,
  lines: [],
  ...rest,
});
const unban = (at: number, rest: Partial<NewUnban> = {}): NewUnban => ({
  ...by,
  jail,
  ip,
  action: 'unban',
  at,
  ...rest,
});

test('row and line are one ban, whichever comes first, and repeating either changes nothing', async () => {
  const second = start / 1000;
  const [told, heard] = [row(second), line(start + 1_200)];
  const first = await append(heard);
  expect(first.added).toMatchObject([
    { at: start + 1_200, heardAt: start + 1_200, fail2banAt: null, again: false },
  ]);
  const after = await append(told);
  expect(after).toMatchObject({ added: [], completed: [{ failures: 5, seconds: 600, lines: told.lines }] });
  expect(await append(told, heard, told)).toEqual({ added: [], completed: [], heard: 0, known: 3 });
  const later = row(second + 3_600);
  expect(await append(later, line(start + 3_602_000), later)).toMatchObject({
    added: [{ again: true }],
    heard: 1,
    known: 1,
  });
  expect((await events()).map((one) => [one.at, one.fail2ban_at, one.heard_at])).toEqual([
    [start + 1_200, second, start + 1_200],
    [start + 3_600_000, second + 3_600, start + 3_602_000],
  ]);
  expect(await check()).toEqual([]);
});

/** Bans of a few addresses, one after the other: its time in the database, that of its log line, and its end. */
const life = fc
  .tuple(
    fc.constantFrom('sshd', 'web'),
    fc.constantFrom('203.0.113.9', '2001:db8::7', 'not-an-ip'),
    fc.array(
      fc.record({
        wait: fc.nat(4_000),
        lag: fc.nat(2_500),
        banned: fc.integer({ min: 2_000, max: 900_000 }),
      }),
      {
        maxLength: 6,
      },
    ),
  )
  .map(([inJail, address, bans]) => {
    let time = start;
    return bans.flatMap(({ wait, lag, banned }, n) => {
      const failed = time + wait;
      const heard = failed + lag;
      time = heard + banned;
      const who = { jail: inJail, ip: address };
      const seconds = n % 3 === 0 ? -1 : Math.ceil((banned + lag) / 1000) + 1;
      const told = row(Math.floor(failed / 1000), { ...who, seconds, failures: n + 1, lines: [`line ${n}`] });
      return [told, line(heard, who), unban(time, who)];
    });
  });
const lives = fc
  .uniqueArray(life, { maxLength: 5, selector: ([one]) => `${one?.jail ?? ''} ${one?.ip ?? ''}` })
  .map((all) => all.flat());
const cutAnyhow = fc.tuple(lives, fc.array(fc.nat()), fc.array(fc.nat(1_000), { maxLength: 5 }));

/** Everything once and some of it again, in an order of its own. */
function shuffled(all: readonly NewEvent[], order: readonly number[]): NewEvent[] {
  const more = order.slice(0, 10).flatMap((n) => all[n % Math.max(all.length, 1)] ?? []);
  return [...all, ...more]
    .map((event, n) => ({
      event,
      key: ((order[n % Math.max(order.length, 1)] ?? 0) * 31 + n * 7_919) % 1_009,
    }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ event }) => event);
}

async function emptyAll(): Promise<void> {
  const tables = [
    'history',
    'history_lines',
    'addresses',
    'jail_sums',
    'country_sums',
    'network_sums',
  ] as const;
  for (const table of tables) await database.db.deleteFrom(table).execute();
  if (!onPostgres())
    await sql`INSERT INTO history_search (history_search) VALUES ('delete-all')`.execute(database.db);
}

test(
  'in whatever order and however often told, each ban is there once, whole',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(cutAnyhow, async ([all, order, cuts]) => {
        await emptyAll();
        store = newStore();
        const told = shuffled(all, order);
        const edges = [0, ...cuts.map((cut) => cut % (told.length + 1)), told.length].toSorted(
          (a, b) => a - b,
        );
        for (const [n, edge] of edges.entries()) await append(...told.slice(edges[n - 1] ?? 0, edge));
        const bans = all.filter((event) => event.action === 'ban');
        const rows = bans.filter(({ fail2banAt }) => fail2banAt !== null);
        const lines = bans.filter(({ fail2banAt }) => fail2banAt === null);
        const there = await events();
        const pairs = rows.map((one, n) =>
          [one.jail, one.ip, one.fail2banAt, lines[n]?.at, one.failures].join(),
        );
        const found = there.filter(({ action }) => action === 'ban');
        expect(
          found
            .map((one) => [one.jail, one.ip, one.fail2ban_at, one.heard_at, one.failures].join())
            .toSorted(),
        ).toEqual(pairs.toSorted());
        expect(there.length - found.length).toBe(all.length / 3);
        for (const group of Map.groupBy(found, (one) => one.ip).values()) {
          const least = Math.min(...group.map(({ at }) => at));
          expect(group.filter(({ again }) => again === 0)).toEqual([expect.objectContaining({ at: least })]);
        }
        expect(await check()).toEqual([]);
      }),
      { numRuns: onPostgres() ? 40 : 150 },
    );
  },
);
