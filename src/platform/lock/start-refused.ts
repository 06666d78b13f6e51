/** The sentence for a start that is refused because another instance runs the background jobs. */
import { StartError } from '../../base/start-error.ts';
import type { Holder } from './lock-row.ts';
import type { LockTimes } from './lock.ts';

/** `other`: null when the lock is taken and no row says by whom. */
export function startRefused(other: Holder | null, { leaseMs }: LockTimes, time: number): StartError {
  const seconds = other === null ? 0 : Math.max(0, Math.round((time - other.heartbeat_at) / 1000));
  const who = other === null ? '' : `: process ${other.pid} on ${other.hostname}, last seen ${seconds} s ago`;
  return new StartError(
    'scheduler_lock_held',
    `Another BanGUI uses this database${who}. End it first, or set BANGUI_SCHEDULER_LOCK_MODE=standby to run beside ` +
      `it. A crashed one is replaced after ${leaseMs / 1000} s.`,
  );
}
