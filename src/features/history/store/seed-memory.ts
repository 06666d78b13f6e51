/** What a seeding keeps in mind of the history it has written so far: read once, kept up by each batch. */
import { sql, type Transaction } from 'kysely';
import type { Database } from '../../../platform/db/schema.ts';
import { hourMs } from '../history-id.ts';
import type { Bulk } from './bulk.ts';
import { newestHour } from './hour-sums.ts';
import { createSeedAddresses, type SeedAddresses } from './seed-addresses.ts';
import { createSeedSums, type SeedSums } from './seed-sums.ts';

export interface SeedMemory {
  addresses: SeedAddresses;
  sums: SeedSums;
  /** The newest event; -1: there is none. */
  newestId: number;
  /** Its ban's time, ms; an id may lie in a later ms. Null: unknown. */
  newestAt: number | null;
  nextAddress: number;
}

const addressesAtOnce = 10_000;

interface Stored {
  id: number;
  ip: string;
  country: string;
  asn: number;
  first_at: number;
}

export async function readSeedMemory(
  trx: Transaction<Database>,
  { hostId, bulk }: { hostId: string; bulk: Bulk },
): Promise<SeedMemory> {
  const addresses = createSeedAddresses();
  for (let after = 0; ;) {
    const rows: Stored[] = await trx
      .selectFrom('addresses')
      .select(['id', 'ip', 'country', 'asn', 'first_at'])
      .where('id', '>', after)
      .where('host_id', '=', hostId)
      .orderBy('id')
      .limit(addressesAtOnce)
      .execute();
    for (const { ip, first_at: firstAt, ...rest } of rows) addresses.put(ip, { ...rest, firstAt });
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.id;
  }
  const { rows } = await sql<{ address: number; event: number | null }>`
    SELECT (SELECT coalesce(max(id), 0) FROM addresses) AS address, (SELECT max(id) FROM history) AS event`.execute(
    trx,
  );
  const [{ address, event } = { address: 0, event: null }] = rows;
  return {
    addresses,
    sums: createSeedSums({ hostId, bulk, from: (await newestHour(trx, hostId)) + hourMs }),
    newestId: event ?? -1,
    newestAt: null,
    nextAddress: address + 1,
  };
}
