/** Whether the instance named in the row of `scheduler_lock` still is one. */
import { isGone, ownIdentity } from './process-identity.ts';

/** The row's columns, as any driver answers them. */
export type HolderRow = Readonly<Record<string, unknown>>;

export interface JudgedHolder {
  pid: number;
  hostname: string;
  /** Since the last heartbeat; ms. */
  silentMs: number;
  /** gone: it ran here and is no more · stale: no heartbeat for a minute · alive: everything else. */
  state: 'alive' | 'stale' | 'gone';
}

const staleMs = 60_000;

export function judgeHolder(row: HolderRow, now: number): JudgedHolder {
  const identity = {
    pid: Number(row['pid']),
    hostname: String(row['hostname']),
    bootId: String(row['boot_id']),
    pidNamespace: String(row['pid_namespace']),
    processStarted: String(row['process_started']),
  };
  const silentMs = Math.max(0, now - Number(row['heartbeat_at']));
  const state = isGone(identity, ownIdentity()) ? 'gone' : silentMs > staleMs ? 'stale' : 'alive';
  return { pid: identity.pid, hostname: identity.hostname, silentMs, state };
}
