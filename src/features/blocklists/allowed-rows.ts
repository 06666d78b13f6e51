/** Rows of the allow-list. */
import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import { parseAddress, type Address } from '../../base/address.ts';
import type { Database } from '../../platform/db/schema.ts';

export type AllowedRow = Selectable<Database['blocklist_allowed']>;
type Changes = Partial<Pick<AllowedRow, 'reason' | 'expires_at' | 'resolved' | 'resolved_at' | 'trouble'>>;

export interface AllowedRows {
  /** Those that have not expired, the oldest first. */
  lasting(time: number): Promise<AllowedRow[]>;
  /** Null when it is on the list already. */
  add(row: Omit<AllowedRow, 'id' | 'host_id'>): Promise<AllowedRow | null>;
  /** Null when it is not there (any more). */
  change(id: number, changes: Changes): Promise<AllowedRow | null>;
  remove(id: number): Promise<AllowedRow | null>;
  anyExpired(time: number): Promise<boolean>;
  removeExpired(time: number): Promise<AllowedRow[]>;
}

export function createAllowedRows({ db, hostId }: { db: Kysely<Database>; hostId: string }): AllowedRows {
  const one = (id: number) => ({ host_id: hostId, id });
  return {
    lasting: (time) =>
      db
        .selectFrom('blocklist_allowed')
        .selectAll()
        .where('host_id', '=', hostId)
        .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', time)]))
        .orderBy('id')
        .execute(),
    async add(row) {
      const added = await db
        .insertInto('blocklist_allowed')
        .values({ ...row, host_id: hostId })
        .onConflict((conflict) => conflict.columns(['host_id', 'entry']).doNothing())
        .returningAll()
        .executeTakeFirst();
      return added ?? null;
    },
    async change(id, changes) {
      const changed = await db
        .updateTable('blocklist_allowed')
        .set(changes)
        .where((eb) => eb.and(one(id)))
        .returningAll()
        .executeTakeFirst();
      return changed ?? null;
    },
    async remove(id) {
      const removed = await db
        .deleteFrom('blocklist_allowed')
        .where((eb) => eb.and(one(id)))
        .returningAll()
        .executeTakeFirst();
      return removed ?? null;
    },
    async anyExpired(time) {
      const row = await db
        .selectFrom('blocklist_allowed')
        .select('id')
        .where('host_id', '=', hostId)
        .where('expires_at', '<=', time)
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },
    removeExpired: (time) =>
      db
        .deleteFrom('blocklist_allowed')
        .where('host_id', '=', hostId)
        .where('expires_at', '<=', time)
        .returningAll()
        .execute(),
  };
}

const storedAddresses = z.array(z.string());

/** What an entry stands for: itself, or the addresses its name had when it was last resolved. */
export function addressesOf({ entry, resolved }: AllowedRow): Address[] {
  const itself = parseAddress(entry);
  if (itself !== null) return [itself];
  return storedAddresses.parse(JSON.parse(resolved ?? '[]')).flatMap((text) => parseAddress(text) ?? []);
}
