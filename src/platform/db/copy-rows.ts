/** Rows of a table in the order of its key, a batch at a time: read, written, and summed up. */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { StartError } from '../../base/start-error.ts';
import type { OpenDatabase } from './open.ts';
import { ensurePartitions, partitionedTables } from './partitions.ts';
import type { Table } from './tables.ts';

type Row = Readonly<Record<string, unknown>>;

const rowsPerBatch = 1_000;
/** SQLite takes 32,766, PostgreSQL 65,535. */
const valuesPerStatement = 30_000;

export async function countRows({ db }: OpenDatabase, { name }: Table): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT count(*) AS n FROM ${sql.table(name)}`.execute(db);
  return rows[0]?.n ?? 0;
}

/** Rows after `last`, or from the first one. */
export async function* batchesAfter(
  { db }: OpenDatabase,
  table: Table,
  last: Row | null,
): AsyncGenerator<readonly Row[]> {
  const size = Math.min(rowsPerBatch, Math.floor(valuesPerStatement / table.columns.length));
  const key = sql.join(table.key.map((column) => sql.ref(column)));
  const columns = sql.join(table.columns.map((column) => sql.ref(column)));
  for (let from = last; ;) {
    const after =
      from === null ? sql`` : sql`WHERE (${key}) > (${sql.join(table.key.map((column) => from?.[column]))})`;
    const { rows } = await sql<Row>`
      SELECT ${columns} FROM ${sql.table(table.name)} ${after} ORDER BY ${key} LIMIT ${size}`.execute(db);
    if (rows.length > 0) yield rows;
    if (rows.length < size) return;
    from = rows.at(-1) ?? null;
  }
}

/** The row with the highest key. Rows are copied in the order of the key, so it tells how far a copy came. */
export async function lastRow({ db }: OpenDatabase, table: Table): Promise<Row | null> {
  const key = sql.join(table.key.map((column) => sql.ref(column)));
  const order = sql.join(table.key.map((column) => sql`${sql.ref(column)} DESC`));
  const { rows } = await sql<Row>`
    SELECT ${key} FROM ${sql.table(table.name)} ORDER BY ${order} LIMIT 1`.execute(db);
  return rows[0] ?? null;
}

/** One statement: all rows or none. Throws StartError `database_copy_nul` for what PostgreSQL cannot hold. */
export async function insertRows(to: OpenDatabase, table: Table, rows: readonly Row[]): Promise<void> {
  if (to.dialect === 'postgres') for (const row of rows) refuseNul(table, row);
  await makeRoom(to, table, rows);
  const columns = sql.join(table.columns.map((column) => sql.ref(column)));
  const values = rows.map((row) => sql`(${sql.join(table.columns.map((column) => row[column]))})`);
  await sql`INSERT INTO ${sql.table(table.name)} (${columns}) VALUES ${sql.join(values)}`.execute(to.db);
}

/** A row of a month that the history holds no row of yet has no place in PostgreSQL. */
async function makeRoom(
  { db: trx, dialect }: OpenDatabase,
  { name }: Table,
  rows: readonly Row[],
): Promise<void> {
  if (!partitionedTables.some((table) => table === name)) return;
  await ensurePartitions(
    { trx, dialect, partitions: new Set() },
    rows.map(({ id }) => Number(id)),
  );
}

function refuseNul({ name, columns, key }: Table, row: Row): void {
  for (const column of columns) {
    const value = row[column];
    if (typeof value !== 'string' || !value.includes('\0')) continue;
    const where = JSON.stringify(Object.fromEntries(key.map((one) => [one, row[one]])));
    throw new StartError(
      'database_copy_nul',
      `Column ${column} of table ${name} holds a NUL character, which PostgreSQL cannot store, in the row ${where}. ` +
        'Change or delete that row, then copy again.',
    );
  }
}

export interface Sum {
  rows: number;
  /** Of all rows in whatever order: the sum of their hashes, hex. */
  checksum: string;
}

/** The same for the same rows, whichever database holds them. Memory does not grow with the table. */
export async function sumOf(database: OpenDatabase, table: Table): Promise<Sum> {
  let rows = 0;
  let sum = 0n;
  for await (const batch of batchesAfter(database, table, null)) {
    rows += batch.length;
    for (const row of batch) {
      const text = JSON.stringify(table.columns.map((column) => comparable(row[column])));
      const hash = createHash('sha256').update(text).digest();
      sum = BigInt.asUintN(64, sum + hash.readBigUInt64LE());
    }
  }
  return { rows, checksum: sum.toString(16).padStart(16, '0') };
}

const comparable = (value: unknown): unknown =>
  value instanceof Uint8Array ? { bytes: Buffer.from(value).toString('hex') } : value;
