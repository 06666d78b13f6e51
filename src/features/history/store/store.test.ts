/** The history of a host, told of by fail2ban's database and log in any order and any number of times. */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  line,
  row,
  temporaryDatabaseWithHistory,
  unban,
  type TemporaryHistory,
} from '../../../../test/history-store.ts';
import { onPostgres } from '../../../../test/servers/test-databases.ts';
import type { NewEvent } from '../new-event.ts';

const start = Date.UTC(2026, 9, 31, 23, 59, 0);
const second = start / 1000;

let history: TemporaryHistory;
beforeEach(async () => {
  history = await temporaryDatabaseWithHistory();
});
afterEach(() => history.close());

test('row and line are one ban, whichever comes first, and repeating either changes nothing', async () => {
  const [told, heard] = [row(second), line(start + 1_200)];
  const first = await history.append(heard);
  expect(first.added).toMatchObject([
    { at: start + 1_200, heardAt: start + 1_200, fail2banAt: null, again: false },
  ]);
  const after = await history.append(told);
  expect(after).toMatchObject({ added: [], completed: [{ failures: 5, seconds: 600, lines: told.lines }] });
  expect(await history.append(told, heard, told)).toEqual({ added: [], completed: [], heard: 0, known: 3 });
  const later = row(second + 3_600);
  expect(await history.append(later, line(start + 3_602_000), later)).toMatchObject({
    added: [{ again: true }],
    heard: 1,
    known: 1,
  });
  expect((await history.events()).map((one) => [one.at, one.fail2ban_at, one.heard_at])).toEqual([
    [start + 1_200, second, start + 1_200],
    [start + 3_600_000, second + 3_600, start + 3_602_000],
  ]);
  expect(await history.check()).toEqual([]);
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

test(
  'in whatever order and however often told, each ban is there once, whole',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(cutAnyhow, async ([all, order, cuts]) => {
        await history.empty();
        history.restart();
        const told = shuffled(all, order);
        const edges = [0, ...cuts.map((cut) => cut % (told.length + 1)), told.length].toSorted(
          (a, b) => a - b,
        );
        for (const [n, edge] of edges.entries()) await history.append(...told.slice(edges[n - 1] ?? 0, edge));
        const bans = all.filter((event) => event.action === 'ban');
        const rows = bans.filter(({ fail2banAt }) => fail2banAt !== null);
        const lines = bans.filter(({ fail2banAt }) => fail2banAt === null);
        const there = await history.events();
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
        expect(await history.check()).toEqual([]);
      }),
      { numRuns: onPostgres() ? 40 : 150 },
    );
  },
);

test('an unban is told once, however often its line is read', async () => {
  await history.append(line(start), unban(start + 500), unban(start + 500), line(start + 500));
  history.restart();
  await history.append(unban(start + 500), line(start + 500), unban(start + 900));
  expect((await history.events()).map(({ action, at }) => `${action} ${at - start}`)).toEqual([
    'ban 0',
    'unban 500',
    'ban 500',
    'unban 900',
  ]);
  expect(await history.check()).toEqual([]);
});

test('what a ban by hand is known for wins, whichever of the two tells of it', async () => {
  const manual = { origin: 'manual', actor: 'admin', reason: 'a scan' } as const;
  await history.append(row(second), row(second, { jail: 'web' }), row(second + 3_600));
  await history.append(line(start + 300, manual), row(second, { ...manual, jail: 'web' }));
  const found = await history.events();
  expect(found.map((one) => `${one.jail} ${one.origin} ${one.actor}`).toSorted()).toEqual([
    'sshd manual admin',
    'sshd own null',
    'web manual admin',
  ]);
  await history.append(row(second), line(start + 300));
  expect((await history.events()).filter(({ origin }) => origin === 'manual')).toHaveLength(2);
  expect(await history.check()).toEqual([]);
});

test(
  'a flood that shares one second gets an id each, in the order it came',
  { timeout: 120_000 },
  async () => {
    const flood = Array.from({ length: 3_500 }, (_, n) =>
      row(second, { ip: `198.51.${n >> 8}.${n & 255}`, lines: [] }),
    );
    for (let from = 0; from < flood.length; from += 500) {
      if (from === 2_000) history.restart();
      await history.append(
        ...flood.slice(from, from + 500),
        row(second + 1, { ip: `2001:db8::${from}`, lines: [] }),
      );
    }
    const found = await history.events();
    expect(found).toHaveLength(3_507);
    const ids = found.filter(({ at }) => at === start).map(({ id }) => id - start * 1024);
    expect(ids).toEqual(Array.from({ length: 3_500 }, (_, n) => n));
    expect((await history.append(...flood.slice(1_200, 1_300))).known).toBe(100);
    expect(await history.check()).toEqual([]);
  },
);

test('what a transaction did that was not stored is not remembered', async () => {
  await history.append(row(second));
  const undone = history.fence.write(async (trx) => {
    await history.store.append(trx, [row(second + 7_200, { ip: '192.0.2.1' }), row(second + 40 * 86_400)]);
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
  const { added } = await history.append(
    row(second + 7_200, { ip: '192.0.2.2' }),
    row(second + 7_200, { ip: '192.0.2.1' }),
    row(second + 40 * 86_400),
  );
  expect(added.map(({ again }) => again)).toEqual([false, false, true]);
  expect(await history.check()).toEqual([]);
});

test('odd texts and times are stored as either database can hold them', async () => {
  const odd = [
    'not-an-ip',
    'a\0b',
    '\uD800',
    '🦊',
    '',
    'x'.repeat(5_000),
    '::ffff:192.0.2.1',
    '192.0.2.1',
    '1\u2028 <b>',
  ];
  const lines = ['nul \0 here', 'x'.repeat(1_000_000), '\uFFFD', '\u001b[31m', '=cmd()', '"\\u0000"', ...odd];
  for (const name of odd) {
    const told = [row(second, { ip: name, jail: name, lines, failures: 2 ** 40, seconds: 2 ** 50 })];
    told.push(
      row(second + 3_600, {
        ip: name,
        jail: name,
        failures: Number.NaN,
        lines: Array.from({ length: 500 }, () => 'y'),
      }),
    );
    await history.append(
      ...told,
      unban(-5, { ip: name, jail: name, reason: 'r\0'.repeat(9_000), actor: name }),
    );
    history.restart();
    expect(await history.append(...told)).toMatchObject({ known: 2, added: [] });
  }
  const stored = await history.db.selectFrom('history_lines').select('lines').execute();
  for (const { lines: text } of stored) {
    expect(text.length).toBeLessThan(200_000);
    expect(String(JSON.parse(text)).includes('\0')).toBe(false);
  }
  expect(stored.some(({ lines: text }) => text.includes('nul \uFFFD here'))).toBe(true);
  expect(await history.check()).toEqual([]);
});
