/** Judges whether the holder named in the lock's row still lives, by what we see of it and not by its clock. */
import type { Clock } from '../../base/clock.ts';
import type { Holder } from './lock-row.ts';

export interface RowWatch {
  /** True when the row has shown no heartbeat for so long that its holder counts as gone. Look often. */
  isStale(row: Holder): boolean;
  /** True while the row looks stale by the clock, and was not yet watched for long enough to know. */
  isDoubtful(row: Holder): boolean;
}

interface RowWatchOptions {
  now: Clock;
  leaseMs: number;
  heartbeatMs: number;
}

/**
 * A clock that is set forward by hours makes a living holder's last heartbeat look old until its next; one set back
 * makes a dead one's look new for hours. So a row is stale when it did not change while we watched: for the whole
 * lease, or for a bit more than a heartbeat when the clock says the same.
 */
export function createRowWatch({ now, leaseMs, heartbeatMs }: RowWatchOptions): RowWatch {
  let seen: { row: Holder; since: number } | null = null;
  let alive = false;

  const watchedMs = (row: Holder): number => {
    const same =
      seen !== null && seen.row.holder === row.holder && seen.row.heartbeat_at === row.heartbeat_at;
    if (seen === null || !same) {
      alive = seen !== null && seen.row.holder === row.holder;
      seen = { row, since: performance.now() };
    }
    return performance.now() - seen.since;
  };
  const age = (row: Holder): number => now() - row.heartbeat_at;

  return {
    isStale(row) {
      const watched = watchedMs(row);
      return watched > leaseMs || (watched > heartbeatMs * 1.4 && age(row) > leaseMs);
    },
    isDoubtful(row) {
      watchedMs(row);
      return !alive && (age(row) > leaseMs || age(row) < -heartbeatMs);
    },
  };
}
