/** The tables around fail2ban's configuration as Kysely sees them. Times are integer milliseconds. */
import type { Generated } from 'kysely';

export interface ConfigTables {
  config_revisions: ConfigRevisions;
  config_pending: ConfigPending;
  jail_ignores: JailIgnores;
  jail_acts: JailActs;
  lab_trials: LabTrials;
}

interface ConfigRevisions {
  id: Generated<number>;
  host_id: string;
  at: number;
  actor: string;
  reason: string | null;
  /** `write`, `delete`, `form`, `activate`, `deactivate`, `restore`, `server`, `outside` (found on disk, not written by us). */
  action: string;
  /** `pending`, `applied`, `refused`, `put_back`, `broken`, `undone` (at the start after a kill), `finished` (likewise). */
  result: string;
  /** JSON: see `features/config/stored-files.ts`. */
  files: string;
  /** JSON: the steps with their outcome. */
  steps: string;
  /** The revision that this one brought back. */
  restores: number | null;
}

interface ConfigPending {
  host_id: string;
  revision: number;
  /** Who works on it: JSON of the process's identity. */
  holder: string;
  begun_at: number;
  /** Last sign of life. */
  beat_at: number;
  /** JSON: the step under way, and what the change does to the daemon. */
  state: string;
}

interface JailIgnores {
  host_id: string;
  jail: string;
  /** As fail2ban spells it. */
  entry: string;
  actor: string;
  reason: string | null;
  created_at: number;
  /** Null: never. */
  expires_at: number | null;
}

interface JailActs {
  host_id: string;
  jail: string;
  /** `stopped`, `idle`, `running`. */
  state: string;
  actor: string;
  at: number;
}

interface LabTrials {
  id: Generated<number>;
  host_id: string;
  name: string;
  actor: string;
  created_at: number;
  changed_at: number;
  /** JSON; see `features/regex`. */
  trial: string;
}
