/** The scheduler lock as one row of the embedded database, kept alive by a heartbeat. */
import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { StartError } from '../../base/start-error.ts';
import type { Database } from '../db/schema.ts';
import { releaseLock, takeLock, type Holder } from './lock-row.ts';
import type { LockMode, SchedulerLock } from './lock.ts';
import { ownIdentity, type ProcessIdentity } from './process-identity.ts';

interface SqliteLockDeps {
  db: Kysely<Database>;
  log: Log;
  now: Clock;
  own?: ProcessIdentity;
  /** Other than the contract's in tests only; all in ms. */
  times?: Partial<LockTimes>;
}

interface LockTimes {
  /** How often the row is looked at: as holder for its loss, as standby for its freedom. */
  lookMs: number;
  heartbeatMs: number;
  /** The longest one heartbeat may take. */
  beatBoundMs: number;
  staleMs: number;
  /** After taking a lock whose former holder may still run: the time in which it notices and stops its jobs. */
  settleMs: number;
  /** After losing it without being told to stand by: time for the one it was taken away for. */
  graceMs: number;
}

const contractTimes: LockTimes = {
  lookMs: 1_000,
  heartbeatMs: 5_000,
  beatBoundMs: 5_000,
  staleMs: 60_000,
  settleMs: 3_000,
  graceMs: 60_000,
};

export function createSqliteLock({
  db,
  log,
  now,
  own = ownIdentity(),
  times = {},
}: SqliteLockDeps): SchedulerLock {
  const time = { ...contractTimes, ...times };
  const holder = randomUUID();
  const listeners = new Set<(held: boolean) => void>();
  let mode: LockMode = 'reject';
  let state: ReturnType<SchedulerLock['state']> = 'standby';
  let settledAt = Infinity;
  let lastBeatAt = 0;
  let retryAt = 0;
  let announced = false;
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> = Promise.resolve();

  const isReleased = (): boolean => state === 'released';
  const tell = (held: boolean): void => {
    if (held === announced) return;
    announced = held;
    for (const listener of listeners) listener(held);
  };

  const tryTake = async (): Promise<Holder | null> => {
    const taken = await takeLock({ db, holder, own, now, staleMs: time.staleMs });
    if (taken.outcome === 'other') return taken.holder;
    // Released meanwhile: the row just written is removed there.
    if (isReleased()) return null;
    state = 'held';
    lastBeatAt = now();
    settledAt = taken.formerIsGone ? 0 : now() + time.settleMs;
    log.info('scheduler_lock_acquired', { holder, pid: own.pid, hostname: own.hostname, after: taken.after });
    if (settledAt === 0) tell(true);
    return null;
  };

  const lose = (): void => {
    state = mode === 'standby' ? 'standby' : 'lost';
    retryAt = now() + (mode === 'standby' ? 2 * time.heartbeatMs : time.graceMs);
    log.warn('scheduler_lock_heartbeat_lost', { holder });
    tell(false);
  };

  const beat = async (): Promise<void> => {
    const due = now() - lastBeatAt >= time.heartbeatMs;
    try {
      const mine = await bounded(due ? renew() : stillMine(), time.beatBoundMs);
      if (isReleased()) return;
      if (mine === 'late')
        log.error('scheduler_lock_heartbeat_timeout', { timeout_seconds: time.beatBoundMs / 1000 });
      else if (!mine) return lose();
      else if (due) {
        lastBeatAt = now();
        log.debug('scheduler_lock_heartbeat_updated', { holder });
      }
    } catch (error) {
      log.warn('scheduler_lock_heartbeat_failed', { error });
    }
    if (isReleased()) return;
    // Without a heartbeat another instance will soon take the lock; our jobs must have stopped by then.
    if (now() - lastBeatAt > time.staleMs - 2 * time.beatBoundMs) lose();
    else if (now() >= settledAt) tell(true);
  };
  const renew = async (): Promise<boolean> => {
    const { numUpdatedRows } = await db
      .updateTable('scheduler_lock')
      .set({ heartbeat_at: now() })
      .where('holder', '=', holder)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  };
  const stillMine = async (): Promise<boolean> => {
    const row = await db
      .selectFrom('scheduler_lock')
      .where('holder', '=', holder)
      .select('id')
      .executeTakeFirst();
    return row !== undefined;
  };

  const look = async (): Promise<void> => {
    if (state === 'held') await beat();
    else if (now() >= retryAt)
      await tryTake().catch((error: unknown) => log.warn('scheduler_lock_look_failed', { error }));
    if (!isReleased()) plan();
  };
  const plan = (): void => {
    timer = setTimeout(() => {
      looking = look();
    }, time.lookMs);
  };

  return {
    holder,
    async start(wanted) {
      mode = wanted;
      const other = await tryTake();
      if (other !== null) {
        log.warn('scheduler_lock_held_by_other_instance', { ...other, mode });
        if (mode === 'reject') throw heldByOther(other, now());
      }
      plan();
    },
    isHeld: () => announced,
    state: () => state,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async release() {
      if (timer !== null) clearTimeout(timer);
      const held = state === 'held';
      state = 'released';
      tell(false);
      await looking;
      await releaseLock({ db, holder });
      return held;
    },
  };
}

async function bounded<T>(work: Promise<T>, ms: number): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function heldByOther({ pid, hostname, heartbeat_at }: Holder, time: number): StartError {
  const seconds = Math.max(0, Math.round((time - heartbeat_at) / 1000));
  return new StartError(
    'scheduler_lock_held',
    `Another BanGUI uses this database: process ${pid} on ${hostname}, last seen ${seconds} s ago. End it first, or set ` +
      'BANGUI_SCHEDULER_LOCK_MODE=standby to run beside it. A crashed one is replaced after 60 s.',
  );
}
