/** What a batch of events changes in the sums of hours, gathered first and written once. */
import { sql, type Transaction } from 'kysely';
import type { Database } from '../../../platform/db/schema.ts';
import { hourMs, hourOfId } from '../history-id.ts';
import { addToSet, emptySet, removeFromSet } from './address-set.ts';
import type { Bulk, Value } from './bulk.ts';
import type { StoredEvent } from './stored-event.ts';
import { sumTables, type SumTable } from './sum-tables.ts';

type Counted = Pick<
  StoredEvent,
  'id' | 'jail' | 'action' | 'origin' | 'failures' | 'again' | 'country' | 'asn'
>;

interface Change {
  /** `at` and what the sum is of, in the order of the table's key. */
  key: readonly Value[];
  /** In the order of the table's counts. */
  counts: number[];
  /** Some of them may be there twice. */
  joined: number[];
  left: number[];
}

/** No hour after it has sums; null while that has not been looked up. */
export interface NewestHour {
  at: number | null;
}

export interface HourSums {
  /** The event is there now; `address` is its number in the sets. */
  add(event: Counted, address: number): void;
  /** The event is no longer counted. Its address stays in the sets; see `leave`. */
  subtract(event: Counted): void;
  /** No stored ban of the address is left in this sum of the event. One that was added meanwhile keeps it there. */
  leave(table: SumTable, event: Counted, address: number): void;
  /** Starts of the hours that change. */
  hours(): Set<number>;
  write(trx: Transaction<Database>): Promise<void>;
}

interface SumsOptions {
  hostId: string;
  bulk: Bulk;
  newest: NewestHour;
}

export function createHourSums({ hostId, bulk, newest }: SumsOptions): HourSums {
  /** By hour; of a table, by the rest of its key. */
  const changes = new Map<number, Map<string, Change>[]>();

  function changeOf(table: SumTable, place: number, event: Counted): Change {
    const hour = hourOfId(event.id);
    let tables = changes.get(hour);
    if (tables === undefined) {
      tables = sumTables.map(() => new Map<string, Change>());
      changes.set(hour, tables);
    }
    const ofTable = tables[place];
    if (ofTable === undefined) throw new Error('there is no such table of sums');
    const text = table.textOf(event);
    const found = ofTable.get(text);
    if (found !== undefined) return found;
    const key = [hour, ...table.of.map(({ read }) => read(event))];
    const change = { key, counts: table.counts.map(() => 0), joined: [], left: [] };
    ofTable.set(text, change);
    return change;
  }

  // plain loops: this runs for each of a million bans, and iterators are garbage
  function count(event: Counted, sign: 1 | -1, address: number | null): void {
    for (let at = 0; at < sumTables.length; at++) {
      const table = sumTables[at];
      if (table === undefined || (event.action === 'unban' && !table.unbans)) continue;
      const { counts, joined } = changeOf(table, at, event);
      for (let place = 0; place < counts.length; place++)
        counts[place] = (counts[place] ?? 0) + sign * (table.counts[place]?.read(event) ?? 0);
      if (event.action === 'ban' && address !== null) joined.push(address);
    }
  }

  return {
    add: (event, address) => count(event, 1, address),
    subtract: (event) => count(event, -1, null),
    leave: (table, event, address) =>
      void changeOf(table, sumTables.indexOf(table), event).left.push(address),
    hours: () => new Set(changes.keys()),
    async write(trx) {
      newest.at ??= await newestHour(trx, hostId);
      for (const [place, table] of sumTables.entries()) {
        const all = [...changes.values()]
          .flatMap((tables) => [...(tables[place]?.values() ?? [])])
          .filter(
            ({ counts, joined, left }) =>
              joined.length > 0 || left.length > 0 || counts.some((one) => one !== 0),
          );
        if (all.length > 0) await writeChanges({ trx, table, hostId, bulk, newest: newest.at }, all);
      }
      for (const hour of changes.keys()) newest.at = Math.max(newest.at, hour);
    },
  };
}

/** `jail_sums` has rows of every hour that has any. */
export async function newestHour(trx: Transaction<Database>, hostId: string): Promise<number> {
  const row = await trx
    .selectFrom('jail_sums')
    .select('at')
    .where('host_id', '=', hostId)
    .where('grain', '=', hourMs)
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? Number.NEGATIVE_INFINITY : Number(row.at);
}

interface WriteOptions {
  trx: Transaction<Database>;
  table: SumTable;
  hostId: string;
  bulk: Bulk;
  newest: number;
}

async function writeChanges(options: WriteOptions, all: readonly Change[]): Promise<void> {
  const { trx, table, hostId, bulk, newest } = options;
  const stored = await readStored(
    options,
    all.filter(({ key }) => Number(key[0]) <= newest),
  );
  const kept: Value[][] = [];
  const emptied: Value[][] = [];
  for (const { key, counts, joined, left } of all) {
    const row = stored.size === 0 ? undefined : stored.get(key.join('\0'));
    const set = row?.['addresses'] instanceof Uint8Array ? row['addresses'] : emptySet;
    const grown = joined.length === 0 ? set : addToSet(set, joined);
    const addresses =
      left.length === 0 ? grown : removeFromSet(grown, new Set(left.filter((id) => !joined.includes(id))));
    const totals =
      row === undefined
        ? counts
        : table.counts.map(({ column }, place) => Number(row[column] ?? 0) + (counts[place] ?? 0));
    if (totals.every((one) => one === 0)) emptied.push([...key]);
    else kept.push([hostId, hourMs, ...key, ...totals, addresses]);
  }
  await bulk.insert(trx, table.shape, kept);
  if (emptied.length === 0) return;
  const keys = sql.raw(Object.keys(table.keyColumns).join());
  await sql`DELETE FROM ${sql.table(table.name)} WHERE host_id = ${hostId} AND grain = ${hourMs}
    AND (${keys}) IN (SELECT ${keys} FROM ${bulk.rows(table.keyColumns, emptied)} AS k)`.execute(trx);
}

/** By the key's values. */
async function readStored(
  { trx, table, hostId, bulk }: WriteOptions,
  changes: readonly Change[],
): Promise<Map<string, Record<string, Value>>> {
  if (changes.length === 0) return new Map();
  const columns = Object.keys(table.keyColumns);
  const given = bulk.rows(
    table.keyColumns,
    changes.map(({ key }) => key),
  );
  const same = sql.raw(columns.map((column) => `s.${column} = k.${column}`).join(' AND '));
  const { rows } = await sql<Record<string, Value>>`
    SELECT s.* FROM ${given} AS k CROSS JOIN ${sql.table(table.name)} s
    WHERE s.host_id = ${hostId} AND s.grain = ${hourMs} AND ${same}`.execute(trx);
  return new Map(rows.map((row) => [columns.map((column) => row[column]).join('\0'), row]));
}
