/** The tables as Kysely sees them. Times are integer milliseconds since the epoch, UTC; flags are 0 or 1. */
import type { Generated } from 'kysely';
import type { BlocklistTables } from './schema-blocklists.ts';
import type { ConfigTables } from './schema-config.ts';
import type { HistoryTables } from './schema-history.ts';

export interface Database extends HistoryTables, ConfigTables, BlocklistTables {
  schema_migrations: SchemaMigrations;
  settings: Settings;
  users: Users;
  sessions: Sessions;
  audit: Audit;
  scheduler_lock: SchedulerLock;
  scheduler_tenure: SchedulerTenure;
  scheduler_fence: SchedulerFence;
  job_runs: JobRuns;
  active_bans: ActiveBans;
  manual_bans: ManualBans;
  shared_limits: SharedLimits;
  mirror_state: MirrorState;
  jail_settings: JailSettings;
}

interface SchemaMigrations {
  version: number;
  name: Generated<string>;
  applied_at: Generated<number>;
}

interface Settings {
  key: string;
  value: string;
}

interface Users {
  id: Generated<number>;
  name: string;
  role: string;
  password_hash: string;
  created_at: number;
  password_changed_at: number;
}

interface Sessions {
  /** SHA-256 of the token, hex. The token itself is only in the cookie. */
  token_hash: string;
  user_id: number;
  created_at: number;
  expires_at: number;
  /** The client's address at sign-in. */
  client: string;
  user_agent: string;
  /** Until then the password need not be typed again for what runs code, ms. */
  confirmed_until: Generated<number>;
}

interface Audit {
  id: Generated<number>;
  at: number;
  host_id: string | null;
  actor: string;
  client: string | null;
  action: string;
  target: string;
  detail: string;
  outcome: string;
}

interface SchedulerLock {
  /** Always 1: at most one row. */
  id: number;
  holder: string;
  pid: number;
  hostname: string;
  boot_id: string;
  pid_namespace: string;
  process_started: string;
  acquired_at: number;
  heartbeat_at: number;
  /** What decides who holds it: `sqlite` = this row itself, `postgres` = a session of the server, `redis` = a key there. */
  kind: Generated<string>;
}

interface SchedulerTenure {
  id: number;
  holder: string;
  pid: number;
  hostname: string;
  boot_id: string;
  pid_namespace: string;
  process_started: string;
}

interface SchedulerFence {
  /** Always 1. */
  id: number;
  /** Grows by one with each taking of the lock; what is written as holder needs the newest. */
  token: number;
}

interface JobRuns {
  id: Generated<number>;
  job: string;
  holder: string;
  state: string;
  started_at: number;
  ended_at: number | null;
  counts: string;
  error: string | null;
  /** The token of the lock it ran under. */
  fence: Generated<number>;
}

interface ActiveBans {
  host_id: string;
  jail: string;
  ip: string;
  /** Sorts as the address does; see `addressKey`. */
  ip_key: string;
  banned_at: number;
  /** PERMANENT_MS for a permanent ban, so that one index sorts them all. */
  expires_at: number;
  ban_count: number;
  /** 1: the ticket carries its own duration (increment, restored, prolonged); 0: it follows the jail's ban time. */
  own_duration: number;
  /** 0: seen in the log only, its duration not yet read back. */
  confirmed: number;
  /** Mark of the last full read that saw it; what an older mark leaves behind is gone. */
  seen: number;
  /** Two-letter code, or `private`, `reserved`, `unknown`. */
  country: string;
  /** 0 = unknown. */
  asn: number;
}

interface ManualBans {
  host_id: string;
  jail: string;
  ip: string;
  banned_at: number;
  banned_by: string;
  reason: string;
  /** BanGUI ends the ban then; null: at the jail's own time. PERMANENT_MS: never, in a jail whose bans end. */
  ends_at: number | null;
  /** When fail2ban last heard of it from us; null before its answer, and for a ban that is not kept alive. */
  renewed_at: number | null;
  /** Longer than the jail's ban time: fail2ban has to hear of it again then. Null: it need not. */
  renew_at: number | null;
}

/** Only PostgreSQL uses it. `limits/postgres-limits.ts` says what its numbers are; ms with fractions. */
interface SharedLimits {
  key: string;
  full_at: number;
  tries: number;
  tried_at: number;
  answer: number;
}

interface MirrorState {
  host_id: string;
  state: string;
  bans: number;
  as_of: number | null;
  /** JSON list of sentences. */
  limits: string;
  /** Changes with each sign of life of the instance that runs the mirror. */
  written_at: number;
}

interface JailSettings {
  host_id: string;
  jail: string;
  /** ms; it was seen to be set so then, and until the next row. */
  since: number;
  /** JSON; see `features/address/settings-shape.ts`. */
  settings: string;
}
