/** The tasks of the writer, step by step. */
import type { Kysely } from 'kysely';
import type { Database } from '../../../platform/db/schema.ts';
import type { Fence } from '../../../platform/lock/fence.ts';
import type { HistoryStore } from '../store/store.ts';
import type { FollowLoop } from './follow-loop.ts';
import type { Counts, TaskName } from './messages.ts';
import { readState, stateEntry, stateKinds } from './state-rows.ts';
import type { Step } from './tasks.ts';
import type { Writer } from './writer.ts';

interface StepsDeps {
  db: Kysely<Database>;
  hostId: string;
  fence: Fence;
  store: HistoryStore;
  writer: Writer;
  loop: FollowLoop;
  /** ms; older events go. */
  retained: () => number;
  /** Of the country and network data. */
  edition: () => string;
  now: () => number;
}

export function taskSteps(deps: StepsDeps): Record<TaskName, () => Step> {
  const { fence, store, writer, loop, retained, now } = deps;
  return {
    sync: () => syncStep(loop),
    retention() {
      const pruning = store.prune(fence, retained());
      return async () => {
        if (seeding(loop)) return nothing;
        const step = await pruning.next();
        if (step.done === true) return nothing;
        writer.changed(-step.value);
        return { counts: { removed: step.value }, more: true };
      };
    },
    rollup() {
      const days = store.rollUp(fence, now());
      return async () => {
        if (seeding(loop)) return nothing;
        const step = await days.next();
        return step.done === true ? nothing : { counts: { days: step.value }, more: true };
      };
    },
    resolution: () => resolutionStep(deps),
  };
}

/** What a seeding is about to change is left for the run after it. */
const seeding = (loop: FollowLoop): boolean => loop.progress().state === 'seeding';
const nothing = { counts: {}, more: false };

/** Following is the loop's own work; this waits until it has caught up. What comes all day is worth no row. */
function syncStep(loop: FollowLoop): Step {
  const before = loop.totals();
  const behind = seeding(loop);
  let reported: Counts = {};
  return async () => {
    const { read, bans, unbans } = loop.totals();
    const sums = { read: read - before.read, bans: bans - before.bans, unbans: unbans - before.unbans };
    const counts = Object.fromEntries(
      Object.entries(sums).map(([name, count]) => [name, count - (reported[name] ?? 0)]),
    );
    reported = sums;
    const { state } = loop.progress();
    return { counts: behind ? counts : {}, more: state !== 'waiting' && !loop.caughtUp(), waits: true };
  };
}

/** From where an earlier run stopped, while the data is still the same. */
function resolutionStep({ db, hostId, store, fence, writer, loop, edition }: StepsDeps): Step {
  const wanted = edition();
  let addresses: ReturnType<HistoryStore['relocate']> | null = null;
  const remember = (after: number | null) =>
    writer.write([], [stateEntry(stateKinds.geo, { edition: wanted, after })]);
  return async () => {
    if (seeding(loop)) return nothing;
    if (addresses === null) {
      const known = await readState(db, hostId, stateKinds.geo);
      if (known?.edition === wanted && known.after === null) return nothing;
      addresses = store.relocate(fence, known?.edition === wanted ? (known.after ?? 0) : 0);
    }
    const step = await addresses.next();
    if (step.done === true) {
      await remember(null);
      return nothing;
    }
    const { after, moved } = step.value;
    // the end of a page of addresses
    if (moved === 0) await remember(after);
    return { counts: { moved }, more: edition() === wanted };
  };
}
