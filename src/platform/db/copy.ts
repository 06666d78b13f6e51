/** Moves an installation from one database to another: all rows, in their order, verified, and resumable. */
import { sql } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { StartError } from '../../base/start-error.ts';
import { markTable, readMark, removeMark, setMark } from './copy-mark.ts';
import { batchesAfter, countRows, insertRows, lastRow, sumOf, type Sum } from './copy-rows.ts';
import { rebuildSearch } from './history-search.ts';
import { migrate, readVersion } from './migrate.ts';
import type { OpenDatabase } from './open.ts';
import { readTables, type Table } from './tables.ts';

/** Of the database rather than of the installation, or of the instance that runs on it. */
const notCopied = ['schema_migrations', 'scheduler_lock', 'scheduler_tenure', markTable];

/** A migration puts a row there, so that an empty database holds one. */
const filledByMigrations = ['scheduler_fence'];

/** A holder of the scheduler lock that was silent this long is taken for gone, ms. */
const staleMs = 60_000;

export interface Progress {
  table: string;
  step: 'copied' | 'verified';
  rows: number;
  total: number;
}

interface CopyOptions {
  from: OpenDatabase;
  to: OpenDatabase;
  now: Clock;
  onProgress: (progress: Progress) => void;
}

export type CopiedTable = Sum & { table: string };

/**
 * Brings both sides to our schema version first. Stopped at any moment, even by kill -9, the same call goes on; until
 * it has ended well, no BanGUI starts on the target. Answers what both sides hold. Throws StartError when it may not
 * begin, or when both sides differ in the end.
 */
export async function copyDatabase({ from, to, now, onProgress }: CopyOptions): Promise<CopiedTable[]> {
  if (from.place === to.place) throw refusal('database_copy_same', 'Both sides are the same database.');
  for (const side of [from, to]) await refuseInUse(side, now());
  if (!(await namesIn(from)).includes('schema_migrations')) {
    throw refusal('database_copy_no_source', `There is nothing of BanGUI in the source. ${from.place}`);
  }
  await migrate({ database: from, log: silentLog, now });
  const source = await fingerprint(from);
  await refuseNewer(from, to);
  const resumed = await claim(to, source);
  await migrate({ database: to, log: silentLog, now, copying: true });
  const tables = await copiedTables(from, to);
  if (!resumed) {
    // what migrations put there themselves comes with the copy as well
    await empty(to, tables);
    await setMark(to, { source, cleared: 1 });
  }
  const copy = { from, to, tables, onProgress };
  await copyRows(copy);
  let outcome = await compare(copy);
  if (resumed && outcome.differing.length > 0) {
    // the source was used since the copy was interrupted
    await empty(to, tables);
    await copyRows(copy);
    outcome = await compare(copy);
  }
  if (outcome.differing.length > 0) {
    throw refusal(
      'database_copy_differs',
      `The copy differs from the source in ${outcome.differing.join(', ')}: something changed it meanwhile. End every ` +
        'BanGUI on both sides, then copy again.',
    );
  }
  if (to.dialect === 'postgres') await setIdentities(to, tables);
  else await rebuildSearch(to.db);
  await removeMark(to);
  return outcome.sums;
}

const refusal = (code: string, message: string): StartError => new StartError(code, message);

async function namesIn(database: OpenDatabase): Promise<string[]> {
  return (await readTables(database)).map(({ name }) => name);
}

async function refuseInUse(side: OpenDatabase, time: number): Promise<void> {
  if (!(await namesIn(side)).includes('scheduler_lock')) return;
  const holder = await side.db
    .selectFrom('scheduler_lock')
    .where('heartbeat_at', '>', time - staleMs)
    .select(['pid', 'hostname'])
    .executeTakeFirst();
  if (holder === undefined) return;
  throw refusal(
    'database_in_use',
    `BanGUI runs on this database: process ${holder.pid} on ${holder.hostname}. End it first; one that crashed counts as ` +
      `gone after 60 s. ${side.place}`,
  );
}

async function refuseNewer(from: OpenDatabase, to: OpenDatabase): Promise<void> {
  if (!(await namesIn(to)).includes('schema_migrations')) return;
  if ((await readVersion(to.db)) <= (await readVersion(from.db))) return;
  const message = `The target comes from a newer BanGUI. Copy with that one. ${to.place}`;
  throw refusal('database_from_newer_version', message);
}

/** When the first migration ran, to the millisecond: no two installations share it, and it never changes. */
async function fingerprint({ db }: OpenDatabase): Promise<string> {
  const first = db.selectFrom('schema_migrations').orderBy('version').select('applied_at');
  return String((await first.executeTakeFirstOrThrow()).applied_at);
}

/** Marks the target as ours. True when an earlier copy of this source has put rows there. */
async function claim(to: OpenDatabase, source: string): Promise<boolean> {
  const mark = await readMark(to);
  if (mark?.source === source) return mark.cleared === 1;
  const tables = await readTables(to);
  for (const table of mark === null ? tables : []) {
    const ours = tables.some(({ name }) => name === 'schema_migrations');
    const mayHold = [...notCopied, ...filledByMigrations].includes(table.name);
    if (ours && (mayHold || (await countRows(to, table)) === 0)) continue;
    throw refusal(
      'database_copy_target_used',
      `The target holds other data, in table ${table.name}. Copy into an empty database. ${to.place}`,
    );
  }
  if (mark !== null) {
    throw refusal(
      'database_copy_target_used',
      `The target holds an unfinished copy of another installation. Copy into an empty database. ${to.place}`,
    );
  }
  await setMark(to, { source, cleared: 0 });
  return false;
}

async function copiedTables(from: OpenDatabase, to: OpenDatabase): Promise<Table[]> {
  const ours = (tables: Table[]) => tables.filter(({ name }) => !notCopied.includes(name));
  const [tables, others] = [ours(await readTables(from)), ours(await readTables(to))];
  const shape = (list: readonly Table[]) =>
    list.map(({ name, columns, key }) => JSON.stringify([name, columns, key])).toSorted();
  const [here, there] = [shape(tables), shape(others)];
  if (here.length !== there.length || here.some((one, index) => one !== there[index])) {
    throw refusal('database_copy_schema', 'The two sides do not have the same tables and columns.');
  }
  const keyless = tables.find(({ key }) => key.length === 0);
  if (keyless !== undefined) throw new Error(`table ${keyless.name} has no primary key to copy it by`);
  return tables;
}

interface Copy {
  from: OpenDatabase;
  to: OpenDatabase;
  tables: readonly Table[];
  onProgress: (progress: Progress) => void;
}

async function copyRows({ from, to, tables, onProgress }: Copy): Promise<void> {
  for (const table of tables) {
    const total = await countRows(from, table);
    let rows = await countRows(to, table);
    for await (const batch of batchesAfter(from, table, await lastRow(to, table))) {
      await insertRows(to, table, batch);
      rows += batch.length;
      onProgress({ table: table.name, step: 'copied', rows, total });
    }
  }
}

async function compare({ from, to, tables, onProgress }: Copy) {
  const sums: CopiedTable[] = [];
  const differing: string[] = [];
  for (const table of tables) {
    const [ours, theirs] = [await sumOf(from, table), await sumOf(to, table)];
    if (ours.rows === theirs.rows && ours.checksum === theirs.checksum) {
      sums.push({ table: table.name, ...ours });
      onProgress({ table: table.name, step: 'verified', rows: ours.rows, total: ours.rows });
    } else differing.push(table.name);
  }
  return { sums, differing };
}

/** Children before their parents. */
export async function empty({ db, dialect }: OpenDatabase, tables: readonly Table[]): Promise<void> {
  const names = tables.map(({ name }) => sql.table(name)).toReversed();
  if (dialect === 'postgres') await sql`TRUNCATE ${sql.join(names)}`.execute(db);
  else for (const name of names) await sql`DELETE FROM ${name}`.execute(db);
}

/** PostgreSQL counts identities apart from the rows; the next one follows the highest that was copied. */
export async function setIdentities({ db }: OpenDatabase, tables: readonly Table[]): Promise<void> {
  for (const { name, key } of tables) {
    const [column] = key;
    if (column === undefined || key.length > 1) continue;
    const { rows } = await sql<{ sequence: string | null }>`
      SELECT pg_get_serial_sequence(${name}, ${column}) AS sequence`.execute(db);
    const sequence = rows[0]?.sequence ?? null;
    if (sequence === null) continue;
    const next = sql`SELECT coalesce(max(${sql.ref(column)}), 0) + 1 FROM ${sql.table(name)}`;
    await sql`SELECT setval(${sequence}, (${next}), false)`.execute(db);
  }
}
