/** PostgreSQL as BanGUI's database: what it gives back, what is survived, what is said when it cannot be used. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '../../../test/bangui.ts';
import { startPostgres, type RunningPostgres } from '../../../test/servers/postgres.ts';
import { silentLog } from '../../base/log.ts';
import { describeDatabaseFailure } from './failure.ts';
import { migrate } from './migrate.ts';
import { openDatabase, type OpenDatabase } from './open.ts';
import { transact } from './transact.ts';

let server: RunningPostgres;
let admin: OpenDatabase;
const opened: OpenDatabase[] = [];
const events: string[] = [];
const log = { ...silentLog, warn: (event: string) => void events.push(event) };

beforeAll(async () => {
  server = await startPostgres();
  admin = await openDatabase({ url: await server.database('postgres'), log: silentLog, now: Date.now });
});
afterAll(async () => {
  await admin.close();
  await server.stop();
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  events.length = 0;
});

const run = (text: string) => sql.raw(text).execute(admin.db);
const open = async (url: string): Promise<OpenDatabase> => {
  const database = await openDatabase({ url, log, now: Date.now });
  opened.push(database);
  return database;
};
let count = 0;
const fresh = async (): Promise<string> => server.database(`fresh${++count}`);
const migrated = async (url?: string): Promise<OpenDatabase> => {
  const database = await open(url ?? (await fresh()));
  await migrate({ database, log: silentLog, now: Date.now });
  return database;
};
const codeOf = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    await work;
  } catch (error) {
    const own = error instanceof Error && 'code' in error ? error.code : error;
    return describeDatabaseFailure(error)?.code ?? own;
  }
  return null;
};
const changed = (url: string, change: (url: URL) => void): string => {
  const copy = new URL(url);
  change(copy);
  return copy.href;
};
const setting = (key: string) => ({ key, value: 'x' });
/** Ends every session of the database but our own, as a server that restarts does. */
const cutAll = () =>
  run(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'fresh%' AND pid <> pg_backend_pid()",
  );

test('whole numbers come back as numbers, sums of them as well, and never as another number', async () => {
  const { db } = await open(await fresh());
  const ask = (text: string) => sql<{ n: number }>`SELECT ${sql.raw(text)}`.execute(db);
  expect((await ask('253402300799999::bigint AS n')).rows).toEqual([{ n: 253_402_300_799_999 }]);
  expect((await ask('sum(x) AS n FROM (VALUES (1::bigint), (2)) t(x)')).rows).toEqual([{ n: 3 }]);
  await expect(ask('9007199254740993::bigint')).rejects.toThrow('not exact');
});

test('text is ordered and compared byte by byte, whatever locale the database has', async () => {
  await run("CREATE DATABASE german TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de-DE' LOCALE 'C'");
  const { db } = await migrated(await server.database('german'));
  const keys = ['a', 'B', 'ä', 'b', '_', 'A', '1', '𝕏', '\uffff', 'z'];
  await db.insertInto('settings').values(keys.map(setting)).execute();
  const rows = await db.selectFrom('settings').orderBy('key').select('key').execute();
  const bytes = keys.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  expect(rows.map((row) => row.key)).toEqual(bytes);
  const { rows: others } = await sql`
    SELECT attrelid::regclass::text, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND atttypid = 'text'::regtype
      AND attcollation <> '"C"'::regcollation`.execute(db);
  expect(others).toEqual([]);
});

test('connections cut by the server, idle and in use, end nothing but their own queries', async () => {
  const { db } = await migrated();
  await Promise.all(Array.from({ length: 5 }, () => sql`SELECT pg_sleep(0.05)`.execute(db)));
  await cutAll();
  const inUse = sql`SELECT pg_sleep(60)`.execute(db);
  const idleInside = db.transaction().execute(async (transaction) => {
    await transaction.selectFrom('settings').selectAll().execute();
    await cutAll();
    await sleep(100);
    await transaction.insertInto('settings').values(setting('inside')).execute();
  });
  expect(await Promise.all([codeOf(inUse), codeOf(idleInside)])).toEqual([
    'database_connection_lost',
    'database_connection_lost',
  ]);
  expect(events).toContain('database_connection_lost');
  const read = () => db.selectFrom('settings').selectAll().execute();
  await until('queries are answered again', async () => (await codeOf(read())) === null);
  expect(await read()).toEqual([]);
});

test('a transaction whose connection is cut before its end is done again, once in effect', async () => {
  const { db } = await migrated();
  let tries = 0;
  await transact(db, async (transaction) => {
    await transaction.insertInto('settings').values(setting('once')).execute();
    if (++tries < 3) await cutAll();
    await transaction.selectFrom('settings').selectAll().execute();
  });
  expect(tries).toBe(3);
  expect(await db.selectFrom('settings').selectAll().execute()).toEqual([setting('once')]);
});

test('a transaction that may have been stored is not done again', async () => {
  const { db } = await migrated();
  let tries = 0;
  const work = transact(db, async (transaction) => {
    tries += 1;
    await transaction.insertInto('settings').values(setting('once')).execute();
    await cutAll();
  });
  expect(await codeOf(work)).toBe('database_connection_lost');
  expect(tries).toBe(1);
});

test('two transactions that wait for each other both get through', async () => {
  const { db } = await migrated();
  await db.insertInto('settings').values(['a', 'b'].map(setting)).execute();
  let waiting = 0;
  const both = async (first: string, second: string) =>
    transact(db, async (transaction) => {
      const touch = (key: string) =>
        transaction.updateTable('settings').set({ value: first }).where('key', '=', key).execute();
      await touch(first);
      waiting += 1;
      while (waiting < 2) await sleep(5);
      await touch(second);
    });
  await Promise.all([both('a', 'b'), both('b', 'a')]);
  expect(waiting).toBe(3);
});

test('what never passes is tried three times at most', async () => {
  const { db } = await migrated();
  let tries = 0;
  const work = transact(db, async (transaction) => {
    tries += 1;
    await sql`DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$`.execute(transaction);
  });
  expect(await codeOf(work)).toBe('database_conflict');
  expect(tries).toBe(3);
});

test('a statement that takes too long is ended and told', async () => {
  const { db } = await open(
    changed(await fresh(), (url) => url.searchParams.set('statement_timeout', '100')),
  );
  expect(await codeOf(sql`SELECT pg_sleep(30)`.execute(db))).toBe('database_slow');
});

test('a database that takes no changes is told as such', async () => {
  const url = await fresh();
  const database = await migrated(url);
  await run(`ALTER DATABASE ${new URL(url).pathname.slice(1)} SET default_transaction_read_only = on`);
  await database.close();
  const { db } = await open(url);
  expect(await codeOf(db.insertInto('settings').values(setting('a')).execute())).toBe('database_read_only');
});

test('the probe opens, reads and closes, and says what is wrong', async () => {
  const database = await open(await fresh());
  expect(await database.probe()).toContain('schema_migrations');
  await migrate({ database, log: silentLog, now: Date.now });
  expect(await database.probe()).toBeNull();
  const own = sql<{ n: number }>`
    SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()`;
  const before = (await own.execute(database.db)).rows;
  await database.probe();
  expect((await own.execute(database.db)).rows).toEqual(before);
});

test('every reason not to open is a sentence with a code, without the password', async () => {
  await run("CREATE ROLE plain LOGIN PASSWORD 'right'");
  await run("CREATE ROLE locked LOGIN PASSWORD 'right' CONNECTION LIMIT 0");
  await run("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'");
  const { rows } = await sql<{ hba_file: string }>`SHOW hba_file`.execute(admin.db);
  const hba = rows[0]?.hba_file ?? '';
  writeFileSync(hba, `host all plain,locked 127.0.0.1/32 scram-sha-256\n${readFileSync(hba, 'utf8')}`);
  await run('SELECT pg_reload_conf()');
  const url = await fresh();
  const as = (user: string, password: string) =>
    changed(url, (one) => {
      one.username = user;
      one.password = password;
    });
  const reasons: [string, string][] = [
    [as('plain', 'hunter2'), 'database_login_refused'],
    [as('nobody', 'hunter2'), 'database_login_refused'],
    [as('locked', 'right'), 'database_too_many_connections'],
    [changed(as('plain', 'right'), (one) => (one.pathname = '/none')), 'database_missing'],
    [changed(as('plain', 'hunter2'), (one) => (one.port = '1')), 'database_unreachable'],
    ['postgres:///x?host=/nowhere', 'database_unreachable'],
    [changed(as('plain', 'hunter2'), (one) => (one.hostname = 'none.invalid')), 'database_unreachable'],
    [
      changed(as('plain', 'hunter2'), (one) => one.searchParams.set('sslmode', 'verify-full')),
      'database_tls',
    ],
    [await server.database('latin'), 'database_encoding'],
  ];
  for (const [wrong, code] of reasons) {
    const refused = openDatabase({ url: wrong, log, now: Date.now });
    await expect(refused).rejects.toMatchObject({ name: 'StartError', code });
    await expect(refused).rejects.toThrow(/^(?!.*(hunter2|right)).*PostgreSQL database/);
  }
  // may sign in, but owns nothing
  const database = await open(as('plain', 'right'));
  const refused = migrate({ database, log: silentLog, now: Date.now });
  await expect(refused).rejects.toMatchObject({ code: 'database_forbidden' });
});

test('a server that ends while BanGUI uses it is told as such', async () => {
  const other = await startPostgres();
  const { db } = await migrated(await other.database('fresh'));
  const running = sql`SELECT pg_sleep(60)`.execute(db);
  const told = codeOf(running);
  await other.stop();
  expect(await told).toBe('database_connection_lost');
  expect(await codeOf(db.selectFrom('settings').selectAll().execute())).toBe('database_unreachable');
});
