/** The scheduler lock as one row of the embedded database, kept alive by a heartbeat. */
import { holdLock, type LockDeps } from './hold-lock.ts';
import type { Gate, SchedulerLock } from './lock.ts';

/** The row decides alone; instances that share the file run on one machine, and see each other's processes end. */
const gate: Gate = {
  kind: 'sqlite',
  times: {
    lookMs: 1_000,
    heartbeatMs: 5_000,
    beatBoundMs: 5_000,
    leaseMs: 60_000,
    holdMs: 50_000,
    settleMs: 3_000,
    graceMs: 60_000,
  },
  enter: async () => true,
  renew: async () => true,
  leave: async () => {},
};

export const createSqliteLock = (deps: Omit<LockDeps, 'dialect'>): SchedulerLock =>
  holdLock({ ...deps, dialect: 'sqlite', gate });
