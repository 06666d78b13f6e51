/** Which instance runs the background jobs: one at a time. */

export type LockMode = 'reject' | 'standby';

export interface SchedulerLock {
  /** Names this instance in rows it writes. */
  readonly holder: string;
  /**
   * Takes the lock, or with `standby` keeps trying. With `reject` throws StartError `scheduler_lock_held` naming the
   * holder.
   */
  start(mode: LockMode): Promise<void>;
  /** True while jobs may run here. */
  isHeld(): boolean;
  /** `held` and `standby` are well; `lost` = had it, lost it, and was not told to stand by. */
  state(): 'held' | 'standby' | 'lost' | 'released';
  /** Called when jobs may start (true) and when they must stop (false). Returns the way to stop listening. */
  onChange(listener: (held: boolean) => void): () => void;
  /** Gives it back at once. Answers whether it was held. */
  release(): Promise<boolean>;
}
