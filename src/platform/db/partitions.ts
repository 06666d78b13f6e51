/** PostgreSQL holds the history by month, so that a month past its time is dropped at once. */
import { sql, type Kysely } from 'kysely';
import type { Database } from './schema.ts';

/** Parents, by ranges of `id`. */
export const partitionedTables = ['history', 'history_lines'] as const;

/** Of `history.id`: the time in ms times this, plus a number. */
const idsPerMs = 1024;

export interface Month {
  /** `202611`. */
  name: string;
  /** Ids of its events; `to` is the next month's first. */
  from: number;
  to: number;
}

interface EnsureOptions {
  trx: Kysely<Database>;
  dialect: 'sqlite' | 'postgres';
  /** Names of months known to be there; grows. To be emptied when a transaction is not stored, or a month is dropped. */
  partitions: Set<string>;
}

/** A row of any of these ids can be stored after this. Nothing on SQLite. */
export async function ensurePartitions(
  { trx, dialect, partitions }: EnsureOptions,
  ids: Iterable<number>,
): Promise<void> {
  if (dialect === 'sqlite') return;
  let last: Month | null = null;
  for (const id of ids) {
    if (last !== null && id >= last.from && id < last.to) continue;
    last = monthOf(id);
    if (partitions.has(last.name)) continue;
    for (const table of partitionedTables) await create(trx, table, last);
    partitions.add(last.name);
  }
}

/** Attached rather than created in its place: that would wait for every reader of the whole history, and they for it. */
async function create(trx: Kysely<Database>, table: string, { name, from, to }: Month): Promise<void> {
  const partition = `${table}_${name}`;
  const { rows } = await sql<{
    there: boolean;
  }>`SELECT to_regclass(${partition}) IS NOT NULL AS there`.execute(trx);
  if (rows[0]?.there === true) return;
  const [made, parent] = [sql.table(partition), sql.table(table)];
  await sql`CREATE TABLE ${made} (LIKE ${parent} INCLUDING ALL)`.execute(trx);
  await sql`ALTER TABLE ${parent} ATTACH PARTITION ${made}
    FOR VALUES FROM (${sql.lit(from)}) TO (${sql.lit(to)})`.execute(trx);
}

export function monthOf(id: number): Month {
  const time = new Date(Math.floor(id / idsPerMs));
  const [year, month] = [time.getUTCFullYear(), time.getUTCMonth()];
  const name = `${String(year).padStart(4, '0')}${String(month + 1).padStart(2, '0')}`;
  return { name, from: Date.UTC(year, month) * idsPerMs, to: Date.UTC(year, month + 1) * idsPerMs };
}

/** All that are there, by time. */
export async function readPartitions(db: Kysely<Database>): Promise<Month[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'history'::regclass ORDER BY c.relname`.execute(db);
  return rows.map(({ name }) => {
    const digits = name.slice('history_'.length);
    return monthOf(Date.UTC(Number(digits.slice(0, 4)), Number(digits.slice(4)) - 1) * idsPerMs);
  });
}

/**
 * With everything in them, of every host. Waits for whoever reads the history, and everyone waits for it: after 3 s it
 * gives up with an error.
 */
export async function dropPartitions(trx: Kysely<Database>, { name }: Month): Promise<void> {
  await sql`SET LOCAL lock_timeout = '3s'`.execute(trx);
  for (const table of partitionedTables)
    await sql`DROP TABLE IF EXISTS ${sql.table(`${table}_${name}`)}`.execute(trx);
}
