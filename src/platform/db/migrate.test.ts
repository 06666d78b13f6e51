/** Migrations as the deployment contract promises them: atomic, repeatable, by hand when need be; on either database. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { databaseOf, dropDatabaseOf, onPostgres } from '../../../test/servers/test-databases.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog, type Log } from '../../base/log.ts';
import { migrate, migrations, readVersion, type Migration } from './migrate.ts';
import { openDatabase, type DatabaseAt, type OpenDatabase } from './open.ts';

let folder = '';
let at: DatabaseAt;
let database: OpenDatabase;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bangui-migrate-'));
  at = onPostgres() ? { url: await databaseOf(folder) } : { path: join(folder, 'bangui.db') };
  database = await open();
});
afterEach(async () => {
  await database.close();
  if (onPostgres()) await dropDatabaseOf(folder);
  rmSync(folder, { recursive: true });
});

const open = () => openDatabase({ ...at, log: silentLog, now: systemClock });
const run = (list: readonly Migration[], log: Log = silentLog) =>
  migrate({ database, log, now: systemClock, list });
const table = (name: string): Migration => ({
  name,
  up: async (db) => void (await sql`CREATE TABLE ${sql.table(name)} (a integer)`.execute(db)),
});
const failing: Migration = {
  name: 'failing',
  async up(db) {
    await sql`CREATE TABLE half (a integer)`.execute(db);
    throw new Error('the second half is missing');
  },
};
const tables = async () => (await database.db.introspection.getTables()).map(({ name }) => name);

test('an empty database gets every step, each announced, and a second run does nothing', async () => {
  const events: unknown[] = [];
  const log = { ...silentLog, info: (event: string, fields?: unknown) => void events.push([event, fields]) };
  expect(await run([table('one'), table('two')], log)).toBe(2);
  expect(events).toEqual([
    ['migrating_database_schema', { version: 1, name: 'one' }],
    ['migrating_database_schema', { version: 2, name: 'two' }],
  ]);
  expect(await run([table('one'), table('two')], log)).toBe(2);
  expect(events).toHaveLength(2);
});

test('the real steps give every table of the schema', async () => {
  expect(await run(migrations)).toBe(migrations.length);
  expect(await tables()).toEqual(
    expect.arrayContaining(['users', 'sessions', 'scheduler_lock', 'active_bans']),
  );
});

test('a step that fails leaves nothing behind and is tried again', async () => {
  await expect(run([table('one'), failing])).rejects.toMatchObject({ code: 'database_migration_failed' });
  expect(await readVersion(database.db)).toBe(1);
  expect(await tables()).not.toContain('half');
  expect(await run([table('one'), table('half')])).toBe(2);
});

test('a version inserted by hand counts as applied', async () => {
  await run([table('one')]);
  await sql`INSERT INTO schema_migrations (version) VALUES (2)`.execute(database.db);
  expect(await run([table('one'), failing])).toBe(2);
  const row = await database.db
    .selectFrom('schema_migrations')
    .where('version', '=', 2)
    .selectAll()
    .executeTakeFirst();
  expect(row?.applied_at).toBeGreaterThan(Date.now() - 60_000);
});

test('a database of a newer version is refused', async () => {
  await run([table('one'), table('two')]);
  await expect(run([table('one')])).rejects.toMatchObject({ code: 'database_from_newer_version' });
});

test('two instances that start at once apply each step once', async () => {
  const other = await open();
  const list = [table('one'), table('two')];
  const both = [database, other].map((each) =>
    migrate({ database: each, log: silentLog, now: systemClock, list }),
  );
  expect(await Promise.all(both)).toEqual([2, 2]);
  await other.close();
});

test('killed in the middle of a step, the next start is clean and goes on', async () => {
  await run([table('one')]);
  const child = spawn(process.execPath, ['--input-type=module', '-e', halfwayScript], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, BANGUI_TEST_AT: JSON.stringify(at) },
  });
  const died = new Promise((resolve) => child.once('exit', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGKILL');
  await died;
  await database.close();
  database = await open();
  expect(await readVersion(database.db)).toBe(1);
  expect(await tables()).not.toContain('half');
  expect(await run([table('one'), table('half')])).toBe(2);
});

const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
const halfwayScript = `
import { openDatabase } from ${module('./open.ts')};
import { migrate } from ${module('./migrate.ts')};
import { silentLog } from ${module('../../base/log.ts')};
import { sql } from ${JSON.stringify(import.meta.resolve('kysely'))};
const database = await openDatabase({ ...JSON.parse(process.env.BANGUI_TEST_AT), log: silentLog, now: Date.now });
const half = { name: 'half', async up(db) {
  await sql\`CREATE TABLE half (a integer)\`.execute(db);
  await sql\`INSERT INTO half VALUES (1)\`.execute(db);
  console.log('halfway');
  await new Promise((resolve) => setTimeout(resolve, 60_000));
} };
await migrate({ database, log: silentLog, now: Date.now, list: [{ name: 'one', up: async () => {} }, half] });
`;
