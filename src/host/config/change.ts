/** A change of fail2ban's configuration: what is asked for, and how it went. */

/** Which folder: jails (`jail.local`, `jail.d/`), `filter.d/`, `action.d/`, the server itself (`fail2ban.local`, `fail2ban.d/`). */
export type FileKind = 'jail' | 'filter' | 'action' | 'server';

/**
 * One file of the configuration, as its kind and name say it; made by `parseConfigFile`. `jail.local` and `jail.conf` of
 * kind jail, `fail2ban.local` and `fail2ban.conf` of kind server lie in the folder itself, all others in the kind's folder.
 */
export interface ConfigFile {
  kind: FileKind;
  /** With its ending. */
  name: string;
  /** Below the configuration's folder: `jail.d/sshd.local`. */
  path: string;
  /** Only these are ever written. */
  local: boolean;
}

export interface FileChange {
  file: ConfigFile;
  /** What it replaces: SHA-256 of its bytes, hex; null: there is no such file. */
  before: string | null;
  /** Null: the file is deleted. */
  content: string | null;
}

/** Something wrong with a configuration, as near to its place as it can be told. */
export interface Finding {
  severity: 'error' | 'warning';
  /** Stable, kebab-case: `filter-missing`, `bad-time`, `bad-regex`, `not-a-number`, `duplicate-key`, … */
  code: string;
  /** A sentence for a person. */
  message: string;
  jail: string | null;
  option: string | null;
  /** Below the configuration's folder; null when no file can be blamed. */
  file: string | null;
  /** Counted from 1. */
  line: number | null;
  /** What was probably meant: the nearest known name. */
  suggestion: string | null;
}

export const stepNames = ['compare', 'read', 'rehearse', 'write', 'reload', 'look', 'put_back'] as const;
export type StepName = (typeof stepNames)[number];

export interface Step {
  name: StepName;
  outcome: 'running' | 'done' | 'failed' | 'not_reached';
  /** How long it took; null unless it has ended. */
  ms: number | null;
  /** A sentence for a person: what was found, or why it failed. */
  detail: string;
}

export interface ChangeEnd {
  /**
   * applied: written, and every jail runs as it should · unchanged: the files hold this already · stale: a file is not
   * what the change began with · refused: the rehearsal found errors, nothing was written · put_back: it was written,
   * fail2ban did not do well with it, and the files and jails are as before · broken: putting back failed as well.
   */
  result: 'applied' | 'unchanged' | 'stale' | 'refused' | 'put_back' | 'broken';
  steps: Step[];
  findings: Finding[];
  /** Names of jails that were started, reloaded or stopped. */
  jails: string[];
}
