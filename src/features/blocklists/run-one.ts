/** One run from its row to its end, whatever happens in between. */
import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Events } from '../../platform/events.ts';
import type { JobTools } from '../../platform/jobs/job.ts';
import { LockLost } from '../../platform/lock/fence.ts';
import { dueAfter, type DueDeps } from './due.ts';
import { importSource, type ImportDeps } from './import-source.ts';
import { cancelled, openRun, type OpenRun, type RunEnd, type RunOutcome } from './open-run.ts';
import type { RunRow } from './run-rows.ts';
import type { Simulate } from './simulate.ts';
import { simulateSource } from './simulate-source.ts';
import { requireSource, type RowsDeps, type SourceRow } from './source-rows.ts';

export interface RunDeps extends RowsDeps, ImportDeps, DueDeps {
  simulate: Simulate;
  isEnforced: () => Promise<boolean>;
  events: Events;
  holder: string;
  log: Log;
  now: Clock;
}

/** Answers how it ended; null when it was no longer there to be run. Throws LockLost, then nothing is written. */
export async function runOne(deps: RunDeps, queued: RunRow, tools: JobTools): Promise<RunEnd | null> {
  const run = await openRun({ ...deps, ...tools }, queued);
  if (run === null) return null;
  try {
    const done = await attempt(deps, run, tools);
    await run.end(done.outcome, done.also);
    return done.outcome.state;
  } finally {
    run.leave();
  }
}

interface Done {
  outcome: RunOutcome;
  also?: Parameters<OpenRun['end']>[1];
}

async function attempt(deps: RunDeps, run: OpenRun, tools: JobTools): Promise<Done> {
  const { fence, signal } = tools;
  const { source_id: id, cause } = run.row;
  let source: SourceRow | null = null;
  try {
    if (id === null) {
      const did = await deps.enforcer.makeEqual(run, { fence, stop: run.stop, signal });
      return { outcome: { state: did === 'loaded' ? 'completed' : 'unchanged', error: null } };
    }
    const found = (source = await requireSource(deps, id));
    if (cause === 'simulation') {
      const simulation = await simulateSource(deps, found, { run, fence, signal });
      return {
        outcome: { state: 'completed', error: null },
        also: (transaction) => write(transaction, { simulation: JSON.stringify(simulation) }),
      };
    }
    const end = await importSource(deps, found, { run, fence, signal });
    const next_run_at = await dueAfter(deps, found, { failed: false, retryAfterSeconds: null });
    if (end.state !== 'held')
      return {
        outcome: { state: end.state, error: null },
        also: (transaction) => write(transaction, { next_run_at }),
      };
    const held = JSON.stringify(end.held);
    return {
      outcome: { state: 'held', error: { code: 'list_held', message: end.held.reason } },
      also: (transaction) => write(transaction, { next_run_at, held }),
    };
  } catch (error) {
    if (error instanceof LockLost) throw error;
    const outcome = outcomeOf(error, run, tools, deps.log);
    if (source === null || cause === 'simulation') return { outcome };
    const next_run_at = await dueAfterFailure(deps, source, { error, outcome });
    return { outcome, also: (transaction) => write(transaction, { next_run_at }) };
  }

  async function write(
    transaction: Parameters<NonNullable<Done['also']>>[0],
    values: Partial<Pick<SourceRow, 'next_run_at' | 'held' | 'simulation'>>,
  ): Promise<void> {
    if (id === null) return;
    await transaction.updateTable('blocklist_sources').set(values).where('id', '=', id).execute();
  }
}

function outcomeOf(error: unknown, run: OpenRun, { signal }: JobTools, log: Log): RunOutcome {
  if (run.stop.reason === cancelled)
    return aborted('cancelled', 'It was cancelled. What was in force before still is.');
  const byFail2ban = error instanceof AppError && error.code.startsWith('blocklist_');
  if (signal.aborted || (run.stop.aborted && !byFail2ban)) return aborted(ended, endedSentence);
  if (error instanceof AppError) return failed(error.code, error.message);
  if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT'))
    return failed(
      'disk_full',
      'The disk with the folder of the lists is full. What was in force before still is.',
    );
  log.error('blocklist_run_failed', { run: run.row.id, source: run.row.source_name, error });
  return failed('internal_error', 'Something went wrong that should not; the log says what.');
}

const ended = 'instance_ended';
const endedSentence = 'BanGUI was ended during this run. It runs again at the next start.';

const aborted = (code: string, message: string): RunOutcome => ({
  state: 'aborted',
  error: { code, message },
});
const failed = (code: string, message: string): RunOutcome => ({
  state: 'failed',
  error: { code, message },
});

/** What was stopped by our own end is due at once. */
function dueAfterFailure(
  deps: RunDeps,
  source: SourceRow,
  { error, outcome }: { error: unknown; outcome: RunOutcome },
): Promise<number | null> {
  if (outcome.error?.code === ended) return Promise.resolve(source.enabled === 1 ? deps.now() : null);
  return dueAfter(deps, source, {
    failed: outcome.state === 'failed',
    retryAfterSeconds: error instanceof AppError ? error.retryAfterSeconds : null,
  });
}
