/** Entries of ignore lists that were made here. */
import type { Kysely } from 'kysely';
import type { Database } from '../../platform/db/schema.ts';

export type IgnoreRow = Omit<Database['jail_ignores'], 'host_id'>;

export interface IgnoreRows {
  all(): Promise<IgnoreRow[]>;
  of(jail: string): Promise<IgnoreRow[]>;
  /** Those of these jails that have not expired. */
  lasting(jails: readonly string[], time: number): Promise<IgnoreRow[]>;
  has(jail: string, entry: string): Promise<boolean>;
  due(time: number, limit: number): Promise<IgnoreRow[]>;
  /** Changes reason and end of one that is there. */
  put(row: IgnoreRow): Promise<void>;
  /** False when there was none. */
  remove(jail: string, entry: string): Promise<boolean>;
}

export function createIgnoreRows({ db, hostId }: { db: Kysely<Database>; hostId: string }): IgnoreRows {
  const rows = () =>
    db
      .selectFrom('jail_ignores')
      .select(['jail', 'entry', 'actor', 'reason', 'created_at', 'expires_at'])
      .where('host_id', '=', hostId);
  return {
    all: () => rows().orderBy('entry').orderBy('jail').execute(),
    of: (jail) => rows().where('jail', '=', jail).orderBy('entry').execute(),
    async lasting(jails, time) {
      const all = await rows().execute();
      return all.filter(
        (row) => jails.includes(row.jail) && (row.expires_at === null || row.expires_at > time),
      );
    },
    has: async (jail, entry) =>
      (await rows().where('jail', '=', jail).where('entry', '=', entry).executeTakeFirst()) !== undefined,
    due: (time, limit) => rows().where('expires_at', '<=', time).orderBy('expires_at').limit(limit).execute(),
    async put({ jail, entry, ...rest }) {
      await db
        .insertInto('jail_ignores')
        .values({ ...rest, jail, entry, host_id: hostId })
        .onConflict((conflict) => conflict.columns(['host_id', 'jail', 'entry']).doUpdateSet(rest))
        .execute();
    },
    async remove(jail, entry) {
      const done = await db
        .deleteFrom('jail_ignores')
        .where('host_id', '=', hostId)
        .where('jail', '=', jail)
        .where('entry', '=', entry)
        .executeTakeFirst();
      return done.numDeletedRows > 0n;
    },
  };
}
