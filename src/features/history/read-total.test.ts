/** Of a history too long to be counted event by event, the sums tell how many events match. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryDatabase, type TemporaryDatabase } from '../../../test/database.ts';
import { dialectOfRun, fillHistory, madeEvents } from '../../../test/history-data.ts';
import type { Database } from '../../platform/db/schema.ts';
import { readHistory } from './contract.ts';
import { readHistoryPage } from './read-page.ts';

const start = Date.UTC(2026, 0, 1);
const end = Date.UTC(2026, 0, 20);

let database: TemporaryDatabase;
let events: Database['history'][];
beforeAll(async () => {
  database = await temporaryDatabase();
  await fillHistory(database, madeEvents({ count: 16_000, from: start, to: end, addresses: 5_000 }), {
    daysUntil: end - 86_400_000,
  });
  events = await database.db.selectFrom('history').selectAll().execute();
});
afterAll(() => database.close());

const total = async (query: Record<string, unknown>): Promise<number | null> => {
  const deps = { db: database.db, dialect: dialectOfRun(), hostId: 'local' };
  return (await readHistoryPage(deps, readHistory.query.parse(query))).total;
};

test.each<[Record<string, string>, (event: Database['history']) => boolean]>([
  [{}, () => true],
  [{ action: 'ban' }, ({ action }) => action === 'ban'],
  [{ action: 'unban' }, ({ action }) => action === 'unban'],
  [{ origin: 'own' }, ({ origin }) => origin === 'own'],
  [{ origin: 'own', action: 'ban' }, ({ origin, action }) => origin === 'own' && action === 'ban'],
  [{ jail: 'sshd' }, ({ jail }) => jail === 'sshd'],
  [{ country: 'US' }, ({ country }) => country === 'US'],
  [{ from: '2026-01-01T13:17:11.123Z' }, ({ at }) => at >= Date.UTC(2026, 0, 1, 13, 17, 11, 123)],
  [{ to: '2026-01-19T13:17:11Z' }, ({ at }) => at < Date.UTC(2026, 0, 19, 13, 17, 11)],
  [
    { from: '2026-01-02T00:30:00Z', to: '2026-01-19T13:00:00Z', origin: 'own' },
    ({ at, origin }) =>
      at >= Date.UTC(2026, 0, 2, 0, 30) && at < Date.UTC(2026, 0, 19, 13) && origin === 'own',
  ],
])('%j', async (query, wanted) => {
  expect(await total(query)).toBe(events.filter(wanted).length);
});

test('it is too long', () => {
  expect(events.length).toBeGreaterThan(13_000);
});

test('what no sums know is not counted', async () => {
  expect(await total({ country: '!US' })).toBeNull();
  expect(await total({ text: 'root' })).toBeNull();
});
