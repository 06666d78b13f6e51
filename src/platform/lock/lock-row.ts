/** The one row of `scheduler_lock`, where operators see the holder, and the token that grows with each taking. */
import { sql, type Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Database } from '../db/schema.ts';
import type { Gate } from './lock.ts';
import { isGone, type ProcessIdentity } from './process-identity.ts';

export interface Holder {
  holder: string;
  pid: number;
  hostname: string;
  kind: string;
  acquired_at: number;
  heartbeat_at: number;
}

export type Taken =
  | { outcome: 'other'; holder: Holder }
  /** `formerIsGone`: nobody else can be running jobs at this moment. */
  | { outcome: 'taken'; token: number; after: After; formerIsGone: boolean };

type After = 'free' | 'stale' | 'holder_gone';

interface RowOptions {
  db: Kysely<Database>;
  dialect: 'sqlite' | 'postgres';
  holder: string;
}

interface TakeOptions extends RowOptions {
  own: ProcessIdentity;
  now: Clock;
  kind: Gate['kind'];
  isStale: (row: Holder) => boolean;
}

/** A transaction of a paused former holder may stand in the way; the next look tries again. */
const lockWaitMs = 3_000;

/** Of several instances exactly one takes it, in one transaction. Throws what the database throws. */
export async function takeRow(options: TakeOptions): Promise<Taken> {
  const { db, dialect, holder, own, now, kind } = options;
  // Most looks of a standby end here, without a transaction in the holder's way.
  const standing = await db.selectFrom('scheduler_lock').selectAll().executeTakeFirst();
  if (judge(standing, options) === null && standing !== undefined)
    return { outcome: 'other', holder: asHolder(standing) };
  return db.transaction().execute(async (transaction): Promise<Taken> => {
    if (dialect === 'postgres')
      await sql`SELECT set_config('lock_timeout', ${String(lockWaitMs)}, true)`.execute(transaction);
    // This waits for what the former holder is writing, and holds back everybody else who would take it.
    const fence = transaction.selectFrom('scheduler_fence').select('token');
    const { token } = await (dialect === 'postgres' ? fence.forUpdate() : fence).executeTakeFirstOrThrow();
    const row = await transaction.selectFrom('scheduler_lock').selectAll().executeTakeFirst();
    const after = judge(row, options);
    if (after === null && row !== undefined) return { outcome: 'other', holder: asHolder(row) };
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
    const time = now();
    const newest = Number(token) + 1;
    await transaction.updateTable('scheduler_fence').set({ token: newest }).execute();
    await transaction.deleteFrom('scheduler_lock').execute();
    await transaction
      .insertInto('scheduler_lock')
      .values({ ...mine, kind, acquired_at: time, heartbeat_at: time })
      .execute();
    await transaction.deleteFrom('scheduler_tenure').execute();
    await transaction.insertInto('scheduler_tenure').values(mine).execute();
    return { outcome: 'taken', token: newest, after: after ?? 'free', formerIsGone };
  });
}

/** Why the row's holder may be replaced, or null when it may not. */
function judge(
  row: (Holder & IdentityRow) | undefined,
  { holder, own, kind, isStale }: Pick<TakeOptions, 'holder' | 'own' | 'kind' | 'isStale'>,
): After | null {
  if (row === undefined || row.holder === holder) return 'free';
  if (isGone(identityIn(row), own)) return 'holder_gone';
  // Where something outside the database decides, being in means that the row is a former one's. A row of another
  // kind is that of an instance with other settings, which knows nothing of what we are in.
  if (kind !== 'sqlite' && row.kind === kind) return 'stale';
  return isStale(asHolder(row)) ? 'stale' : null;
}

/** Whose it is, as the row says. */
export async function readRow({ db }: Pick<RowOptions, 'db'>): Promise<Holder | null> {
  const row = await db.selectFrom('scheduler_lock').selectAll().executeTakeFirst();
  return row === undefined ? null : asHolder(row);
}

/** Writes a heartbeat. False when the row is not ours any more. */
export async function touchRow({ db, holder, now }: Pick<TakeOptions, 'db' | 'holder' | 'now'>) {
  const { numUpdatedRows } = await db
    .updateTable('scheduler_lock')
    .set({ heartbeat_at: now() })
    .where('holder', '=', holder)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Gives back what `holder` has; another's rows stay. */
export async function releaseRow({ db, holder }: Pick<RowOptions, 'db' | 'holder'>): Promise<void> {
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

const asHolder = ({ holder, pid, hostname, kind, acquired_at, heartbeat_at }: Holder): Holder => ({
  holder,
  pid: Number(pid),
  hostname,
  kind,
  acquired_at: Number(acquired_at),
  heartbeat_at: Number(heartbeat_at),
});

function identityIn({
  pid,
  hostname,
  boot_id,
  pid_namespace,
  process_started,
}: IdentityRow): ProcessIdentity {
  return {
    pid: Number(pid),
    hostname,
    bootId: boot_id,
    pidNamespace: pid_namespace,
    processStarted: process_started,
  };
}
