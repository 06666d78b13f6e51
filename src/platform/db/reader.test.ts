/** Long reads of the embedded database leave this thread to others. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryDatabase, type TemporaryDatabase } from '../../../test/database.ts';
import { describeDatabaseFailure } from './failure.ts';
import { atOneMoment, openReader, type Reader } from './reader.ts';

let database: TemporaryDatabase;
let reader: Reader;
beforeEach(async () => {
  database = await temporaryDatabase();
  reader = openReader({ db: database.db, dialect: 'sqlite', path: database.path });
});
afterEach(async () => {
  await reader.close();
  await database.close();
});

const put = (asn: number, name = 'one') => database.db.insertInto('networks').values({ asn, name }).execute();
const count = async (db = reader.db) =>
  (
    await db
      .selectFrom('networks')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .executeTakeFirst()
  )?.n;

test('it sees what is written, as the types say', async () => {
  await put(7, 'Größe');
  expect(await reader.db.selectFrom('networks').selectAll().execute()).toEqual([{ asn: 7, name: 'Größe' }]);
  const { rows } = await sql<{
    bytes: Uint8Array;
    none: null;
  }>`SELECT x'0102' AS bytes, NULL AS none`.execute(reader.db);
  expect(rows).toEqual([{ bytes: new Uint8Array([1, 2]), none: null }]);
});

test('while it counts to millions, this thread goes on', async () => {
  const long = sql`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT max(i) FROM n`;
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 5);
  await long.execute(reader.db);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(10);
});

test('several reads at one moment see the same, whatever is written in between', async () => {
  await put(1);
  const seen = await atOneMoment(reader, async (db) => {
    const first = await count(db);
    await put(2);
    return [first, await count(db)];
  });
  expect(seen).toEqual([1, 1]);
  expect(await count()).toBe(2);
});

test('an error is told, with what it means, and the next question is answered', async () => {
  await expect(sql`SELECT no_such`.execute(reader.db)).rejects.toThrow('no such column');
  const write = await reader.db
    .insertInto('networks')
    .values({ asn: 1, name: 'x' })
    .execute()
    .catch((error: unknown) => error);
  expect(describeDatabaseFailure(write)?.code).toBe('database_read_only');
  expect(await count()).toBe(0);
});

test('a moment that fails in the middle leaves no transaction open', async () => {
  await expect(atOneMoment(reader, (db) => sql`SELECT no_such`.execute(db))).rejects.toThrow(
    'no such column',
  );
  await put(1);
  expect(await count()).toBe(1);
});

test('a moment that fails while more is asked in it mixes up no answers', async () => {
  const number = async (n: number, db = reader.db) =>
    (await sql<{ n: number }>`SELECT ${n} AS n`.execute(db)).rows;
  const moment = atOneMoment(reader, (db) =>
    Promise.all([sql`SELECT no_such`.execute(db), number(1, db), number(2, db), number(3, db)]),
  );
  await expect(moment).rejects.toThrow('no such column');
  expect(await Promise.all([4, 5, 6].map((n) => number(n)))).toEqual([[{ n: 4 }], [{ n: 5 }], [{ n: 6 }]]);
});

test('questions asked at once are answered each, and one after closing is refused', async () => {
  await Promise.all([1, 2, 3].map((asn) => put(asn)));
  const answers = await Promise.all(
    [1, 2, 3].map((asn) => reader.db.selectFrom('networks').select('asn').where('asn', '=', asn).execute()),
  );
  expect(answers).toEqual([[{ asn: 1 }], [{ asn: 2 }], [{ asn: 3 }]]);
  await reader.close();
  await expect(count()).rejects.toThrow();
});

test('closing does not wait for a question that takes long', async () => {
  const long = sql`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000000) SELECT max(i) FROM n`;
  const answer = long.execute(reader.db).catch((error: unknown) => error);
  await count(database.db);
  const began = performance.now();
  await reader.close();
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(await answer).toBeInstanceOf(Error);
});
