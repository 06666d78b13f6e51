/** Which instance runs the background jobs: one at a time. */
import type { Fence } from './fence.ts';

export type LockMode = 'reject' | 'standby';

export interface SchedulerLock {
  /** Names this instance in rows it writes. */
  readonly holder: string;
  /** What decides who may hold it. */
  readonly kind: Gate['kind'];
  /**
   * Takes the lock, or with `standby` keeps trying. With `reject` throws StartError `scheduler_lock_held` naming the
   * holder.
   */
  start(mode: LockMode): Promise<void>;
  /** What jobs write through, while they may run here; else null. */
  fence(): Fence | null;
  /** `held` and `standby` are well; `lost` = had it, lost it, and was not told to stand by. */
  state(): 'held' | 'standby' | 'lost' | 'released';
  /** Called with a fence when jobs may start, with null when they must stop. Returns the way to stop listening. */
  onChange(listener: (fence: Fence | null) => void): () => void;
  /** Gives it back at once. Answers whether it was held. */
  release(): Promise<boolean>;
}

/**
 * What decides, before the row in the database is written, who may hold the lock. Each call may throw when what is
 * behind it does not answer; the next call tries again.
 */
export interface Gate {
  readonly kind: 'sqlite' | 'postgres' | 'redis';
  readonly times: LockTimes;
  /** True when we are in. Never waits for another to leave. `onLost` is called when it is seen at once that we are out. */
  enter(onLost: () => void): Promise<boolean>;
  /** False when we are out. */
  renew(): Promise<boolean>;
  /** Lets the next one in at once, if that can be told to anybody. Never throws. */
  leave(): Promise<void>;
}

/** All in ms. */
export interface LockTimes {
  /** How often the lock is looked at: as holder for its loss, as standby for its freedom. */
  lookMs: number;
  heartbeatMs: number;
  /** The longest one heartbeat may take. */
  beatBoundMs: number;
  /** So long without a heartbeat nobody else takes it. */
  leaseMs: number;
  /** Shorter: so long without a heartbeat the holder goes on. */
  holdMs: number;
  /** After taking a lock whose former holder may still run: the time in which it notices and stops its jobs. */
  settleMs: number;
  /** After it was taken away by hand from one that does not stand by: time for the one it was taken away for. */
  graceMs: number;
}
