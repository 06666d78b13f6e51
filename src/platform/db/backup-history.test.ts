/** The history in a backup: whole, searchable and with its months, whichever database it came from and goes to. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { fillWithHistory } from '../../../test/history-store.ts';
import { startPostgres, type RunningPostgres } from '../../../test/servers/postgres.ts';
import { silentLog } from '../../base/log.ts';
import { verifyBackup } from './backup-file.ts';
import { copyPostgres, restorePostgres } from './backup-postgres.ts';
import { copySqlite, makeBackup } from './backup.ts';
import { sumOf, type Sum } from './copy-rows.ts';
import { migrate, migrations } from './migrate.ts';
import { openDatabase, type DatabaseAt, type OpenDatabase } from './open.ts';
import { restoreSqlite } from './restore.ts';
import { readTables } from './tables.ts';

let server: RunningPostgres;
let folder = '';
const opened: OpenDatabase[] = [];
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bangui-backup-'));
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  rmSync(folder, { recursive: true });
});

async function open(at: DatabaseAt): Promise<OpenDatabase> {
  const database = await openDatabase({ ...at, log: silentLog, now: Date.now });
  opened.push(database);
  await migrate({ database, log: silentLog, now: Date.now });
  return database;
}
const ours = /^(history|addresses|networks|.*_sums)/;
const rowsOf = async (database: OpenDatabase) => {
  const sums: Record<string, Sum> = {};
  for (const table of await readTables(database))
    if (ours.test(table.name)) sums[table.name] = await sumOf(database, table);
  return sums;
};
const found = async ({ db, dialect }: OpenDatabase) => {
  const word =
    dialect === 'sqlite'
      ? sql<{ n: number }>`SELECT count(*) AS n FROM history_search WHERE history_search MATCH 'word7'`
      : sql<{ n: number }>`SELECT count(*) AS n FROM history_lines WHERE lines LIKE '%word7 %'`;
  return (await word.execute(db)).rows[0]?.n;
};
const backUp = (to: string, from: OpenDatabase, copyInto: (file: string) => Promise<void>) =>
  makeBackup({
    path: from.path,
    to,
    madeFrom: from.dialect,
    copyInto,
    applicationVersion: '1',
    now: Date.now(),
  });

test.each(['sqlite', 'postgres'] as const)(
  'a backup of %s holds the whole history, for either database',
  { timeout: 60_000 },
  async (kind) => {
    const path = join(folder, 'bangui.db');
    const from = await open(kind === 'sqlite' ? { path } : { url: await server.database('from') });
    await fillWithHistory(from);
    const backup = join(folder, 'one.backup');
    await backUp(backup, from, (file) =>
      kind === 'sqlite' ? Promise.resolve(copySqlite(path, file)) : copyPostgres(from, file, Date.now),
    );
    expect(verifyBackup(backup).manifest?.rows).toBeGreaterThan(1_000);
    const expected = await rowsOf(from);
    expect(Object.keys(expected).toSorted()).toEqual([
      'addresses',
      'country_sums',
      'history',
      'history_lines',
      'history_state',
      'jail_sums',
      'network_sums',
      'networks',
    ]);
    expect(expected['history']?.rows).toBe(450);
    if (kind === 'sqlite') await opened.splice(0)[0]?.close();
    restoreSqlite({ file: backup, path, newest: migrations.length, now: Date.now() });
    const restored = await open({ path });
    const onServer = await open({ url: await server.database(`to_${kind}`) });
    await restorePostgres({ from: restored, to: onServer, now: Date.now });
    for (const side of [restored, onServer]) {
      expect(await rowsOf(side)).toEqual(expected);
      expect(await found(side)).toBe(1);
    }
  },
);
