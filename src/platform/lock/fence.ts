/** The way to write as the holder of the scheduler lock: nothing gets through once another has taken it. */
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Database } from '../db/schema.ts';

/** Another instance holds the lock; nothing was written. */
export class LockLost extends Error {
  override readonly name = 'LockLost';
}

export interface Fence {
  /** Grows with each taking of the lock, over all instances; written to what this tenure did. */
  readonly token: number;
  /**
   * One transaction, begun by making sure that the lock is still ours; nobody can take it before the transaction
   * ends. Throws LockLost when it is not, and what `work` throws; nothing is written then.
   */
  write<T>(work: (transaction: Transaction<Database>) => Promise<T>): Promise<T>;
  /**
   * For an effect that no transaction can hold, such as a command to fail2ban: ask right before it. Throws LockLost.
   * Between the answer and the effect lies a moment (a paused process makes it long) in which another can take over.
   */
  check(): Promise<void>;
}

interface FenceOptions {
  db: Kysely<Database>;
  dialect: 'sqlite' | 'postgres';
  token: number;
  /** Called before LockLost is thrown. */
  onLost?: () => void;
}

/** A process that stops inside a transaction would keep the lock's takers waiting for as long as it stops. */
const idleInTransactionMs = 10_000;

export function createFence({ db, dialect, token, onLost = () => {} }: FenceOptions): Fence {
  const compare = (found: { token: number } | undefined): void => {
    if (Number(found?.token) === token) return;
    onLost();
    throw new LockLost(`The scheduler lock was taken by another instance (ours was ${token}).`);
  };
  return {
    token,
    write: (work) =>
      db.transaction().execute(async (transaction) => {
        if (dialect === 'postgres') await boundTransaction(transaction, idleInTransactionMs);
        const row = transaction.selectFrom('scheduler_fence').select('token');
        // SQLite's transactions hold its one write lock from their start.
        compare(await (dialect === 'postgres' ? row.forShare() : row).executeTakeFirst());
        return work(transaction);
      }),
    async check() {
      compare(await db.selectFrom('scheduler_fence').select('token').executeTakeFirst());
    },
  };
}

/** PostgreSQL only: it ends this transaction, and its connection, when nothing is heard of us for so long. */
async function boundTransaction(transaction: Transaction<Database>, ms: number): Promise<void> {
  await sql`SELECT set_config('idle_in_transaction_session_timeout', ${String(ms)}, true)`.execute(
    transaction,
  );
}
