/**
 * Sums of whole days UTC, made of the hours once a day is over. A day has them when `jail_sums` has rows of it: these
 * are written last. An event that comes late takes the day's sums away in its own transaction.
 */
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Database } from '../../../platform/db/schema.ts';
import type { Fence } from '../../../platform/lock/fence.ts';
import { dayMs, dayOf, hourMs } from '../history-id.ts';
import { emptySet, uniteSets } from './address-set.ts';
import type { Bulk, Shape, Value } from './bulk.ts';
import { packShape, packsOf } from './day-packs.ts';
import { countrySums, jailSums, sumTables, type SumTable } from './sum-tables.ts';

/** Days whose hours have changed since they were read. */
export interface DayWatch {
  day: number | null;
}

interface ForgetOptions {
  trx: Transaction<Database>;
  hostId: string;
  watch: DayWatch;
}

/** Their sums are gone. */
export async function forgetDays(
  { trx, hostId, watch }: ForgetOptions,
  days: readonly number[],
): Promise<void> {
  if (days.length === 0) return;
  const changed = watch;
  if (changed.day !== null && days.includes(changed.day)) changed.day = null;
  for (const { name } of sumTables)
    await sql`DELETE FROM ${sql.table(name)} WHERE host_id = ${hostId} AND grain = ${dayMs}
      AND at IN (${sql.join(days)})`.execute(trx);
  await trx.deleteFrom('day_packs').where('host_id', '=', hostId).where('at', 'in', days).execute();
}

interface RollUpOptions {
  db: Kysely<Database>;
  hostId: string;
  bulk: Bulk;
  watch: DayWatch;
}

/** Rows in one transaction. */
const mostRows = 500;

/** Days that were over before `until` (ms). Each step is one short transaction at most; the last of a day counts 1. */
export async function* rollUpDays(
  { db, hostId, bulk, watch }: RollUpOptions,
  fence: Fence,
  until: number,
): AsyncGenerator<number, void> {
  const watched = watch;
  for (let from = Number.MIN_SAFE_INTEGER; ;) {
    const day = await nextDay(db, hostId, from);
    if (day === null || day + dayMs > until) return;
    from = day + dayMs;
    if (await isMade(db, hostId, day)) continue;
    watched.day = day;
    const rows = new Map<SumTable, Value[][]>();
    for (const table of sumTables) {
      rows.set(table, await readDay(db, { table, hostId, day }));
      yield 0;
    }
    await fence.write((trx) => forgetDays({ trx, hostId, watch: { day: null } }, [day]));
    const pieces: [Shape, Value[][]][] = [
      ...inPieces(countrySums.shape, rows.get(countrySums) ?? []),
      // nothing asks for one network of a day: these are packed only
      [packShape, packsOf({ hostId, day }, rows)],
      [jailSums.shape, rows.get(jailSums) ?? []],
    ];
    let made = true;
    for (const [shape, piece] of pieces) {
      made = await fence.write(async (trx) => {
        // an event has come for it meanwhile; the next run reads it again
        if (watched.day !== day) return false;
        await bulk.insert(trx, shape, piece);
        return true;
      });
      if (!made) break;
      yield shape === jailSums.shape ? 1 : 0;
    }
    watched.day = null;
  }
}

function* inPieces(shape: Shape, rows: Value[][]): Generator<[Shape, Value[][]]> {
  for (let from = 0; from < rows.length; from += mostRows) yield [shape, rows.slice(from, from + mostRows)];
}

/** The first day with hours that starts at `from` or later. */
async function nextDay(db: Kysely<Database>, hostId: string, from: number): Promise<number | null> {
  const row = await db
    .selectFrom('jail_sums')
    .select('at')
    .where('host_id', '=', hostId)
    .where('grain', '=', hourMs)
    .where('at', '>=', from)
    .orderBy('at')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : dayOf(row.at);
}

async function isMade(db: Kysely<Database>, hostId: string, day: number): Promise<boolean> {
  const row = await db
    .selectFrom('jail_sums')
    .select('at')
    .where('host_id', '=', hostId)
    .where('grain', '=', dayMs)
    .where('at', '=', day)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

interface Day {
  table: SumTable;
  hostId: string;
  day: number;
}

async function readDay(db: Kysely<Database>, { table, hostId, day }: Day): Promise<Value[][]> {
  const { rows } = await sql<Record<string, Value>>`SELECT * FROM ${sql.table(table.name)}
    WHERE host_id = ${hostId} AND grain = ${hourMs} AND at >= ${day} AND at < ${day + dayMs}`.execute(db);
  const groups = Map.groupBy(rows, (row) => table.of.map(({ column }) => row[column]).join('\0'));
  return [...groups.values()].map((hours) => {
    const of = table.of.map(({ column }) => hours[0]?.[column] ?? null);
    const totals = table.counts.map(({ column }) => hours.reduce((sum, row) => sum + Number(row[column]), 0));
    const sets = hours.map(({ addresses }) => (addresses instanceof Uint8Array ? addresses : emptySet));
    return [hostId, dayMs, day, ...of, ...totals, uniteSets(sets)];
  });
}
