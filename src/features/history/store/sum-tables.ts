/** The three tables of sums: what each is by, and what it counts. */
import type { Shape } from './bulk.ts';
import type { StoredEvent } from './stored-event.ts';

type Counted = Pick<StoredEvent, 'jail' | 'action' | 'origin' | 'failures' | 'again' | 'country' | 'asn'>;

interface Dimension {
  column: string;
  type: 'bigint' | 'text';
  read(event: Counted): string | number;
}

interface Count {
  column: string;
  read(event: Counted): number;
}

export interface SumTable {
  name: 'jail_sums' | 'country_sums' | 'network_sums';
  /** What it is by, besides host, grain and time. */
  of: readonly Dimension[];
  /** The same as one text. */
  textOf(event: Counted): string;
  counts: readonly Count[];
  /** Whether the end of a ban counts in it. */
  unbans: boolean;
  /** Its key below host and grain. */
  keyColumns: Readonly<Record<string, 'bigint' | 'text'>>;
  shape: Shape;
}

const jail: Dimension = { column: 'jail', type: 'text', read: (event) => event.jail };
const origin: Dimension = { column: 'origin', type: 'text', read: (event) => event.origin };
const country: Dimension = { column: 'country', type: 'text', read: (event) => event.country };
const asn: Dimension = { column: 'asn', type: 'bigint', read: (event) => event.asn };

const isBan = ({ action }: Counted): number => (action === 'ban' ? 1 : 0);
const bans: Count = { column: 'bans', read: isBan };
const failures: Count = { column: 'failures', read: (event) => isBan(event) * event.failures };
const again: Count = { column: 'again', read: (event) => (event.again ? isBan(event) : 0) };
const unbans: Count = { column: 'unbans', read: (event) => 1 - isBan(event) };

export const jailSums = sumTable('jail_sums', [jail, origin], [bans, failures, again, unbans]);
export const countrySums = sumTable('country_sums', [country, jail, origin], [bans, failures, again, unbans]);
export const networkSums = sumTable('network_sums', [asn, origin], [bans]);
export const sumTables: readonly SumTable[] = [jailSums, countrySums, networkSums];

function sumTable(name: SumTable['name'], of: readonly Dimension[], counts: readonly Count[]): SumTable {
  const keyColumns = {
    at: 'bigint' as const,
    ...Object.fromEntries(of.map(({ column, type }) => [column, type])),
  };
  const written = [...counts.map(({ column }) => column), 'addresses'];
  const shape: Shape = {
    table: name,
    columns: {
      host_id: 'text',
      grain: 'bigint',
      ...keyColumns,
      ...Object.fromEntries(counts.map(({ column }) => [column, 'bigint' as const])),
      addresses: 'bytea',
    },
    rest: `ON CONFLICT (host_id, grain, ${Object.keys(keyColumns).join(', ')}) DO UPDATE SET ${written
      .map((column) => `${column} = excluded.${column}`)
      .join(', ')}`,
  };
  const textOf = (event: Counted): string => {
    let text = '';
    for (const { read } of of) text += `${read(event)}\0`;
    return text;
  };
  return { name, of, textOf, counts, unbans: counts.includes(unbans), keyColumns, shape };
}
