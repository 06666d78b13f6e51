/** A transaction that is tried again when the database undid it for reasons that pass. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import { describeDatabaseFailure, type DatabaseFailure } from './failure.ts';
import type { Database } from './schema.ts';

/** Before the second and the third try, ms. */
const pausesMs = [100, 400];

/** Nothing of the transaction is stored after these: a collision, a server away for a moment. SQLite waits itself. */
const undone: readonly DatabaseFailure['code'][] = [
  'database_conflict',
  'database_unreachable',
  'database_starting',
];

/**
 * `work` may run up to three times, so it must do nothing but use its transaction. A connection that is cut while the
 * end of the transaction is on its way is not tried again: the server may have stored it.
 */
export async function transact<T>(
  db: Kysely<Database>,
  work: (transaction: Transaction<Database>) => Promise<T>,
): Promise<T> {
  for (let tried = 0; ; tried++) {
    let ending = false;
    try {
      return await db.transaction().execute(async (transaction) => {
        const result = await work(transaction);
        ending = true;
        return result;
      });
    } catch (error) {
      const pause = pausesMs[tried];
      const code = describeDatabaseFailure(error)?.code;
      const passes = undone.some((one) => one === code) || (code === 'database_connection_lost' && !ending);
      if (!passes || pause === undefined) throw error;
      await sleep(pause);
    }
  }
}
