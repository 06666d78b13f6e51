/** The copy of the file that is made before its first pending migration. */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { migrate, readVersion, type Migration } from './migrate.ts';
import { openDatabase, type OpenDatabase } from './open.ts';

let folder = '';
let database: OpenDatabase;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bangui-backup-'));
  database = await openDatabase({ path: join(folder, 'bangui.db'), log: silentLog, now: systemClock });
});
afterEach(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

const run = (list: readonly Migration[]) => migrate({ database, log: silentLog, now: systemClock, list });
const table = (name: string): Migration => ({
  name,
  up: async (db) => void (await sql`CREATE TABLE ${sql.table(name)} (a integer)`.execute(db)),
});
const failing: Migration = { name: 'failing', up: () => Promise.reject(new Error('half is missing')) };

test('an existing database is copied before its first pending step, an empty one is not', async () => {
  await run([table('one')]);
  expect(existsSync(`${database.path}.before-migration-1`)).toBe(false);
  await run([table('one'), table('two')]);
  const copy = `${database.path}.before-migration-2`;
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  const old = await openDatabase({ path: copy, log: silentLog, now: systemClock });
  expect(await readVersion(old.db)).toBe(1);
  await old.close();
});

test('a step that keeps failing does not fill the disk with copies', async () => {
  await run([table('one')]);
  await expect(run([table('one'), failing])).rejects.toThrow();
  await expect(run([table('one'), failing])).rejects.toThrow();
  expect(existsSync(`${database.path}.before-migration-2`)).toBe(true);
  expect(existsSync(`${database.path}.before-migration-2.partial`)).toBe(false);
});
