/** Moving an installation: nothing is lost or changed, whenever it is interrupted; and nobody else's data is touched. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { fillWithHistory } from '../../../test/history-store.ts';
import { fillWithOddRows } from '../../../test/odd-rows.ts';
import { startPostgres, type RunningPostgres } from '../../../test/servers/postgres.ts';
import { silentLog } from '../../base/log.ts';
import { checkHistory } from '../../features/history/store/check.ts';
import { readMark } from './copy-mark.ts';
import { sumOf } from './copy-rows.ts';
import { copyDatabase, type Progress } from './copy.ts';
import { migrate } from './migrate.ts';
import { openDatabase, type DatabaseAt, type OpenDatabase } from './open.ts';
import { readTables } from './tables.ts';

let server: RunningPostgres;
let folder = '';
let databases = 0;
const opened: OpenDatabase[] = [];

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bangui-copy-'));
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  rmSync(folder, { recursive: true });
});

const open = async (at: DatabaseAt): Promise<OpenDatabase> => {
  const database = await openDatabase({ ...at, log: silentLog, now: Date.now });
  opened.push(database);
  return database;
};
const aFile = (): { path: string } => ({ path: join(folder, `${++databases}.db`) });
const onServer = async (): Promise<{ url: string }> => ({ url: await server.database(`copy${++databases}`) });
const installation = async (at: DatabaseAt, rows: number): Promise<OpenDatabase> => {
  const database = await open(at);
  await migrate({ database, log: silentLog, now: Date.now });
  await fillWithOddRows(database.db, rows);
  await fillWithHistory(database);
  return database;
};
const copy = (from: OpenDatabase, to: OpenDatabase, onProgress: (progress: Progress) => void = () => {}) =>
  copyDatabase({ from, to, now: Date.now, onProgress });
const sums = async (database: OpenDatabase) => {
  const result: Record<string, unknown> = {};
  for (const table of await readTables(database)) {
    if (/^(schema_migrations|scheduler_\w+)$/.test(table.name)) continue;
    result[table.name] = await sumOf(database, table);
  }
  return result;
};

test('from SQLite to PostgreSQL and back, every row is the same', { timeout: 120_000 }, async () => {
  const first = await installation(aFile(), 5_000);
  const second = await open(await onServer());
  const third = await open(aFile());
  const there = await copy(first, second);
  const back = await copy(second, third);
  expect(back).toEqual(there);
  expect(there.find(({ table }) => table === 'active_bans')?.rows).toBe(5_000);
  const expected = await sums(first);
  expect(Object.keys(expected).length).toBeGreaterThan(5);
  expect(await sums(second)).toEqual(expected);
  expect(await sums(third)).toEqual(expected);
  const everything = (one: OpenDatabase) => one.db.selectFrom('audit').orderBy('id').selectAll().execute();
  expect(await everything(second)).toEqual(await everything(first));
  expect(await everything(third)).toEqual(await everything(first));
});

test('a copied history adds up and is searched, on either database', { timeout: 60_000 }, async () => {
  const first = await installation(aFile(), 1);
  const second = await open(await onServer());
  const third = await open(aFile());
  await copy(first, second);
  const back = await copy(second, third);
  expect(back.find(({ table }) => table === 'history')?.rows).toBe(450);
  expect(back.map(({ table }) => table).filter((table) => /search|_2026/.test(table))).toEqual([]);
  for (const { db, dialect } of [first, second, third])
    expect(await checkHistory({ db, dialect, hostId: 'local' })).toEqual([]);
  const word = sql<{
    n: number;
  }>`SELECT count(*) AS n FROM history_search WHERE history_search MATCH 'word7'`;
  expect((await word.execute(third.db)).rows).toEqual((await word.execute(first.db)).rows);
  expect((await word.execute(third.db)).rows).toEqual([{ n: 1 }]);
});

test('a new row gets an id that no copied one has', async () => {
  const from = await installation(aFile(), 10);
  const to = await open(await onServer());
  await copy(from, to);
  const user = { name: 'new', role: 'x', password_hash: 'x', created_at: 1, password_changed_at: 1 };
  const row = await to.db.insertInto('users').values(user).returning('id').executeTakeFirstOrThrow();
  expect(row.id).toBe(90_000_000_001);
});

test('a checksum tells a changed, a missing and an exchanged value', async () => {
  const database = await installation(aFile(), 20);
  const tables = await readTables(database);
  const audit = tables.find(({ name }) => name === 'audit');
  if (audit === undefined) throw new Error('no table audit');
  const seen = new Set([(await sumOf(database, audit)).checksum]);
  const changes = [
    sql`UPDATE audit SET detail = detail || ' ' WHERE id = 3`,
    sql`UPDATE audit SET host_id = 'null' WHERE host_id IS NULL AND id = 4`,
    sql`UPDATE audit SET actor = client, client = actor WHERE id = 2`,
    sql`DELETE FROM audit WHERE id = 20`,
  ];
  for (const change of changes) {
    await change.execute(database.db);
    seen.add((await sumOf(database, audit)).checksum);
  }
  expect(seen.size).toBe(5);
});

/** Runs the command; kills it with -9 at the first line that `killAt` wants. Answers what it said. */
const command = async (from: DatabaseAt, to: DatabaseAt, killAt: (line: string) => boolean = () => false) => {
  const words = [from, to].map((at) => ('path' in at ? at.path : at.url));
  const args = ['src/cli.ts', 'database', 'copy', '--from', words[0] ?? '', '--to', words[1] ?? ''];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  child.stderr.on('data', (text) => said.push(String(text)));
  createInterface({ input: child.stdout }).on('line', (line) => {
    said.push(line);
    if (killAt(line)) child.kill('SIGKILL');
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, said };
};
const isHalf = (line: string): boolean => {
  const [, rows, total] = /copied (\d+) of (\d+)/.exec(line) ?? [];
  return rows !== undefined && rows !== total;
};

test(
  'killed half-way, no BanGUI starts on the half; the same command goes on',
  { timeout: 120_000 },
  async () => {
    const [source, target] = [aFile(), await onServer()];
    const from = await installation(source, 8_000);
    const expected = await sums(from);
    expect((await command(source, target, isHalf)).code).toBeNull();
    const to = await open(target);
    expect(await readMark(to)).not.toBeNull();
    expect(await sums(to)).not.toEqual(expected);
    await expect(migrate({ database: to, log: silentLog, now: Date.now })).rejects.toMatchObject({
      code: 'database_copy_unfinished',
    });
    const { code, said } = await command(source, target);
    expect(code).toBe(0);
    expect(said.at(-1)).toContain('are the same on both sides');
    expect(await sums(to)).toEqual(expected);
    expect(await readMark(to)).toBeNull();
  },
);

test.each(['SQLite to PostgreSQL', 'PostgreSQL to SQLite'])(
  '%s: cut again and again, it goes on',
  async (way) => {
    const places = [aFile(), await onServer()];
    if (way.startsWith('PostgreSQL')) places.reverse();
    const [source, target] = places;
    if (source === undefined || target === undefined) throw new Error('two places');
    const from = await installation(source, 4_500);
    const to = await open(target);
    let cuts = 0;
    const cutAtThird = async (): Promise<boolean> => {
      let batches = 0;
      try {
        await copy(from, to, ({ step }) => {
          if (step === 'copied' && ++batches === 3) throw new Error('cut');
        });
        return false;
      } catch (error) {
        expect(String(error)).toBe('Error: cut');
        return true;
      }
    };
    while (await cutAtThird()) cuts += 1;
    expect(cuts).toBeGreaterThan(2);
    expect(await sums(to)).toEqual(await sums(from));
  },
);

test('a source that was used after the interruption is copied anew', async () => {
  const from = await installation(aFile(), 2_500);
  const to = await open(await onServer());
  const cut = copy(from, to, ({ table, rows }) => {
    if (table === 'audit' && rows >= 2_000) throw new Error('cut');
  });
  await expect(cut).rejects.toThrow('cut');
  await sql`UPDATE audit SET detail = 'changed' WHERE id <= 5`.execute(from.db);
  await sql`DELETE FROM users WHERE id = 7`.execute(from.db);
  await copy(from, to);
  expect(await sums(to)).toEqual(await sums(from));
});

test('a source that changes meanwhile is told, and the next copy is right', async () => {
  const source = aFile();
  const from = await installation(source, 2_500);
  const to = await open(await onServer());
  const beside = new DatabaseSync(source.path);
  const disturbed = copy(from, to, ({ table, step }) => {
    if (table === 'audit' && step === 'copied') beside.exec('UPDATE audit SET at = at + 1 WHERE id <= 5');
  });
  await expect(disturbed).rejects.toMatchObject({ code: 'database_copy_differs' });
  beside.close();
  await copy(from, to);
  expect(await sums(to)).toEqual(await sums(from));
});

test('a target with other data is refused and left alone', async () => {
  const from = await installation(aFile(), 10);
  const used = await installation(await onServer(), 3);
  const before = await sums(used);
  await expect(copy(from, used)).rejects.toMatchObject({ code: 'database_copy_target_used' });
  expect(await sums(used)).toEqual(before);
  const foreign = await open(await onServer());
  await sql`CREATE TABLE other_program (a integer)`.execute(foreign.db);
  await expect(copy(from, foreign)).rejects.toThrow('other_program');
  expect((await readTables(foreign)).map(({ name }) => name)).toEqual(['other_program']);
});

test('an unfinished copy of another installation is refused', async () => {
  const [one, other] = [await installation(aFile(), 10), await installation(aFile(), 20)];
  const to = await open(await onServer());
  const cut = copy(one, to, () => {
    throw new Error('cut');
  });
  await expect(cut).rejects.toThrow('cut');
  await expect(copy(other, to)).rejects.toThrow('unfinished copy of another installation');
});

test('nothing is copied while BanGUI runs on either side', async () => {
  const from = await installation(aFile(), 10);
  const to = await open(await onServer());
  await migrate({ database: to, log: silentLog, now: Date.now });
  const holder = { id: 1, holder: 'x', pid: 42, hostname: 'web1', boot_id: '', pid_namespace: '' };
  const row = { ...holder, process_started: '', acquired_at: 1, heartbeat_at: Date.now() };
  for (const side of [from, to]) {
    await side.db.insertInto('scheduler_lock').values(row).execute();
    await expect(copy(from, to)).rejects.toMatchObject({ code: 'database_in_use' });
    await expect(copy(from, to)).rejects.toThrow('process 42 on web1');
    await side.db
      .updateTable('scheduler_lock')
      .set({ heartbeat_at: Date.now() - 61_000 })
      .execute();
  }
  await copy(from, to);
});

test('a newer side is refused, and so is a source without BanGUI', async () => {
  const from = await installation(aFile(), 10);
  const newer = await open(await onServer());
  await migrate({ database: newer, log: silentLog, now: Date.now });
  await sql`INSERT INTO schema_migrations (version) VALUES (9999)`.execute(newer.db);
  await expect(copy(from, newer)).rejects.toMatchObject({ code: 'database_from_newer_version' });
  await expect(copy(newer, await open(aFile()))).rejects.toMatchObject({
    code: 'database_from_newer_version',
  });
  const nothing = await open(await onServer());
  await expect(copy(nothing, await open(aFile()))).rejects.toMatchObject({ code: 'database_copy_no_source' });
  await expect(copy(from, from)).rejects.toMatchObject({ code: 'database_copy_same' });
});

test('text that PostgreSQL cannot hold is named with its row', async () => {
  const from = await installation(aFile(), 1);
  await from.db.insertInto('settings').values({ key: 'odd', value: 'a\0b' }).execute();
  const copied = copy(from, await open(await onServer()));
  await expect(copied).rejects.toThrow('Column value of table settings holds a NUL character');
  await expect(copied).rejects.toThrow('{"key":"odd"}');
});

test('the command says what it needs, and what it cannot find', async () => {
  const usage = await command(aFile(), { path: '' });
  expect([usage.code, usage.said.join()]).toEqual([1, expect.stringContaining('There is no database at')]);
  const child = spawn(process.execPath, ['src/cli.ts', 'database', 'copy', '--to', 'x'], { stdio: 'ignore' });
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(1);
});
