/** Opening the embedded database: what is made, what is survived, what is said when it cannot be used. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { temporaryDatabase } from '../../../test/database.ts';
import { describeDatabaseFailure } from './failure.ts';
import { openSqlite } from './open-sqlite.ts';
import { openDatabase } from './open.ts';
import { transact } from './transact.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bangui-open-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (path: string) => openDatabase({ path, log: silentLog, now: systemClock });
const failureOf = async (work: Promise<unknown>) => {
  try {
    await work;
  } catch (error) {
    return describeDatabaseFailure(error)?.code ?? error;
  }
  return null;
};

test('missing folders are made, and nobody else may read them or the file', async () => {
  const path = join(folder, 'a', 'b', 'bangui.db');
  const database = await open(path);
  expect(statSync(join(folder, 'a', 'b')).mode & 0o777).toBe(0o700);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await database.close();
});

test('the write-ahead log and foreign keys are on', async () => {
  const database = await open(join(folder, 'bangui.db'));
  expect((await sql`PRAGMA journal_mode`.execute(database.db)).rows).toMatchObject([{ journal_mode: 'wal' }]);
  expect((await sql`PRAGMA foreign_keys`.execute(database.db)).rows).toMatchObject([{ foreign_keys: 1 }]);
  expect((await sql`PRAGMA synchronous`.execute(database.db)).rows).toMatchObject([{ synchronous: 1 }]);
  await database.close();
});

test('a damaged file is refused with its name and a code', async () => {
  const path = join(folder, 'bangui.db');
  writeFileSync(path, 'this is no database, however long it may be '.repeat(200));
  await expect(open(path)).rejects.toMatchObject({ name: 'StartError', code: 'database_corrupt' });
  await expect(open(path)).rejects.toThrow(path);
});

test('a file where the folder should be is refused with a code', async () => {
  writeFileSync(join(folder, 'file'), '');
  await expect(open(join(folder, 'file', 'bangui.db'))).rejects.toMatchObject({
    code: 'database_cannot_open',
  });
});

test('a folder where the file should be is refused with a code', async () => {
  await expect(open(folder)).rejects.toMatchObject({ code: 'database_cannot_open' });
});

test('missing rights are told apart from a damaged file', () => {
  const denied = Object.assign(new Error('permission denied'), { code: 'EACCES' });
  expect(describeDatabaseFailure(denied)?.code).toBe('database_forbidden');
  expect(describeDatabaseFailure(new Error('something else'))).toBeNull();
});

test('a full disk is told as such and loses nothing that was stored', async () => {
  const { db, close } = await temporaryDatabase();
  await db.insertInto('settings').values({ key: 'kept', value: 'yes' }).execute();
  await sql`PRAGMA max_page_count = 1`.execute(db); // SQLite raises it to the present size
  const filling = async () => {
    for (let i = 0; i < 100; i++) {
      await db
        .insertInto('settings')
        .values({ key: `k${i}`, value: 'x'.repeat(9_000) })
        .execute();
    }
  };
  expect(await failureOf(filling())).toBe('database_full');
  await expect(
    db.selectFrom('settings').where('key', '=', 'kept').selectAll().execute(),
  ).resolves.toHaveLength(1);
  await close();
});

test("another process's write lock of two seconds is waited for, and nothing else waits with it", async () => {
  const { db, path, close } = await temporaryDatabase();
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  const end = setTimeout(() => other.exec('COMMIT'), 2_000);
  const writes = Promise.all([
    db.insertInto('settings').values({ key: 'a', value: 'b' }).execute(),
    db
      .transaction()
      .execute((transaction) =>
        transaction.insertInto('settings').values({ key: 'c', value: 'd' }).execute(),
      ),
  ]);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const began = performance.now();
  let reads = 0;
  while (performance.now() - began < 1_500) {
    await db.selectFrom('settings').selectAll().execute();
    reads += 1;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await writes;
  expect(reads).toBeGreaterThan(15);
  expect(delay.max / 1e6).toBeLessThan(400);
  expect(await db.selectFrom('settings').select('key').execute()).toHaveLength(2);
  clearTimeout(end);
  other.close();
  await close();
});

test("another process's write lock that does not end is told as such", async () => {
  const path = join(folder, 'bangui.db');
  const database = openSqlite({ path, log: silentLog, patienceMs: 100 });
  await sql`CREATE TABLE schema_migrations (version integer)`.execute(database.db);
  await sql`CREATE TABLE settings (key text, value text)`.execute(database.db);
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  const write = () => database.db.insertInto('settings').values({ key: 'a', value: 'b' }).execute();
  expect(await failureOf(write())).toBe('database_locked');
  expect(await database.probe()).toBeNull();
  other.exec('ROLLBACK');
  other.close();
  await write();
  await database.close();
});

test('what a failed write means is kept until one succeeds', async () => {
  const database = await open(join(folder, 'bangui.db'));
  await sql`CREATE TABLE schema_migrations (version integer)`.execute(database.db);
  await sql`CREATE TABLE settings (key text, value text)`.execute(database.db);
  await sql`PRAGMA max_page_count = 1`.execute(database.db);
  const write = (value: string) => database.db.insertInto('settings').values({ key: 'a', value }).execute();
  expect(await failureOf(write('x'.repeat(90_000)))).toBe('database_full');
  await database.db.selectFrom('settings').selectAll().execute();
  expect(await database.probe()).toContain('full');
  const inTransaction = database.db.transaction().execute((transaction) =>
    transaction
      .insertInto('settings')
      .values({ key: 'a', value: 'x'.repeat(90_000) })
      .execute(),
  );
  expect(await failureOf(inTransaction)).toBe('database_full');
  await sql`PRAGMA max_page_count = 1000`.execute(database.db);
  await write('x'.repeat(90_000));
  expect(await database.probe()).toBeNull();
  await database.close();
});

test('a transaction that meets another writer is done again, without a loss', async () => {
  const { db, path, close } = await temporaryDatabase();
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  // due at once, but only heard between two tries: SQLite's own wait keeps the event loop
  setTimeout(() => other.exec('ROLLBACK'));
  await transact(db, async (transaction) => {
    await transaction.insertInto('settings').values({ key: 'a', value: 'b' }).execute();
  });
  expect(await db.selectFrom('settings').select('key').execute()).toMatchObject([{ key: 'a' }]);
  other.close();
  await close();
});

test('a transaction that reads first and writes later is not overtaken by another process', async () => {
  const { db, path, close } = await temporaryDatabase();
  const other = new DatabaseSync(path, { timeout: 0 });
  await db.transaction().execute(async (transaction) => {
    await transaction.selectFrom('settings').selectAll().execute();
    expect(() => other.exec("INSERT INTO settings VALUES ('a', 'other')")).toThrow('locked');
    await transaction.insertInto('settings').values({ key: 'a', value: 'ours' }).execute();
  });
  expect(await db.selectFrom('settings').select('value').execute()).toMatchObject([{ value: 'ours' }]);
  other.close();
  await close();
});

test('values the database cannot hold are refused instead of being stored as something else', async () => {
  const { db, close } = await temporaryDatabase();
  await expect(sql`SELECT ${{ a: 1 }}`.execute(db)).rejects.toThrow('type object');
  await close();
});
