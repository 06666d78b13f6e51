/** Bans that operators made here: who, why, and when BanGUI ends them. Written before fail2ban is asked. */
import type { ExpressionBuilder, Kysely } from 'kysely';
import type { Database } from '../../platform/db/schema.ts';
import { padded, powerSlices } from './statement-sizes.ts';
import { slices } from './turns.ts';

export type ManualBan = Omit<Database['manual_bans'], 'host_id'>;

export interface ManualBans {
  write(entries: readonly ManualBan[]): Promise<void>;
  /** Entries of these addresses in one jail. */
  of(jail: string, ips: readonly string[]): Promise<ManualBan[]>;
  /** In one jail, or in all. */
  remove(jail: string | null, ips: readonly string[]): Promise<void>;
  removeAll(): Promise<void>;
  /** Whose end has come, the oldest first. */
  due(time: number, limit: number): Promise<ManualBan[]>;
  /** Older than `time`, not kept alive by us, and not banned now as far as the mirror knows. */
  withoutBan(time: number, limit: number): Promise<ManualBan[]>;
  /** Kept alive by us, and fail2ban has to hear of them again: by now, or because it started after it last did. */
  toRenew(due: { time: number; before: number }, limit: number): Promise<ManualBan[]>;
  /** Kept alive by us, once banned, and not banned now as far as the mirror knows. */
  keptWithoutBan(limit: number): Promise<ManualBan[]>;
  /** When these were and will be renewed. An entry that was removed or changed meanwhile is left as it is. */
  renew(entries: readonly ManualBan[]): Promise<void>;
}

const sliceSize = 128;

export function createManualBans({ db, hostId }: { db: Kysely<Database>; hostId: string }): ManualBans {
  return {
    async write(entries) {
      for (const slice of powerSlices(entries)) {
        await db
          .insertInto('manual_bans')
          .values(slice.map((entry) => ({ ...entry, host_id: hostId })))
          .onConflict((conflict) =>
            conflict.columns(['host_id', 'jail', 'ip']).doUpdateSet((eb) => ({
              banned_at: eb.ref('excluded.banned_at'),
              banned_by: eb.ref('excluded.banned_by'),
              reason: eb.ref('excluded.reason'),
              ends_at: eb.ref('excluded.ends_at'),
              renewed_at: eb.ref('excluded.renewed_at'),
              renew_at: eb.ref('excluded.renew_at'),
            })),
          )
          .execute();
      }
    },
    async of(jail, ips) {
      const found: ManualBan[] = [];
      for (const slice of slices(ips, sliceSize)) {
        const rows = db.selectFrom('manual_bans').selectAll().where('host_id', '=', hostId);
        found.push(...(await rows.where('jail', '=', jail).where('ip', 'in', padded(slice)).execute()));
      }
      return found;
    },
    async remove(jail, ips) {
      for (const slice of slices(ips, sliceSize)) {
        const rows = db
          .deleteFrom('manual_bans')
          .where('host_id', '=', hostId)
          .where('ip', 'in', padded(slice));
        await (jail === null ? rows : rows.where('jail', '=', jail)).execute();
      }
    },
    async removeAll() {
      await db.deleteFrom('manual_bans').where('host_id', '=', hostId).execute();
    },
    due: (time, limit) =>
      db
        .selectFrom('manual_bans')
        .selectAll()
        .where('host_id', '=', hostId)
        .where('ends_at', '<=', time)
        .orderBy('ends_at')
        .limit(limit)
        .execute(),
    withoutBan: (time, limit) =>
      db
        .selectFrom('manual_bans')
        .selectAll()
        .where('host_id', '=', hostId)
        .where('banned_at', '<', time)
        .where('renew_at', 'is', null)
        .where(notBannedNow)
        .limit(limit)
        .execute(),
    toRenew: ({ time, before }, limit) =>
      db
        .selectFrom('manual_bans')
        .selectAll()
        .where('host_id', '=', hostId)
        .where('ends_at', '>', time)
        .where('renew_at', 'is not', null)
        .where((eb) => eb.or([eb('renew_at', '<=', time), eb('renewed_at', '<', before)]))
        .orderBy('renew_at')
        .limit(limit)
        .execute(),
    keptWithoutBan: (limit) =>
      db
        .selectFrom('manual_bans')
        .selectAll()
        .where('host_id', '=', hostId)
        .where('renew_at', 'is not', null)
        .where('renewed_at', 'is not', null)
        .where(notBannedNow)
        .limit(limit)
        .execute(),
    async renew(entries) {
      for (const { jail, ip, ends_at, banned_at, renewed_at, renew_at } of entries) {
        await db
          .updateTable('manual_bans')
          .set({ banned_at, renewed_at, renew_at })
          .where('host_id', '=', hostId)
          .where('jail', '=', jail)
          .where('ip', '=', ip)
          .where('ends_at', '=', ends_at)
          .execute();
      }
    },
  };
}

const notBannedNow = (eb: ExpressionBuilder<Database, 'manual_bans'>) =>
  eb.not(
    eb.exists(
      eb
        .selectFrom('active_bans')
        .select('active_bans.ip')
        .whereRef('active_bans.host_id', '=', 'manual_bans.host_id')
        .whereRef('active_bans.jail', '=', 'manual_bans.jail')
        .whereRef('active_bans.ip', '=', 'manual_bans.ip'),
    ),
  );
