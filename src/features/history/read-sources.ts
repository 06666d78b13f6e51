/**
 * Where ids of events come from, newest first: each source is one index that holds them in order, so that a page costs
 * the same wherever it is.
 */
import { sql, type Kysely, type SelectQueryBuilder } from 'kysely';
import type { Database } from '../../platform/db/schema.ts';

export interface Ids {
  /** Newest first. */
  ids: number[];
  /** Nothing below this was looked at; null: there is nothing more. */
  next: number | null;
}

export interface IdRange {
  /** Belongs to it. */
  from: number;
  /** Does not. */
  to: number;
}

export interface Source {
  slice(range: IdRange, most: number): Promise<Ids>;
  /**
   * Only where every event is of the source: a stretch of ids says the same as a list of them, and is read several times
   * as fast. The lowest id of the newest `most` events; null: there are no more than these.
   */
  edge?(range: IdRange, most: number): Promise<number | null>;
  /** How many there are, counted up to `most`; null: only looking at each could tell. */
  count: ((range: IdRange, most: number) => Promise<number>) | null;
}

export type Counted = Source & { count: NonNullable<Source['count']> };

type Equal =
  { column: 'jail' | 'country' | 'origin' | 'ip'; value: string } | { column: 'asn'; value: number };

type Db = Kysely<Database>;
type Events = SelectQueryBuilder<Database, 'history', unknown>;

export const equalSource = (db: Db, { column, value }: Equal): Counted =>
  eventSource(db, (events) => events.where(column, '=', value));

/** A handful of addresses: their events are few, so they may be sorted. */
export const addressesSource = (db: Db, ips: readonly string[]): Counted =>
  eventSource(db, (events) => events.where('ip', 'in', ips));

/**
 * History begins with bans only: fail2ban's database knows no unbans. So these have an index of their own; SQLite
 * takes it only when the value stands in the statement itself.
 */
export const unbansSource = (db: Db): Counted =>
  eventSource(db, (events) => events.where(sql<boolean>`action = 'unban'`));

export const everySource = (db: Db): Counted => ({
  ...eventSource(db, (events) => events),
  async edge({ from, to }, most) {
    const lowest = await db
      .selectFrom('history')
      .select('id')
      .where('id', '>=', from)
      .where('id', '<', to)
      .orderBy('id', 'desc')
      .limit(1)
      .offset(most - 1)
      .executeTakeFirst();
    return lowest?.id ?? null;
  },
});

function eventSource(db: Db, choose: (events: Events) => Events): Counted {
  const query = ({ from, to }: IdRange, most: number) =>
    choose(db.selectFrom('history'))
      .select('id')
      .where('id', '>=', from)
      .where('id', '<', to)
      .orderBy('id', 'desc')
      .limit(most);
  return {
    async slice(range, most) {
      const ids = (await query(range, most).execute()).map(({ id }) => id);
      return { ids, next: ids.length < most ? null : (ids.at(-1) ?? null) };
    },
    async count(range, most) {
      const counted = db
        .selectFrom(query(range, most).as('some'))
        .select((eb) => eb.fn.countAll<number>().as('n'));
      return (await counted.executeTakeFirst())?.n ?? 0;
    },
  };
}
