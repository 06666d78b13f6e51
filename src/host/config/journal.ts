/** What is written down of a change before anything else is: enough to finish or undo it after a kill. */
import type { JailName } from '../host.ts';
import type { ChangeEnd, ConfigFile, Step, StepName } from './change.ts';

/** A file as it was: enough to make it again, byte for byte. */
export interface KeptFile {
  text: string;
  /** A byte is a character: the file is no UTF-8. */
  latin1: boolean;
  mode: number;
  uid: number;
  gid: number;
}

export interface JournalFile {
  file: ConfigFile;
  /** Null: there was none. */
  before: KeptFile | null;
  /** Null: it is deleted. */
  after: string | null;
}

/** What the change does to the daemon. */
export interface Plan {
  starts: JailName[];
  reloads: JailName[];
  /** Those of `reloads` that have to be restarted. */
  restarts: JailName[];
  stops: JailName[];
  /** What ran before; null: the daemon did not run. */
  running: JailName[] | null;
  /** Everything that is enabled runs, so that a reload of everything changes nothing but these. */
  whole: boolean;
}

export type ChangeAction =
  'write' | 'delete' | 'form' | 'activate' | 'deactivate' | 'restore' | 'server' | 'outside';

export interface ChangeAuthor {
  actor: string;
  /** The address the call came from; null for a change of the program's own. */
  client: string | null;
  action: ChangeAction;
  reason: string | null;
  /** The revision that is brought back. */
  restores: number | null;
}

/** undone and finished: at a start after a kill. */
export type RevisionResult = Exclude<ChangeEnd['result'], 'stale' | 'unchanged'> | 'undone' | 'finished';

/** Code of the AppError when another process has taken the change over. */
export const changeTaken = 'config_change_taken';

/** The one change that is under way on the host. `record`, `step` and `end` throw AppError 409 when it is not ours any more. */
export interface OpenChange {
  /** From here on it is a revision. Answers its number. */
  record(files: readonly JournalFile[]): Promise<number>;
  /** Before the step begins. */
  step(name: StepName, plan?: Plan): Promise<void>;
  end(result: RevisionResult, steps: readonly Step[]): Promise<void>;
  /** Nothing was written: it leaves no trace. */
  drop(): Promise<void>;
  /** It ends without an end: from now on it is one that was left behind. */
  abandon(): void;
}

/** A change whose process is gone; taken over by this one. */
export interface LeftChange extends OpenChange {
  revision: number;
  files: JournalFile[];
  /** The step it was in. */
  at: StepName;
  plan: Plan | null;
}

export interface Journal {
  /** Throws AppError 409 `config_change_under_way` while another runs, on whatever instance. */
  begin(author: ChangeAuthor): Promise<OpenChange>;
  /** Files as they lie on disk: what nobody changed through BanGUI becomes a revision of its own. */
  seen(files: readonly Pick<JournalFile, 'file' | 'before'>[]): Promise<void>;
  /** Null when none was left behind. */
  left(): Promise<LeftChange | null>;
}
