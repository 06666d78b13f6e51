/** Takes, keeps, loses and gives back the scheduler lock; what decides who may hold it is the gate's business. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Database } from '../db/schema.ts';
import { bounded } from './bounded.ts';
import { createFence, type Fence } from './fence.ts';
import { readRow, releaseRow, takeRow, touchRow, type Holder } from './lock-row.ts';
import type { Gate, LockMode, LockTimes, SchedulerLock } from './lock.ts';
import { ownIdentity, type ProcessIdentity } from './process-identity.ts';
import { createRowWatch } from './row-watch.ts';
import { startRefused } from './start-refused.ts';

export interface LockDeps {
  db: Kysely<Database>;
  dialect: 'sqlite' | 'postgres';
  log: Log;
  /** The wall clock is only shown; what the lock depends on is measured with a clock that nobody can set. */
  now: Clock;
  own?: ProcessIdentity;
  /** Other than the contract's in tests only. */
  times?: Partial<LockTimes>;
}

/** From one taking to its end. */
interface Tenure {
  fence: Fence;
  settledAt: number;
  lastBeatAt: number;
}

export function holdLock(deps: LockDeps & { gate: Gate }): SchedulerLock {
  const { gate, db, dialect, log, now, own = ownIdentity() } = deps;
  const time = { ...gate.times, ...deps.times };
  const holder = randomUUID();
  const watch = createRowWatch({ now, leaseMs: time.leaseMs, heartbeatMs: time.heartbeatMs });
  const listeners = new Set<(fence: Fence | null) => void>();
  let mode: LockMode = 'reject';
  let state: ReturnType<SchedulerLock['state']> = 'standby';
  let tenure: Tenure | null = null;
  let announced: Fence | null = null;
  let retryAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let deadline: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  let leaving: Promise<void> = Promise.resolve();

  const isReleased = (): boolean => state === 'released';
  const tell = (fence: Fence | null): void => {
    if (fence === announced) return;
    announced = fence;
    for (const listener of listeners) listener(fence);
  };
  const settle = ({ fence, settledAt, lastBeatAt }: Tenure): void => {
    const at = performance.now();
    if (at >= settledAt && at < lastBeatAt + time.holdMs) tell(fence);
  };

  const lose = (reason: 'row_deleted' | 'no_heartbeat' | 'gate_lost' | 'taken_by_other'): void => {
    if (state !== 'held') return;
    clearTimeout(deadline);
    tenure = null;
    state = mode === 'standby' ? 'standby' : 'lost';
    const byHand = mode === 'standby' ? 2 * time.heartbeatMs : time.graceMs;
    retryAt = performance.now() + (reason === 'row_deleted' ? byHand : 0);
    log.warn('scheduler_lock_heartbeat_lost', { holder, reason });
    // Jobs end here, before anybody else is let in.
    tell(null);
    leaving = gate.leave();
  };
  /** Without a heartbeat another instance will soon take the lock; our jobs must have stopped by then. */
  const expireAt = (at: number): void => {
    clearTimeout(deadline);
    deadline = setTimeout(() => lose('no_heartbeat'), Math.max(0, at - performance.now()));
  };

  /** Null when it is ours, or `unknown` when it is taken and no row says by whom. */
  const tryTake = async (): Promise<Holder | 'unknown' | null> => {
    await leaving;
    const began = performance.now();
    let outside = false;
    const entered = await gate.enter(() => {
      outside = true;
      lose('gate_lost');
    });
    if (!entered) return (await readRow({ db })) ?? 'unknown';
    const taken = await takeRow({
      db,
      dialect,
      holder,
      own,
      now,
      kind: gate.kind,
      isStale: watch.isStale,
    }).catch(async (error: unknown) => {
      await gate.leave();
      throw error;
    });
    if (taken.outcome === 'other') {
      await gate.leave();
      return taken.holder;
    }
    // Released meanwhile: what was just taken is given back there.
    if (isReleased()) return null;
    if (outside) throw new Error('The lock was lost while it was taken.');
    const { token, after, formerIsGone } = taken;
    const fence = createFence({ db, dialect, token, onLost: () => fenced(token) });
    state = 'held';
    const settledAt = formerIsGone ? 0 : performance.now() + time.settleMs;
    const taking = (tenure = { fence, lastBeatAt: began, settledAt });
    expireAt(began + time.holdMs);
    log.info('scheduler_lock_acquired', {
      holder,
      pid: own.pid,
      hostname: own.hostname,
      kind: gate.kind,
      after,
      fence: token,
    });
    settle(taking);
    return null;
  };
  const fenced = (token: number): void => {
    if (tenure?.fence.token === token) lose('taken_by_other');
  };

  const beat = async (current: Tenure): Promise<void> => {
    const began = performance.now();
    const due = began - current.lastBeatAt >= time.heartbeatMs;
    try {
      const found = await bounded(due ? renew() : stillThere(), time.beatBoundMs);
      if (tenure !== current) return;
      if (found === 'late')
        log.error('scheduler_lock_heartbeat_timeout', { timeout_seconds: time.beatBoundMs / 1000 });
      else if (found !== 'ours') return lose(found);
      else if (due) {
        current.lastBeatAt = began;
        expireAt(began + time.holdMs);
        log.debug('scheduler_lock_heartbeat_updated', { holder });
      }
    } catch (error) {
      if (!isReleased()) log.warn('scheduler_lock_heartbeat_failed', { error });
    }
    if (tenure === current) settle(current);
  };
  const renew = async () => {
    const [inside, row] = await Promise.all([gate.renew(), touchRow({ db, holder, now })]);
    if (!inside) return 'gate_lost' as const;
    return row ? ('ours' as const) : ('row_deleted' as const);
  };
  const stillThere = async () =>
    (await readRow({ db }))?.holder === holder ? ('ours' as const) : ('row_deleted' as const);

  const look = async (): Promise<void> => {
    if (tenure !== null) await beat(tenure);
    else if (performance.now() >= retryAt)
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
    kind: gate.kind,
    async start(wanted) {
      mode = wanted;
      let other = await tryTake().catch((error: unknown) => {
        if (mode === 'reject') throw error;
        log.warn('scheduler_lock_look_failed', { error });
        return null;
      });
      if (other !== null) {
        const named = other === 'unknown' ? {} : other;
        log.warn('scheduler_lock_held_by_other_instance', { ...named, mode });
      }
      while (other !== null && mode === 'reject') {
        if (other === 'unknown') throw startRefused(null, time, now());
        if (!watch.isDoubtful(other)) throw startRefused(other, time, now());
        await sleep(time.lookMs);
        other = await tryTake();
      }
      if (!isReleased()) plan();
    },
    fence: () => announced,
    state: () => state,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async release() {
      clearTimeout(timer);
      clearTimeout(deadline);
      const held = state === 'held';
      state = 'released';
      tenure = null;
      tell(null);
      await looking;
      try {
        // The row first: the next one then finds that nobody is left to wait for.
        await releaseRow({ db, holder });
      } finally {
        await leaving;
        await gate.leave();
      }
      return held;
    },
  };
}
