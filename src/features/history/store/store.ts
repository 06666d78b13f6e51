/** The one writer of the history. A store lives as long as the tenure that writes through it. */
import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../../../platform/db/schema.ts';
import type { Locate } from '../../../platform/geo/place.ts';
import type { Fence } from '../../../platform/lock/fence.ts';
import type { NewEvent } from '../new-event.ts';
import { appendEvents, type AppendContext } from './append.ts';
import { createBulk } from './bulk.ts';
import { rollUpDays } from './day-sums.ts';
import { createEventIds } from './event-ids.ts';
import { createAddresses } from './known-addresses.ts';
import { pruneHistory } from './prune.ts';
import { relocateAddresses, type Relocated } from './relocate.ts';
import { leaveUnsearched, settle, startSeeding } from './seeding.ts';
import type { Appended } from './stored-event.ts';

/**
 * What takes long goes in steps: each is one short transaction through the fence, at most, and between two of them
 * anything else may be written. A run that is stopped after any step is gone on with by the next one.
 */
export interface HistoryStore {
  /**
   * Up to some 1,000 events, in any order and told of any number of times. Everything is written within `trx`; what it
   * answers is true once that is stored. One at a time. With `seeding`, the search index is left to `settle`.
   */
  append(
    trx: Transaction<Database>,
    events: readonly NewEvent[],
    options?: { seeding?: boolean },
  ): Promise<Appended>;
  /** Before very many bans are taken over; of use while the history is empty. */
  startSeeding(fence: Fence): Promise<void>;
  /** Builds what seeding left out; to be called at the start of a tenure as well, as a seeding may have been killed. */
  settle(fence: Fence): AsyncGenerator<number, void>;
  /** Sums of the days that were over before `until` (ms). Answers days made. */
  rollUp(fence: Fence, until: number): AsyncGenerator<number, void>;
  /** Deletes everything of before the hour of `before` (ms). Answers events deleted. */
  prune(fence: Fence, before: number): AsyncGenerator<number, void>;
  /** Looks all addresses up again, from the one after this id on. */
  relocate(fence: Fence, after: number): AsyncGenerator<Relocated, void>;
}

interface StoreOptions {
  db: Kysely<Database>;
  dialect: 'sqlite' | 'postgres';
  hostId: string;
  locate: Locate;
}

export function createHistoryStore({ db, dialect, hostId, locate }: StoreOptions): HistoryStore {
  const bulk = createBulk(dialect);
  const addresses = createAddresses({ hostId, bulk, locate });
  const ids = createEventIds(bulk);
  const partitions = new Set<string>();
  const watch = { day: null };
  const context: AppendContext = { dialect, hostId, bulk, addresses, ids, partitions, watch };
  /** What was written last. Gone: its transaction was not stored, and what is kept in mind of it is wrong. */
  let last: number | null = null;

  function forget(): void {
    addresses.forget();
    ids.forget();
    partitions.clear();
    last = null;
  }

  async function forgetUnstored(trx: Transaction<Database>): Promise<void> {
    if (last === null) return;
    const found = await trx.selectFrom('history').select('id').where('id', '=', last).executeTakeFirst();
    if (found === undefined) forget();
  }

  const options = { db, dialect, hostId, bulk, watch, locate, forget };

  return {
    async append(trx, events, { seeding = false } = {}) {
      await forgetUnstored(trx);
      try {
        const appended = await appendEvents(
          { ...context, unsearched: seeding && dialect === 'sqlite' },
          trx,
          events,
        );
        if (seeding && dialect === 'sqlite') await leaveUnsearched(options, trx, appended);
        last = appended.added.at(-1)?.id ?? last;
        return appended;
      } catch (error) {
        forget();
        throw error;
      }
    },
    startSeeding: (fence) => startSeeding(options, fence),
    settle: (fence) => settle(options, fence),
    rollUp: (fence, until) => rollUpDays(options, fence, until),
    prune: (fence, before) => pruneHistory({ ...options, addresses }, fence, before),
    relocate: (fence, after) =>
      relocateAddresses(
        { ...options, nameNetworks: (trx, places) => addresses.name(trx, places) },
        fence,
        after,
      ),
  };
}
