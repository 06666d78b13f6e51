/** Numbers for new events: the first free one of their millisecond, or of the next that has one. */
import { sql, type Transaction } from 'kysely';
import { keepRecent } from '../../../base/recent-map.ts';
import type { Database } from '../../../platform/db/schema.ts';
import { firstIdAt } from '../history-id.ts';
import type { Bulk } from './bulk.ts';

export interface EventIds {
  /** Looks up what these ms hold; to be called before `take` is asked for one of them. */
  prepare(trx: Transaction<Database>, times: Iterable<number>): Promise<void>;
  take(trx: Transaction<Database>, at: number): Promise<number>;
  forget(): void;
}

const mostKept = 20_000;

export function createEventIds(bulk: Bulk): EventIds {
  /** The next free id by ms; in the ms after it when there is none. */
  const free = new Map<number, number>();
  /** Where an id was found last for an event of a full ms. */
  const spilled = new Map<number, number>();

  async function look(trx: Transaction<Database>, times: readonly number[]): Promise<void> {
    const given = bulk.rows(
      { at: 'bigint', from_id: 'bigint', to_id: 'bigint' },
      times.map((at) => [at, firstIdAt(at), firstIdAt(at + 1)]),
    );
    const { rows } = await sql<{ at: number; id: number | null }>`
      SELECT k.at, (SELECT max(h.id) FROM history h WHERE h.id >= k.from_id AND h.id < k.to_id) AS id
      FROM ${given} AS k`.execute(trx);
    for (const { at, id } of rows) keepRecent(free, at, id === null ? firstIdAt(at) : id + 1, mostKept);
  }

  return {
    async prepare(trx, times) {
      const missing = [...new Set(times)].filter((at) => !free.has(at));
      if (missing.length > 0) await look(trx, missing);
    },
    async take(trx, at) {
      for (let ms = spilled.get(at) ?? at; ; ms++) {
        if (!free.has(ms)) await look(trx, [ms]);
        const id = free.get(ms) ?? firstIdAt(ms);
        if (id >= firstIdAt(ms + 1)) continue;
        keepRecent(free, ms, id + 1, mostKept);
        if (ms !== at) keepRecent(spilled, at, ms, mostKept);
        return id;
      }
    },
    forget() {
      free.clear();
      spilled.clear();
    },
  };
}
