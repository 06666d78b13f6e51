/** What the main thread and the thread that writes the history say to each other. */
import type { DatabaseAt } from '../../../platform/db/open.ts';
import type { SharedGeo } from '../../../platform/geo/locate.ts';

export interface WorkerStart {
  at: DatabaseAt;
  hostId: string;
  /** Of this tenure of the scheduler lock. */
  fence: number;
  retentionDays: number;
  /** Null: everything there is. */
  backfillDays: number | null;
  geo: GeoNow;
}

export interface GeoNow {
  data: SharedGeo;
  /** Changes with the data. */
  edition: string;
}

export interface JailFacts {
  name: string;
  /** Seconds, -1 = permanent. */
  banSeconds: number;
  increments: boolean;
  /** Bans since the jail started, those that were restored included. */
  totalBanned: number;
}

/** What fail2ban said of itself. */
export interface HostFacts {
  /** ms; when it last answered. */
  asOf: number;
  upSince: number | null;
  /** A file, or another target such as SYSLOG. */
  logTarget: string | null;
  logLevel: string | null;
  databaseFile: string | null;
  purgeSeconds: number | null;
  jails: JailFacts[];
}

export type TaskName = 'sync' | 'retention' | 'rollup' | 'resolution';

export type ToWorker =
  /** The first one. */
  | { say: 'start'; start: WorkerStart }
  | { say: 'host'; facts: HostFacts }
  | { say: 'geo'; geo: GeoNow }
  | { say: 'run'; id: number; task: TaskName }
  /** Stop that task at the edge of its next batch, done so far. */
  | { say: 'halt'; id: number }
  | { say: 'stop' };

export type Counts = Record<string, number>;

export type FromWorker =
  | { say: 'log'; level: 'debug' | 'info' | 'warn' | 'error'; event: string; fields: Record<string, unknown> }
  | { say: 'progress'; progress: Progress }
  | { say: 'ended'; id: number; counts: Counts }
  | { say: 'failed'; id: number; reason: string }
  /** Another instance holds the lock; nothing more is written. */
  | { say: 'lock_lost' }
  | { say: 'stopped' };

export interface Progress {
  /** `seeding`: what fail2ban remembers is being taken over. */
  state: 'waiting' | 'seeding' | 'current';
  /** Rows of fail2ban's database. */
  read: number;
  of: number | null;
  /** In the history. */
  events: number;
  /** Written since this thread began. */
  written: number;
  /** ms; everything told by then is in the history. */
  asOf: number | null;
  /** Bytes of fail2ban's log that are not read yet. */
  behind: number;
  /** Whether each can be read. */
  sources: { log: boolean; database: boolean };
  limits: string[];
}
