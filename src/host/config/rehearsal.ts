/** What trying a changed configuration answers, before anything of it is written. */
import type { FileChange, Finding } from './change.ts';

export interface Rehearsal {
  /** An error means that the change must not be written. What was wrong before and stays so is a warning. */
  findings: Finding[];
  /** Jails that run only with the change. */
  starts: string[];
  /** Jails that run before and after it, with other settings. */
  reloads: string[];
  /**
   * Those of `reloads` whose actions are others: a plain reload would take the old ones away and never start the new
   * ones, so that nothing blocks any more.
   */
  restarts: string[];
  /** Jails that run only without it. */
  stops: string[];
  /** All jails of the changed configuration that are enabled and free of errors. */
  enabled: string[];
  ms: number;
  /** A sentence, set when fail2ban's own modules could not be asked: then nothing else here says anything. */
  failure: string | null;
}

export interface Rehearser {
  /** Never throws for what the files hold. Two run at once, others wait. */
  rehearse(changes: readonly FileChange[], signal: AbortSignal): Promise<Rehearsal>;
  /** Ends what runs and waits until its temporary files are gone. */
  close(): Promise<void>;
}
