/** Days, retention, newer places and a first seeding: done in steps, stopped after any, and the history adds up. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  allSteps,
  line,
  row,
  somewhere,
  temporaryDatabaseWithHistory,
  unban,
  type TemporaryHistory,
} from '../../../../test/history-store.ts';
import { onPostgres } from '../../../../test/servers/test-databases.ts';
import { indexesAfterSeeding } from '../../../platform/db/migrations/0008-address-index.ts';
import { seedBanOf } from './clean-event.ts';
import type { NewBan, NewEvent } from '../new-event.ts';
import type { History } from '../../../platform/db/schema-history.ts';
import { decodeSet } from './address-set.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** A month begins within the history. */
const start = Date.UTC(2026, 9, 30);

let history: TemporaryHistory;
beforeEach(async () => {
  history = await temporaryDatabaseWithHistory();
});
afterEach(() => history.close());

/** Four days: three bans an hour of 40 addresses, every fourth with its end. */
function fourDays(): NewEvent[] {
  return Array.from({ length: 4 * 24 * 3 }, (_, n) => {
    const at = start + n * 1_200_000;
    const who = {
      jail: n % 5 === 0 ? 'web' : 'sshd',
      ip: n % 7 === 0 ? `2001:db8::${n % 40}` : `203.0.113.${n % 40}`,
    };
    const ban = row(at / 1000, { ...who, lines: [`line ${n}`] });
    return n % 4 === 0 ? [ban, line(at + 700, who), unban(at + 60_000, who)] : [ban];
  }).flat();
}
async function fill(): Promise<void> {
  const events = fourDays();
  for (let from = 0; from < events.length; from += 100)
    await history.append(...events.slice(from, from + 100));
}
const daysMade = async () => {
  const { rows } = await sql<{
    at: number;
  }>`SELECT DISTINCT at FROM jail_sums WHERE grain = ${day} ORDER BY at`.execute(history.db);
  return rows.map(({ at }) => (at - start) / day);
};

test('days that are over get sums; a late event takes its day away, the next run makes it anew', async () => {
  await fill();
  const halfOfDay3 = start + 3 * day + 12 * hour;
  expect(await allSteps(history.store.rollUp(history.fence, halfOfDay3))).toBe(3);
  expect(await daysMade()).toEqual([0, 1, 2]);
  expect(await history.check()).toEqual([]);
  expect(await allSteps(history.store.rollUp(history.fence, halfOfDay3))).toBe(0);
  await history.append(row((start + day) / 1000 + 5, { ip: '192.0.2.77' }));
  expect(await daysMade()).toEqual([0, 2]);
  expect(await history.check()).toEqual([]);
  expect(await allSteps(history.store.rollUp(history.fence, halfOfDay3))).toBe(1);
  expect(await history.check()).toEqual([]);
  const sums = history.db
    .selectFrom('jail_sums')
    .selectAll()
    .where('grain', '=', day)
    .where('at', '=', start + day);
  const made = await sums.where('jail', '=', 'sshd').executeTakeFirstOrThrow();
  const { id } = await history.db
    .selectFrom('addresses')
    .select('id')
    .where('ip', '=', '192.0.2.77')
    .executeTakeFirstOrThrow();
  expect(decodeSet(made.addresses)).toContain(id);
});

test('an event that comes while a day is being made leaves it to the next run', async () => {
  await fill();
  for (let steps = 1; steps < 8; steps++) {
    const making = history.store.rollUp(history.fence, start + day);
    for (let step = 0; step < steps; step++) await making.next();
    await history.append(row(start / 1000 + 30 + steps, { ip: `192.0.2.${steps}` }));
    expect(await history.check()).toEqual([]);
    await allSteps(making);
    expect(await history.check()).toEqual([]);
  }
  await allSteps(history.store.rollUp(history.fence, start + day));
  expect(await daysMade()).toEqual([0]);
});

test(
  'what is past the retention goes, to the hour; stopped after any step, the next run goes on',
  { timeout: 120_000 },
  async () => {
    await fill();
    await allSteps(history.store.rollUp(history.fence, start + 4 * day));
    // two days and a half: one month as a whole, and some of the next
    const before = start + 2 * day + 12.5 * hour;
    for (let steps = 1; ; steps++) {
      const deleting = history.store.prune(history.fence, before);
      let ended = false;
      for (let step = 0; step < steps && !ended; step++) ended = (await deleting.next()).done === true;
      history.restart();
      await history.append(row((start + 3 * day) / 1000 + steps));
      if (ended) break;
    }
    const cut = start + 2 * day + 12 * hour;
    const left = await history.events();
    expect(Math.min(...left.map(({ at }) => at))).toBe(cut);
    expect(left.filter(({ ip }) => ip !== '203.0.113.9').length).toBeGreaterThan(100);
    expect(await history.check()).toEqual([]);
    expect(await daysMade()).toEqual([]);
    if (onPostgres()) {
      const { rows } = await sql<{ name: string }>`SELECT inhrelid::regclass::text AS name FROM pg_inherits i
      JOIN pg_class c ON c.oid = i.inhrelid WHERE c.relkind = 'r' ORDER BY 1`.execute(history.db);
      expect(rows.map(({ name }) => name)).toEqual(['history_202611', 'history_lines_202611']);
    }
  },
);

test('an address keeps its first time, and goes when nothing is left of it', async () => {
  const [gone, kept] = [{ ip: '192.0.2.1' }, { ip: '192.0.2.2' }];
  const second = start / 1000;
  await history.append(row(second, gone), row(second, kept), row(second + 7_200, kept));
  expect(await allSteps(history.store.prune(history.fence, start + hour))).toBe(2);
  const left = await history.db
    .selectFrom('addresses')
    .select(['ip', 'first_at', 'last_at', 'bans'])
    .execute();
  expect(left).toEqual([{ ip: '192.0.2.2', first_at: start, last_at: start + 2 * hour, bans: 1 }]);
  const { added } = await history.append(row(second + 9_000, gone), row(second + 9_000, kept));
  expect(added.map(({ again }) => again)).toEqual([false, true]);
  expect(await history.check()).toEqual([]);
});

test(
  'newer files move addresses with their events and sums; stopped anywhere, the next run goes on',
  { timeout: 120_000 },
  async () => {
    await fill();
    // one address with more events than are moved at once, several of them in one hour
    for (let part = 0; part < 4; part++)
      await history.append(
        ...Array.from({ length: 200 }, (_, n) =>
          row(start / 1000 + (part * 200 + n) * 601, { ip: '203.0.113.15', lines: [] }),
        ),
      );
    await allSteps(history.store.rollUp(history.fence, start + 4 * day));
    const elsewhere = (text: string) => {
      const place = somewhere(text);
      const moved = text.endsWith('5')
        ? { ...place, country: 'NO', asn: 64_500, asName: 'Elsewhere' }
        : place;
      return text.endsWith('6') ? { ...moved, asn: 64_501, asName: null } : moved;
    };
    let after = 0;
    let moved = 0;
    for (let steps = 1; ; steps += 3) {
      history.restart(elsewhere);
      const moving = history.store.relocate(history.fence, after);
      let ended = false;
      for (let step = 0; step < steps && !ended; step++) {
        const { done, value } = await moving.next();
        ended = done === true;
        if (value === undefined) continue;
        after = value.after;
        moved += value.moved;
      }
      await history.append(row((start + 3 * day) / 1000 + steps, { ip: '203.0.113.25' }));
      expect(await history.check()).toEqual([]);
      if (ended) break;
    }
    expect(moved).toBeGreaterThan(7);
    for (const one of await history.events()) {
      const { country, asn } = elsewhere(one.ip);
      expect([one.ip, one.country, one.asn]).toEqual([one.ip, country, asn]);
    }
    const named = history.db.selectFrom('networks').select('name').where('asn', '=', 64_500);
    expect(await named.execute()).toEqual([{ name: 'Elsewhere' }]);
    await allSteps(history.store.rollUp(history.fence, start + 4 * day));
    expect(await history.check()).toEqual([]);
  },
);

test('days that are made between the steps of a retention leave nothing of what is gone', async () => {
  await fill();
  const before = start + 3 * day;
  for await (const _step of history.store.prune(history.fence, before))
    await allSteps(history.store.rollUp(history.fence, start + 5 * day));
  expect(await history.check()).toEqual([]);
  expect(await daysMade()).toEqual([3]);
});

/** Rows of fail2ban's table: several bans a second, some in another order than that of time. */
const tableRows = (): NewBan[] =>
  Array.from({ length: 600 }, (_, n) => {
    const second = start / 1000 + Math.floor(n / 4) * 900 - (n % 11 === 0 ? 40_000 : 0);
    return row(second, {
      jail: n % 5 === 0 ? 'web' : 'sshd',
      ip: n % 7 === 0 ? `2001:db8::${n % 90}` : `203.0.113.${n % 70}`,
      ...(n % 50 === 0 && { origin: 'manual' as const, actor: 'admin', reason: 'seen twice' }),
      lines: n % 3 === 0 ? [] : [`line ${n}`],
    });
  });

test.skipIf(onPostgres())(
  'a seeding, told of twice and killed at every step, is the same as bans that came one by one (SQLite only)',
  async () => {
    const rows = tableRows();
    for (const one of rows) await history.append(one);
    const told = await history.events();
    const addresses = () =>
      history.db
        .selectFrom('addresses')
        .select(['ip', 'bans', 'first_at', 'last_at'])
        .orderBy('ip')
        .execute();
    const known = await addresses();
    await history.empty();
    history.restart();

    const seed = (part: NewBan[]) =>
      history.fence.write((trx) => history.store.seed(trx, part.map(seedBanOf)));
    expect(await history.store.startSeeding(history.fence)).toBe(true);
    expect(await seed(rows.slice(0, 250))).toBe(250);
    history.restart();
    expect(await history.store.startSeeding(history.fence)).toBe(true);
    expect(await seed(rows.slice(100, 400))).toBe(150);
    expect(await seed(rows)).toBe(200);
    for (let steps = 1; await history.store.seeding(); steps += 3) {
      history.restart();
      const settling = history.store.settle(history.fence);
      for (let step = 0; step < steps; step++) await settling.next();
    }
    history.restart();
    expect(await history.store.startSeeding(history.fence)).toBe(false);
    expect(await allSteps(history.store.indexLines(history.fence))).toBe(400);
    expect(await history.check()).toEqual([]);
    expect(await addresses()).toEqual(known);
    const again = (events: readonly History[]) =>
      new Map(events.map((event) => [`${event.ip} ${event.jail} ${event.at}`, event.again]));
    expect(again(await history.events())).toEqual(again(told));
  },
);

test('after a seeding everything is as if there had been none: indexes, and a search that finds what comes then', async () => {
  await history.store.startSeeding(history.fence);
  if (!onPostgres()) await history.fence.write((trx) => history.store.seed(trx, tableRows().map(seedBanOf)));
  await allSteps(history.store.settle(history.fence));
  history.restart();
  await history.append(row((start + 5 * day) / 1000, { lines: ['live'] }));
  await allSteps(history.store.indexLines(history.fence));
  expect(await history.check()).toEqual([]);
  if (onPostgres()) return;
  const { rows } = await sql<{ name: string }>`SELECT name FROM sqlite_schema
    WHERE type = 'index' AND tbl_name IN ('history', 'addresses') AND sql IS NOT NULL ORDER BY name`.execute(
    history.db,
  );
  expect(rows.map(({ name }) => name)).toEqual(indexesAfterSeeding.map(({ name }) => name).toSorted());
  const found = await sql<{
    rowid: number;
  }>`SELECT rowid FROM history_search WHERE history_search MATCH 'live'`.execute(history.db);
  expect(found.rows).toEqual([{ rowid: (start + 5 * day) * 1024 }]);
});
