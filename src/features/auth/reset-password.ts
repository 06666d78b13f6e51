/** A new password for whoever forgot the old one, given by somebody who may write the database file. */
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Audit } from '../../platform/audit.ts';
import type { Database } from '../../platform/db/schema.ts';
import { transact } from '../../platform/db/transact.ts';

interface ResetDeps {
  db: Kysely<Database>;
  hashPassword: (password: string) => Promise<string>;
  audit: Audit;
  now: Clock;
}

export type ResetOutcome = 'done' | 'not_set_up' | 'too_short' | 'too_long';

/** Ends every session as well. A running BanGUI notices within its session cache's time. */
export async function resetPassword(deps: ResetDeps, password: string): Promise<ResetOutcome> {
  const { db, hashPassword, audit, now } = deps;
  if (password.length < 12) return 'too_short';
  if (password.length > 128) return 'too_long';
  const user = await db.selectFrom('users').where('name', '=', 'admin').select('id').executeTakeFirst();
  if (user === undefined) return 'not_set_up';
  const hash = await hashPassword(password);
  await transact(db, async (transaction) => {
    await transaction
      .updateTable('users')
      .set({ password_hash: hash, password_changed_at: now() })
      .where('id', '=', user.id)
      .execute();
    await transaction.deleteFrom('sessions').where('user_id', '=', user.id).execute();
  });
  await audit({
    actor: 'command line',
    client: null,
    hostId: null,
    action: 'password.reset',
    target: 'admin',
    detail: {},
    outcome: 'done',
  });
  return 'done';
}
