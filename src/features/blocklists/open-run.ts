/** A run under way: its steps and counts reach the row and the open pages, and its end comes exactly once. */
import type { Transaction } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Events } from '../../platform/events.ts';
import { LockLost, type Fence } from '../../platform/lock/fence.ts';
import type { BlocklistRun, Refusal, RunCounts } from './run-contract.ts';
import { noCounts, type RunRow } from './run-rows.ts';

type Step = BlocklistRun['steps'][number];
export type RunEnd = Exclude<BlocklistRun['state'], 'queued' | 'running'>;

export interface OpenRun {
  readonly row: RunRow;
  /** Aborts when a person cancels it, when BanGUI is asked to end, and when it must stop at once. */
  readonly stop: AbortSignal;
  /** Answers what `work` answers; `detail` makes a sentence of that. What it throws is the step's failure. */
  step<T>(name: Step['name'], work: () => Promise<T>, detail: (result: T) => string): Promise<T>;
  /** Written with the next look, at most twice a second. */
  count(counts: Partial<RunCounts>): void;
  refuse(refusals: readonly Refusal[]): void;
  /** Nothing is written after it. `also` is written in the same transaction. */
  end(end: RunOutcome, also?: (transaction: Transaction<Database>) => Promise<void>): Promise<void>;
  /** Stops looking at the row; for a run that cannot be ended because the lock is gone. */
  leave(): void;
}

export interface RunOutcome {
  state: RunEnd;
  error: BlocklistRun['error'];
}

interface OpenRunDeps {
  fence: Fence;
  /** Aborts when BanGUI is asked to end. */
  ending: AbortSignal;
  /** Aborts when the run must stop at once. */
  signal: AbortSignal;
  holder: string;
  events: Events;
  now: Clock;
  log: Log;
}

const lookEveryMs = 500;
export const cancelled = 'cancelled';

/** Null when it is queued no longer: somebody cancelled it. Throws LockLost. */
export async function openRun(deps: OpenRunDeps, queued: RunRow): Promise<OpenRun | null> {
  const { fence, ending, signal, holder, events, now, log } = deps;
  const startedAt = now();
  const taken = await fence.write((transaction) =>
    transaction
      .updateTable('blocklist_runs')
      .set({ state: 'running', started_at: startedAt, fence: fence.token, holder })
      .where('id', '=', queued.id)
      .where('state', '=', 'queued')
      .returningAll()
      .executeTakeFirst(),
  );
  if (taken === undefined) return null;
  const row = taken;
  const cancel = new AbortController();
  const steps: Step[] = [];
  let counts: RunCounts = noCounts;
  let refusals: readonly Refusal[] = [];
  let changed = false;

  const tell = (state: string): void =>
    events.announce({ type: 'run', host: row.host_id, run: row.id, source: row.source_id, state, at: now() });
  const values = () => ({
    step: steps.find(({ outcome }) => outcome === 'running')?.name ?? null,
    steps: JSON.stringify(steps),
    counts: JSON.stringify(counts),
    refusals: JSON.stringify(refusals),
  });
  const write = async (): Promise<void> => {
    const news = changed;
    changed = false;
    const { cancel: asked } = await fence.write((transaction) =>
      transaction
        .updateTable('blocklist_runs')
        .set(values())
        .where('id', '=', row.id)
        .returning('cancel')
        .executeTakeFirstOrThrow(),
    );
    if (asked === 1) cancel.abort(cancelled);
    if (news) tell('running');
  };
  let last: Promise<void> = Promise.resolve();
  /** One after the other; what is asked for while one waits is written by that one. */
  const written = (): Promise<void> => (last = last.catch(() => {}).then(write));
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    written()
      .catch((error: unknown) => {
        if (error instanceof LockLost) cancel.abort(error);
        else log.warn('blocklist_progress_failed', { run: row.id, error });
      })
      .finally(() => (looking = false));
  }, lookEveryMs);
  tell('running');

  return {
    row,
    stop: AbortSignal.any([cancel.signal, ending, signal]),
    async step(name, work, detail) {
      const began = performance.now();
      const step: Step = { name, outcome: 'running', ms: null, detail: '' };
      const ended = (outcome: Step['outcome'], text: string): void => {
        Object.assign(step, { outcome, ms: Math.round(performance.now() - began), detail: text });
      };
      steps.push(step);
      changed = true;
      await written();
      try {
        const result = await work();
        ended('done', detail(result));
        return result;
      } catch (error) {
        ended('failed', '');
        throw error;
      }
    },
    count(more) {
      counts = { ...counts, ...more };
      changed = true;
    },
    refuse(all) {
      refusals = all;
    },
    async end({ state, error }, also = async () => {}) {
      clearInterval(timer);
      await last.catch(() => {});
      await fence.write(async (transaction) => {
        await also(transaction);
        await transaction
          .updateTable('blocklist_runs')
          .set({
            ...values(),
            state,
            step: null,
            ended_at: now(),
            error: error === null ? null : JSON.stringify(error),
          })
          .where('id', '=', row.id)
          .execute();
      });
      tell(state);
      const fields = { run: row.id, source: row.source_name, state, duration_ms: now() - startedAt };
      log[state === 'failed' ? 'warn' : 'info']('blocklist_run_ended', {
        ...fields,
        ...(error && { code: error.code }),
      });
    },
    leave: () => clearInterval(timer),
  };
}
