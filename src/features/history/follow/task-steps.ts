/** The tasks of the writer, step by step. */
import type { Kysely } from 'kysely';
import type { Database } from '../../../platform/db/schema.ts';
import type { Fence } from '../../../platform/lock/fence.ts';
import type { HistoryStore } from '../store/store.ts';
import type { FollowLoop } from './follow-loop.ts';
import type { Counts, TaskName } from './messages.ts';
import type { Step } from './tasks.ts';
import type { Writer } from './writer.ts';

interface StepsDeps {
  db: Kysely<Database>;
  dialect: 'sqlite' | 'postgres';
  hostId: string;
  fence: Fence;
  store: HistoryStore;
  writer: Writer;
  loop: FollowLoop;
  /** ms; older events go. */
  retained: () => number;
  /** Of the country and network data. */
  edition: () => string;
}

export function taskSteps({ loop }: StepsDeps): Record<TaskName, () => Step> {
  return {
    sync: () => syncStep(loop),
    retention: () => async () => ({ counts: {}, more: false }),
    rollup: () => async () => ({ counts: {}, more: false }),
    resolution: () => async () => ({ counts: {}, more: false }),
  };
}

/** Following is the loop's own work; this waits until it has caught up. What comes all day is worth no row. */
function syncStep(loop: FollowLoop): Step {
  const before = loop.totals();
  const behind = loop.progress().state === 'seeding';
  let reported: Counts = {};
  return async () => {
    const { read, bans, unbans } = loop.totals();
    const now: Counts = {
      read: read - before.read,
      bans: bans - before.bans,
      unbans: unbans - before.unbans,
    };
    const counts = Object.fromEntries(
      Object.entries(now).map(([name, count]) => [name, count - (reported[name] ?? 0)]),
    );
    reported = now;
    const { state } = loop.progress();
    return { counts: behind ? counts : {}, more: state !== 'waiting' && !loop.caughtUp() };
  };
}
