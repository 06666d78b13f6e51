/** Takes the one row of `scheduler_lock`, or says whose it is. */
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Database } from '../db/schema.ts';
import { isGone, type ProcessIdentity } from './process-identity.ts';

export interface Holder {
  pid: number;
  hostname: string;
  acquired_at: number;
  heartbeat_at: number;
}

export type Taken =
  | { outcome: 'other'; holder: Holder }
  /** `formerIsGone`: nobody else can be running jobs at this moment. */
  | { outcome: 'taken'; after: 'free' | 'stale' | 'holder_gone'; formerIsGone: boolean };

interface TakeOptions {
  db: Kysely<Database>;
  holder: string;
  own: ProcessIdentity;
  now: Clock;
  staleMs: number;
}

/** One transaction: of several instances exactly one takes it. */
export async function takeLock({ db, holder, own, now, staleMs }: TakeOptions): Promise<Taken> {
  return db.transaction().execute(async (transaction): Promise<Taken> => {
    const row = await transaction.selectFrom('scheduler_lock').selectAll().executeTakeFirst();
    const time = now();
    let after: 'free' | 'stale' | 'holder_gone' = 'free';
    if (row !== undefined) {
      const { pid, hostname, acquired_at, heartbeat_at } = row;
      if (isGone(identityIn(row), own)) after = 'holder_gone';
      else if (time - heartbeat_at > staleMs) after = 'stale';
      else return { outcome: 'other', holder: { pid, hostname, acquired_at, heartbeat_at } };
      await transaction.deleteFrom('scheduler_lock').where('id', '=', row.id).execute();
    }
    // A row that an operator deleted by hand looks like one that was given back; the tenure tells them apart.
    const tenure = await transaction.selectFrom('scheduler_tenure').selectAll().executeTakeFirst();
    const formerIsGone = tenure === undefined || tenure.holder === holder || isGone(identityIn(tenure), own);
    const mine = {
      id: 1,
      holder,
      pid: own.pid,
      hostname: own.hostname,
      boot_id: own.bootId,
      pid_namespace: own.pidNamespace,
      process_started: own.processStarted,
    };
    await transaction
      .insertInto('scheduler_lock')
      .values({ ...mine, acquired_at: time, heartbeat_at: time })
      .execute();
    await transaction.deleteFrom('scheduler_tenure').execute();
    await transaction.insertInto('scheduler_tenure').values(mine).execute();
    return { outcome: 'taken', after, formerIsGone };
  });
}

/** Gives back what `holder` has; another's rows stay. */
export async function releaseLock({ db, holder }: Pick<TakeOptions, 'db' | 'holder'>): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await transaction.deleteFrom('scheduler_lock').where('holder', '=', holder).execute();
    await transaction.deleteFrom('scheduler_tenure').where('holder', '=', holder).execute();
  });
}

interface IdentityRow {
  pid: number;
  hostname: string;
  boot_id: string;
  pid_namespace: string;
  process_started: string;
}

function identityIn({
  pid,
  hostname,
  boot_id,
  pid_namespace,
  process_started,
}: IdentityRow): ProcessIdentity {
  return { pid, hostname, bootId: boot_id, pidNamespace: pid_namespace, processStarted: process_started };
}
