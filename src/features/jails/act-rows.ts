/** What was last done to each jail, and which ran: kept so that a jail that goes away by itself is noticed. */
import type { Kysely } from 'kysely';
import type { Database } from '../../platform/db/schema.ts';

/** running: seen running · idle, stopped: set here · died: gone by itself. */
export type ActState = 'running' | 'idle' | 'stopped' | 'died';

export interface JailAct {
  jail: string;
  state: ActState;
  /** Empty: nobody here. */
  actor: string;
  at: number;
}

export interface ActRows {
  all(): Promise<Map<string, JailAct>>;
  of(jail: string): Promise<JailAct | null>;
  set(act: JailAct): Promise<void>;
  remove(jail: string): Promise<void>;
}

const states = ['running', 'idle', 'stopped', 'died'] as const;

export function createActRows({ db, hostId }: { db: Kysely<Database>; hostId: string }): ActRows {
  const rows = () =>
    db.selectFrom('jail_acts').select(['jail', 'state', 'actor', 'at']).where('host_id', '=', hostId);
  return {
    async all() {
      return new Map((await rows().execute()).map((row) => [row.jail, actOf(row)]));
    },
    async of(jail) {
      const row = await rows().where('jail', '=', jail).executeTakeFirst();
      return row === undefined ? null : actOf(row);
    },
    async set(act) {
      const { state, actor, at } = act;
      await db
        .insertInto('jail_acts')
        .values({ ...act, host_id: hostId })
        .onConflict((conflict) => conflict.columns(['host_id', 'jail']).doUpdateSet({ state, actor, at }))
        .execute();
    },
    async remove(jail) {
      await db.deleteFrom('jail_acts').where('host_id', '=', hostId).where('jail', '=', jail).execute();
    },
  };
}

/** A state of a later release says that the jail is there, and nothing more. */
const actOf = (row: { jail: string; state: string; actor: string; at: number }): JailAct => ({
  ...row,
  state: states.find((state) => state === row.state) ?? 'running',
});
