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
  joined: Set<number>;
  left: Set<number>;
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

export function createHourSums({ hostId, bulk }: { hostId: string; bulk: Bulk }): HourSums {
  const changes = new Map(sumTables.map((table) => [table, new Map<string, Change>()]));

  function changeOf(table: SumTable, event: Counted): Change {
    const hour = hourOfId(event.id);
    const key = [hour, ...table.of.map(({ read }) => read(event))];
    const text = key.join('\0');
    const found = changes.get(table)?.get(text);
    if (found !== undefined) return found;
    const change = {
      key,
      counts: table.counts.map(() => 0),
      joined: new Set<number>(),
      left: new Set<number>(),
    };
    changes.get(table)?.set(text, change);
    return change;
  }

  function count(event: Counted, sign: 1 | -1, address: number | null): void {
    for (const table of sumTables) {
      if (event.action === 'unban' && !table.unbans) continue;
      const { counts, joined } = changeOf(table, event);
      for (const [place, { read }] of table.counts.entries())
        counts[place] = (counts[place] ?? 0) + sign * read(event);
      if (event.action === 'ban' && address !== null) joined.add(address);
    }
  }

  return {
    add: (event, address) => count(event, 1, address),
    subtract: (event) => count(event, -1, null),
    leave: (table, event, address) => void changeOf(table, event).left.add(address),
    hours: () =>
      new Set(sumTables.flatMap((table) => [...(changes.get(table)?.values() ?? [])].map(hourOfChange))),
    async write(trx) {
      for (const table of sumTables) {
        const all = [...(changes.get(table)?.values() ?? [])].filter(
          ({ counts, joined, left }) => counts.some((one) => one !== 0) || joined.size > 0 || left.size > 0,
        );
        if (all.length > 0) await writeChanges({ trx, table, hostId, bulk }, all);
      }
    },
  };
}

const hourOfChange = ({ key }: Change): number => Number(key[0]);

interface WriteOptions {
  trx: Transaction<Database>;
  table: SumTable;
  hostId: string;
  bulk: Bulk;
}

async function writeChanges(
  { trx, table, hostId, bulk }: WriteOptions,
  all: readonly Change[],
): Promise<void> {
  const given = bulk.rows(
    table.keyColumns,
    all.map(({ key }) => key),
  );
  const same = sql.raw(
    Object.keys(table.keyColumns)
      .map((column) => `s.${column} = k.${column}`)
      .join(' AND '),
  );
  const { rows } = await sql<Record<string, Value>>`
    SELECT s.* FROM ${given} AS k CROSS JOIN ${sql.table(table.name)} s
    WHERE s.host_id = ${hostId} AND s.grain = ${hourMs} AND ${same}`.execute(trx);
  const stored = new Map(
    rows.map((row) => [
      Object.keys(table.keyColumns)
        .map((column) => row[column])
        .join('\0'),
      row,
    ]),
  );
  const kept: Value[][] = [];
  const emptied: Value[][] = [];
  for (const { key, counts, joined, left } of all) {
    const row = stored.get(key.join('\0'));
    const set = row?.['addresses'] instanceof Uint8Array ? row['addresses'] : emptySet;
    const grown = joined.size === 0 ? set : addToSet(set, joined);
    const gone = new Set([...left].filter((id) => !joined.has(id)));
    const addresses = gone.size === 0 ? grown : removeFromSet(grown, gone);
    const totals = table.counts.map(({ column }, place) => Number(row?.[column] ?? 0) + (counts[place] ?? 0));
    if (totals.every((one) => one === 0)) emptied.push([...key]);
    else kept.push([hostId, hourMs, ...key, ...totals, addresses]);
  }
  await bulk.insert(trx, table.shape, kept);
  if (emptied.length === 0) return;
  const keys = sql.raw(Object.keys(table.keyColumns).join());
  await sql`DELETE FROM ${sql.table(table.name)} WHERE host_id = ${hostId} AND grain = ${hourMs}
    AND (${keys}) IN (SELECT ${keys} FROM ${bulk.rows(table.keyColumns, emptied)} AS k)`.execute(trx);
}
