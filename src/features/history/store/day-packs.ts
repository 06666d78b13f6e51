/** The countries and the networks of a day in two values each, by origin: what the overview ranks them from. */
import { writePack } from '../../../base/day-pack.ts';
import { emptySet, uniteSets } from './address-set.ts';
import type { Shape, Value } from './bulk.ts';
import { countrySums, networkSums, type SumTable } from './sum-tables.ts';

export const packShape: Shape = {
  table: 'day_packs',
  columns: { host_id: 'text', at: 'bigint', kind: 'text', origin: 'text', counts: 'bytea', sets: 'bytea' },
};

/** Rows of `day_packs`; the rows of sums are of one day, or of its hours, as their tables have them. */
export function packsOf(
  { hostId, day }: { hostId: string; day: number },
  sums: ReadonlyMap<SumTable, readonly (readonly Value[])[]>,
): Value[][] {
  const countries = read(countrySums, sums.get(countrySums) ?? [], 'country');
  const networks = read(networkSums, sums.get(networkSums) ?? [], 'asn');
  return [...packed('country', countries), ...packed('network', networks)].map((row) => [
    hostId,
    day,
    ...row,
  ]);
}

interface Sum {
  key: string | number;
  origin: Value;
  bans: number;
  addresses: Uint8Array;
}

function read(table: SumTable, rows: readonly (readonly Value[])[], keyColumn: string): Sum[] {
  const place = new Map(Object.keys(table.shape.columns).map((column, index) => [column, index]));
  const at = (row: readonly Value[], column: string): Value => row[place.get(column) ?? -1] ?? null;
  return rows.map((row) => {
    const addresses = at(row, 'addresses');
    const key = at(row, keyColumn);
    return {
      key: typeof key === 'number' ? key : String(key),
      origin: at(row, 'origin'),
      bans: Number(at(row, 'bans')),
      addresses: addresses instanceof Uint8Array ? addresses : emptySet,
    };
  });
}

function packed(kind: string, sums: readonly Sum[]): Value[][] {
  return [...Map.groupBy(sums, ({ origin }) => origin)].map(([origin, ofOrigin]) => {
    const byKey = Map.groupBy(
      ofOrigin.filter(({ bans }) => bans > 0),
      ({ key }) => key,
    );
    const entries = [...byKey].map(([key, group]) => ({
      key,
      bans: group.reduce((total, { bans }) => total + bans, 0),
      addresses: uniteSets(group.map(({ addresses }) => addresses)),
    }));
    const { counts, sets } = writePack(entries.toSorted((a, b) => (a.key < b.key ? -1 : 1)));
    return [kind, origin, counts, sets];
  });
}
