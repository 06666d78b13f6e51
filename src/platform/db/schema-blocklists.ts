/** The tables of external blocklists as Kysely sees them. Times are integer milliseconds; flags are 0 or 1. */
import type { Generated } from 'kysely';

export interface BlocklistTables {
  blocklist_sources: BlocklistSources;
  blocklist_runs: BlocklistRuns;
  blocklist_allowed: BlocklistAllowed;
  blocklist_enforcement: BlocklistEnforcement;
  feed_tokens: FeedTokens;
}

interface BlocklistSources {
  id: Generated<number>;
  host_id: string;
  name: string;
  /** Null: an uploaded file, kept in the blocklist folder. */
  url: string | null;
  /** JSON: how its text is read; `ListFormat` of `features/blocklists/contract.ts`. */
  format: string;
  enabled: number;
  /** `hourly`, `daily 04:10`, `weekly mon 04:10`, or five fields of cron; null: by hand only. */
  schedule: string | null;
  /** Null: not by itself. */
  next_run_at: number | null;
  created_at: number;
  changed_at: number;
  etag: string | null;
  last_modified: string | null;
  /** SHA-256 of the bytes that `set_file` was read from, hex; null: never read. */
  content_hash: string | null;
  /** Name in the folder's `sources/`; null: never read. */
  set_file: string | null;
  /** Networks and single addresses after merging, both families. */
  entries: number | null;
  entries_at: number | null;
  /** JSON: why a new version waits for a person; null: none waits. */
  held: string | null;
  /** JSON: the last simulation; null: none. */
  simulation: string | null;
  /** Addresses that own jails banned in the last 24 hours and that it holds; null: not counted yet. */
  hits: number | null;
  /** Entries that met something that is never blocked, when the lists were last put together. */
  meets_allowed: Generated<number>;
}

interface BlocklistRuns {
  id: Generated<number>;
  host_id: string;
  /** Null: all lists were only put together anew. Stays when the source is deleted. */
  source_id: number | null;
  /** As it was called then. */
  source_name: string;
  /** `schedule`, `person`, `simulation`, `change` (allow-list, a source switched on or off), `enforcement`. */
  cause: string;
  actor: string | null;
  /** `queued`, `running`, `completed`, `unchanged`, `held`, `failed`, `aborted`. */
  state: string;
  queued_at: number;
  started_at: number | null;
  ended_at: number | null;
  /** The one under way. */
  step: string | null;
  /** JSON: each step with outcome, ms and detail. */
  steps: string;
  /** JSON. */
  counts: string;
  /** JSON: for each kind of refusal how many, with examples. */
  refusals: string;
  error: string | null;
  /** 1: a person has said that a list may shrink or grow so much. */
  force: number;
  /** 1: somebody asked for its end. */
  cancel: Generated<number>;
  /** The token of the lock it ran under. */
  fence: Generated<number>;
  holder: string | null;
  /** JSON, of a simulation only: whether to fetch, how many days of the history to look at. */
  options: string | null;
}

interface BlocklistAllowed {
  id: Generated<number>;
  host_id: string;
  /** An address, a network, or a host name in lower case. */
  entry: string;
  actor: string;
  reason: string | null;
  created_at: number;
  /** Null: never. */
  expires_at: number | null;
  /** JSON list of addresses, of a host name only. */
  resolved: string | null;
  resolved_at: number | null;
  /** Why it could not be resolved the last time; the addresses before stay allowed. */
  trouble: string | null;
}

interface BlocklistEnforcement {
  host_id: string;
  /** `ipset`, `bans`. */
  method: string;
  /** JSON list: `INPUT`, `FORWARD`, `DOCKER-USER`. */
  chains: string;
  actor: string;
  installed_at: number;
  /** JSON: the rules' counters as last read, and those before they began anew. */
  hits: string | null;
  /** JSON: what came out when the lists were last put together. */
  combined: string | null;
}

interface FeedTokens {
  id: Generated<number>;
  host_id: string;
  name: string;
  /** SHA-256 of the token, hex. */
  token_hash: string;
  actor: string;
  created_at: number;
  used_at: number | null;
}
