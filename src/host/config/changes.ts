/** The one way to change fail2ban's configuration: rehearsed, written down, applied whole or put back. */
import { applyChange, shuttingDown, type AppliedEnd, type ApplyDeps } from './apply-change.ts';
import type { FileChange, Step } from './change.ts';
import type { ChangeAuthor } from './journal.ts';
import { recover } from './recover.ts';
import { createSteps, type OnStep } from './steps.ts';

export interface ChangeRequest extends Pick<ChangeAuthor, 'actor' | 'action' | 'reason'> {
  files: readonly FileChange[];
  /** Whether the person has typed the password for what runs code. */
  allowCommands: boolean;
  /** The caller's address. */
  client?: string | null;
  /** The revision that is brought back. */
  restores?: number | null;
}

export interface Changes {
  /**
   * Throws AppError, with nothing changed: 403 `confirmation_required` or `commands_not_allowed`, 409
   * `config_change_under_way`, 422 for files that are never written, 503 when a part of it does not answer.
   */
  apply(request: ChangeRequest, onStep: OnStep): Promise<AppliedEnd>;
  /** Finishes or undoes what a process left behind that is no more. Never throws; does nothing while a change runs here. */
  recover(): Promise<void>;
  /** A change that has not begun to write is given up; one that has is ended first. */
  close(): Promise<void>;
}

interface ChangesDeps extends ApplyDeps {
  /** Hears of every step of every change. */
  tell: (step: Step, of: { revision: number | null; paths: readonly string[] }) => void;
}

export function createChanges(deps: ChangesDeps): Changes {
  const { journal, log, tell } = deps;
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();

  const inside = async <T>(work: () => Promise<T>): Promise<T> => {
    if (closing.signal.aborted) throw shuttingDown();
    const mine = work();
    running.add(mine);
    try {
      return await mine;
    } finally {
      running.delete(mine);
    }
  };

  const recoverFirst = async (): Promise<void> => {
    try {
      await recover(deps);
    } catch (error) {
      log.error('config_recovery_failed', { error });
    }
  };

  const run = async (request: ChangeRequest, onStep: OnStep): Promise<AppliedEnd> => {
    const { files, allowCommands, client = null, restores = null, ...author } = request;
    await recoverFirst();
    const open = await journal.begin({ ...author, client, restores });
    const steps = createSteps((step, revision) => {
      tell(step, { revision, paths: files.map(({ file }) => file.path) });
      onStep(step, revision);
    });
    const change = { files, allowCommands, open, steps, signal: closing.signal, written: false };
    try {
      return await applyChange(deps, change);
    } catch (error) {
      if (change.written) open.abandon();
      else
        await open
          .drop()
          .catch((failure: unknown) => log.error('config_change_not_dropped', { error: failure }));
      throw error;
    }
  };

  return {
    apply: (request, onStep) => inside(() => run(request, onStep)),
    async recover() {
      if (running.size === 0 && !closing.signal.aborted) await inside(recoverFirst);
    },
    async close() {
      closing.abort();
      await Promise.allSettled(running);
    },
  };
}
