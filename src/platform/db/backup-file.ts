/**
 * What a backup is: an SQLite database in BanGUI's own schema, whichever database it was made from, that tells in its
 * table `bangui_backup` when, by which version and from what it was made, and what its contents sum up to.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { StartError } from '../../base/start-error.ts';
import { describeOpeningFailure } from './failure-opening.ts';

const manifestShape = z.object({
  format: z.literal('1'),
  /** Version of BanGUI that made it. */
  application_version: z.string(),
  schema_version: z.coerce.number().int().min(1),
  /** RFC 3339, UTC. */
  made_at: z.iso.datetime(),
  made_from: z.enum(['sqlite', 'postgres']),
  rows: z.coerce.number().int().min(0),
  /** SHA-256 over every row of every table. */
  checksum: z.string().length(64),
});

export type Manifest = z.output<typeof manifestShape>;

/** "BanG" in the header of the file, where `file` and SQLite look for whose it is. */
const applicationId = 0x42616e47;

/**
 * Tables whose rows must not come back: whoever was signed out since would be signed in again, and the others tell of
 * the instances that ran then.
 */
export const transient = ['sessions', 'scheduler_lock', 'scheduler_tenure', 'shared_limits', 'mirror_state'];

interface SealOptions {
  file: string;
  applicationVersion: string;
  madeFrom: Manifest['made_from'];
  /** ms. */
  now: number;
}

/** Makes a backup of a copy of a database. */
export function sealBackup({ file, applicationVersion, madeFrom, now }: SealOptions): Manifest {
  return using(file, false, (database) => {
    // One file, whatever it was copied with.
    database.exec('PRAGMA journal_mode = DELETE');
    removeTransient(database);
    const manifest = {
      format: '1' as const,
      application_version: applicationVersion,
      schema_version: schemaVersion(database),
      made_at: new Date(now).toISOString(),
      made_from: madeFrom,
      ...contents(database),
    };
    database.exec(`PRAGMA application_id = ${applicationId}`);
    database.exec('CREATE TABLE bangui_backup (key text PRIMARY KEY, value text NOT NULL)');
    const insert = database.prepare('INSERT INTO bangui_backup VALUES (?, ?)');
    for (const [key, value] of Object.entries(manifest)) insert.run(key, String(value));
    return manifest;
  });
}

/** Makes a plain database of a copy of a backup. */
export function unsealBackup(file: string): void {
  using(file, false, (database) => {
    removeTransient(database);
    database.exec('PRAGMA application_id = 0');
  });
}

/**
 * Reads every row. Answers the manifest and the schema's version; a null manifest for a database of BanGUI that is no
 * backup, such as the copy made before a migration. Throws StartError `backup_damaged` or `backup_foreign`.
 */
export function verifyBackup(file: string): { manifest: Manifest | null; version: number } {
  return using(file, true, (database) => {
    const tables = tablesOf(database);
    if (!tables.includes('schema_migrations') || !tables.includes('settings')) throw foreign(file);
    const integrity = database.prepare('PRAGMA integrity_check(1)').get();
    if (integrity?.['integrity_check'] !== 'ok') throw damaged(file, 'its structure is broken');
    if (database.prepare('PRAGMA foreign_key_check').get() !== undefined)
      throw damaged(file, 'rows that belong together are missing');
    const version = schemaVersion(database);
    if (!tables.includes('bangui_backup')) return { manifest: null, version };
    const pairs = database.prepare('SELECT key, value FROM bangui_backup').all();
    const manifest = manifestShape.safeParse(
      Object.fromEntries(pairs.map((row) => [row['key'], row['value']])),
    );
    if (!manifest.success) throw damaged(file, 'it does not say how it was made');
    const { rows, checksum } = contents(database);
    if (manifest.data.rows !== rows || manifest.data.checksum !== checksum)
      throw damaged(file, 'its contents are not those that were written');
    if (manifest.data.schema_version !== version) throw damaged(file, 'its schema version is another');
    return { manifest: manifest.data, version };
  });
}

/** By the first 100 bytes, without a look at the rest. */
export function isBackup(file: string): boolean {
  const header = Buffer.alloc(100);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, header, 0, 100, 0);
  } finally {
    closeSync(descriptor);
  }
  return header.toString('latin1', 0, 15) === 'SQLite format 3' && header.readUInt32BE(68) === applicationId;
}

function using<T>(file: string, readOnly: boolean, work: (database: DatabaseSync) => T): T {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(file, { readOnly, enableForeignKeyConstraints: true });
    return work(database);
  } catch (error) {
    if (error instanceof StartError) throw error;
    const failure = describeOpeningFailure(error, file);
    if (failure?.code === 'database_corrupt') throw damaged(file, 'it cannot be read', error);
    if (failure === null) throw error;
    throw new StartError(failure.code, `${failure.message} File: ${file}`, { cause: error });
  } finally {
    database?.close();
  }
}

function removeTransient(database: DatabaseSync): void {
  // Without this the bytes of what is deleted stay in the file.
  database.exec('PRAGMA secure_delete = ON');
  database.exec('DROP TABLE IF EXISTS bangui_backup');
  const tables = tablesOf(database);
  for (const table of transient) if (tables.includes(table)) database.exec(`DELETE FROM ${table}`);
}

function tablesOf(database: DatabaseSync): string[] {
  return database
    .prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .all()
    .map((row) => String(row['name']));
}

function schemaVersion(database: DatabaseSync): number {
  return Number(database.prepare('SELECT max(version) AS version FROM schema_migrations').get()?.['version']);
}

/** Every table but the one that holds this sum, and the search index, row by row. */
function contents(database: DatabaseSync): { rows: number; checksum: string } {
  const hash = createHash('sha256');
  let rows = 0;
  for (const table of tablesOf(database).filter((name) => name !== 'bangui_backup')) {
    const statement = database.prepare(`SELECT * FROM "${table}" ORDER BY ${orderOf(database, table)}`);
    statement.setReadBigInts(true);
    hash.update(
      `${table} ${statement
        .columns()
        .map(({ name }) => name)
        .join(' ')}\n`,
    );
    for (const row of statement.iterate()) {
      hash.update(`${JSON.stringify(Object.values(row), spelled)}\n`);
      rows += 1;
    }
  }
  return { rows, checksum: hash.digest('hex') };
}

/** A table without row numbers lies in the order of its key. */
function orderOf(database: DatabaseSync, table: string): string {
  const without =
    database.prepare('SELECT wr FROM pragma_table_list WHERE name = ?').get(table)?.['wr'] === 1;
  if (!without) return 'rowid';
  const key = database.prepare('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk').all(table);
  return key.map(({ name }) => `"${String(name)}"`).join();
}

const spelled = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint'
    ? `${value}n`
    : value instanceof Uint8Array
      ? Buffer.from(value).toString('hex')
      : value;

function foreign(file: string): StartError {
  return new StartError('backup_foreign', `${file} is no backup of BanGUI. Nothing was changed.`);
}

function damaged(file: string, why: string, cause?: unknown): StartError {
  return new StartError(
    'backup_damaged',
    `The backup ${file} is damaged: ${why}. Nothing was changed. Take another backup.`,
    { cause },
  );
}
