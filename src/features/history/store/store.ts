/** The one writer of the history. A store lives as long as the tenure that writes through it. */
import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../../../platform/db/schema.ts';
import type { Locate } from '../../../platform/geo/place.ts';
import type { Fence } from '../../../platform/lock/fence.ts';
import type { NewEvent, SeedBan } from '../new-event.ts';
import { appendEvents } from './append.ts';
import { createBulk } from './bulk.ts';
import { rollUpDays } from './day-sums.ts';
import { createEventIds } from './event-ids.ts';
import { createAddresses } from './known-addresses.ts';
import { pruneHistory } from './prune.ts';
import { relocateAddresses, type Relocated } from './relocate.ts';
import { seedBans, type SeedContext } from './seed-bans.ts';
import { indexLines, isSeeding, settle, startSeeding } from './seeding.ts';
import type { Appended } from './stored-event.ts';

/**
 * What takes long goes in steps: each is one short transaction through the fence, at most, and between two of them
 * anything else may be written. A run that is stopped after any step is gone on with by the next one.
 */
export interface HistoryStore {
  /**
   * Up to some 1,000 events, in any order and told of any number of times. Everything is written within `trx`; what it
   * answers is true once that is stored. One at a time.
   */
  append(trx: Transaction<Database>, events: readonly NewEvent[]): Promise<Appended>;
  /**
   * Before very many bans are taken over. True: the history is empty, or an earlier seeding was killed; until `settle`
   * has ended, only `seed` and `settle` may be called.
   */
  startSeeding(fence: Fence): Promise<boolean>;
  /** A seeding has begun that is not settled. */
  seeding(): Promise<boolean>;
  /** Up to some thousand bans of fail2ban's table; answers how many are new. As `append` otherwise. */
  seed(trx: Transaction<Database>, bans: readonly SeedBan[]): Promise<number>;
  /** Builds what seeding left out; does nothing when none was begun. */
  settle(fence: Fence): AsyncGenerator<number, void>;
  /** Puts lines into the full-text index that are not in it yet. */
  indexLines(fence: Fence): AsyncGenerator<number, void>;
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
  const newest = { at: null };
  const kept: SeedContext['kept'] = { memory: null };
  const context: SeedContext = {
    dialect,
    hostId,
    bulk,
    addresses,
    ids,
    partitions,
    watch,
    newest,
    locate,
    kept,
  };
  /** What was written last. Gone: its transaction was not stored, and what is kept in mind of it is wrong. */
  let last: number | null = null;

  function forget(): void {
    addresses.forget();
    ids.forget();
    partitions.clear();
    newest.at = null;
    kept.memory = null;
    last = null;
  }

  async function forgetUnstored(trx: Transaction<Database>): Promise<void> {
    if (last === null) return;
    const found = await trx.selectFrom('history').select('id').where('id', '=', last).executeTakeFirst();
    if (found === undefined) forget();
  }

  /** After a failure nothing that is kept in mind can be trusted. */
  async function written<T>(trx: Transaction<Database>, write: () => Promise<T>): Promise<T> {
    await forgetUnstored(trx);
    try {
      return await write();
    } catch (error) {
      forget();
      throw error;
    }
  }

  const options = { db, dialect, hostId, bulk, watch, newest, locate, forget };

  return {
    append: (trx, events) =>
      written(trx, async () => {
        const appended = await appendEvents(context, trx, events);
        last = appended.added.at(-1)?.id ?? last;
        return appended;
      }),
    seed: (trx, bans) =>
      written(trx, async () => {
        const seeded = await seedBans(context, trx, bans);
        last = seeded.last ?? last;
        return seeded.added;
      }),
    startSeeding: (fence) => startSeeding(options, fence),
    seeding: () => isSeeding(options),
    async *settle(fence) {
      forget();
      yield* settle(options, fence);
    },
    indexLines: (fence) => indexLines(options, fence),
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
