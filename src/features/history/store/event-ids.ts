/** Numbers for new events: the first free one of their millisecond, or of the next that has one. */
import { sql, type Transaction } from 'kysely';
import type { Database } from '../../../platform/db/schema.ts';
import { firstIdAt, timeOfId } from '../history-id.ts';
import type { Bulk } from './bulk.ts';

export interface EventIds {
  /** Looks up what these ms hold; to be called before `take` is asked for one of them. */
  prepare(trx: Transaction<Database>, times: readonly number[]): Promise<void>;
  take(trx: Transaction<Database>, at: number): Promise<number>;
  forget(): void;
}

const mostKept = 20_000;
/** Stored events between the first and the last of a batch that are rather read than asked for ms by ms. */
const mostBetween = 1_000;

export function createEventIds(bulk: Bulk): EventIds {
  /** The next free id by ms; in the ms after it when there is none. */
  const free = new Map<number, number>();
  /** Where an id was found last for an event of a full ms. */
  const spilled = new Map<number, number>();

  /** True when it has told all there is. */
  async function lookBetween(trx: Transaction<Database>, times: readonly number[]): Promise<boolean> {
    const rows = await trx
      .selectFrom('history')
      .select('id')
      .where('id', '>=', firstIdAt(times.reduce((least, at) => Math.min(least, at))))
      .where('id', '<', firstIdAt(times.reduce((most, at) => Math.max(most, at)) + 1))
      .orderBy('id')
      .limit(mostBetween)
      .execute();
    if (rows.length === mostBetween) return false;
    for (const at of times) free.set(at, firstIdAt(at));
    for (const { id } of rows) free.set(timeOfId(id), id + 1);
    return true;
  }

  async function lookEach(trx: Transaction<Database>, times: readonly number[]): Promise<void> {
    const given = bulk.rows(
      { at: 'bigint', from_id: 'bigint', to_id: 'bigint' },
      times.map((at) => [at, firstIdAt(at), firstIdAt(at + 1)]),
    );
    const { rows } = await sql<{ at: number; id: number | null }>`
      SELECT k.at, (SELECT max(h.id) FROM history h WHERE h.id >= k.from_id AND h.id < k.to_id) AS id
      FROM ${given} AS k`.execute(trx);
    for (const { at, id } of rows) free.set(at, id === null ? firstIdAt(at) : id + 1);
  }

  function forget(): void {
    free.clear();
    spilled.clear();
  }

  return {
    async prepare(trx, times) {
      if (free.size > mostKept || spilled.size > mostKept) forget();
      const missing = [...new Set(times)].filter((at) => !free.has(at));
      if (missing.length > 0 && !(await lookBetween(trx, missing))) await lookEach(trx, missing);
    },
    async take(trx, at) {
      for (let ms = spilled.get(at) ?? at; ; ms++) {
        if (!free.has(ms)) await lookEach(trx, [ms]);
        const id = free.get(ms) ?? firstIdAt(ms);
        if (id >= firstIdAt(ms + 1)) continue;
        free.set(ms, id + 1);
        if (ms !== at) spilled.set(at, ms);
        return id;
      }
    },
    forget,
  };
}
