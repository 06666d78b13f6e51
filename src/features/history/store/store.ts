/** The one writer of the history. A store lives as long as the tenure that writes through it. */
import type { Transaction } from 'kysely';
import type { Database } from '../../../platform/db/schema.ts';
import type { Locate } from '../../../platform/geo/place.ts';
import type { NewEvent } from '../new-event.ts';
import { appendEvents, type AppendContext } from './append.ts';
import { createBulk } from './bulk.ts';
import { createEventIds } from './event-ids.ts';
import { createAddresses } from './known-addresses.ts';
import type { Appended } from './stored-event.ts';

export interface HistoryStore {
  /**
   * Up to some 1,000 events, in any order and told of any number of times. Everything is written within `trx`; what it
   * answers is true once that is stored. One at a time.
   */
  append(trx: Transaction<Database>, events: readonly NewEvent[]): Promise<Appended>;
}

interface StoreOptions {
  dialect: 'sqlite' | 'postgres';
  hostId: string;
  locate: Locate;
}

export function createHistoryStore({ dialect, hostId, locate }: StoreOptions): HistoryStore {
  const bulk = createBulk(dialect);
  const addresses = createAddresses({ hostId, bulk, locate });
  const ids = createEventIds(bulk);
  const partitions = new Set<string>();
  const context: AppendContext = { dialect, hostId, bulk, addresses, ids, partitions };
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

  return {
    async append(trx, events) {
      await forgetUnstored(trx);
      try {
        const appended = await appendEvents(context, trx, events);
        last = appended.added.at(-1)?.id ?? last;
        return appended;
      } catch (error) {
        forget();
        throw error;
      }
    },
  };
}
