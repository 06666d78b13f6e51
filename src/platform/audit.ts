/** Who did what to what, why, with what outcome. Written from the first day; its page comes later. */
import type { Kysely } from 'kysely';
import type { Clock } from '../base/clock.ts';
import type { Database } from './db/schema.ts';

export interface AuditEntry {
  actor: string;
  client: string | null;
  hostId: string | null;
  /** `noun.verb`, e.g. `bans.ban`. */
  action: string;
  target: string;
  detail: Readonly<Record<string, unknown>>;
  outcome: 'done' | 'refused' | 'failed';
}

export type Audit = (entry: AuditEntry) => Promise<void>;

export function createAudit({ db, now }: { db: Kysely<Database>; now: Clock }): Audit {
  return async (entry) => {
    await db
      .insertInto('audit')
      .values({
        at: now(),
        host_id: entry.hostId,
        actor: entry.actor,
        client: entry.client,
        action: entry.action,
        target: entry.target,
        detail: JSON.stringify(entry.detail),
        outcome: entry.outcome,
      })
      .execute();
  };
}
