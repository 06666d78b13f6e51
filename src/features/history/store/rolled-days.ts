/**
 * Which days UTC have sums of their own. A day's sums are made once it is over; an event that comes late takes them
 * away again in its own transaction, and the day is read from its hours until they are made anew.
 */
import { sql, type Kysely, type Transaction } from 'kysely';
import type { TimeRange } from '../../../base/time-range.ts';
import type { Database } from '../../../platform/db/schema.ts';
import { dayMs, dayOf, hourMs, hourOf } from '../history-id.ts';
import { sumTables } from './sum-tables.ts';

export interface Grain {
  /** ms: that of the sums to read. */
  grain: number;
  /** ms, of the starts of sums; `to` does not belong to it. */
  from: number;
  to: number;
}

/**
 * The pieces that cover a stretch of time, in order: days where there are sums of days, hours everywhere else. Its
 * edges go out to whole hours. `SELECT … WHERE host_id = ? AND grain = ? AND at >= from AND at < to` reads a piece.
 */
export async function grainsOf(
  db: Kysely<Database>,
  hostId: string,
  { from, to }: TimeRange,
): Promise<Grain[]> {
  const [start, end] = [hourOf(from), hourOf(to - 1) + hourMs];
  const days = await db
    .selectFrom('history_days')
    .select('at')
    .where((eb) => eb.and({ host_id: hostId, ready: 1 }))
    .where('at', '>=', start)
    .where('at', '<=', end - dayMs)
    .orderBy('at')
    .execute();
  const pieces: Grain[] = [];
  const extend = (piece: Grain): void => {
    const last = pieces.at(-1);
    if (piece.from >= piece.to) return;
    if (last !== undefined && last.grain === piece.grain && last.to === piece.from) last.to = piece.to;
    else pieces.push(piece);
  };
  let read = start;
  for (const { at } of days) {
    extend({ grain: hourMs, from: read, to: at });
    extend({ grain: dayMs, from: at, to: at + dayMs });
    read = at + dayMs;
  }
  extend({ grain: hourMs, from: read, to: end });
  return pieces;
}

interface DaysOptions {
  trx: Transaction<Database>;
  hostId: string;
}

/** Their sums are gone. */
export async function forgetDays({ trx, hostId }: DaysOptions, days: ReadonlySet<number>): Promise<void> {
  if (days.size === 0) return;
  const made = await trx
    .deleteFrom('history_days')
    .where('host_id', '=', hostId)
    .where('at', 'in', [...days].map(dayOf))
    .returning('at')
    .execute();
  if (made.length === 0) return;
  const starts = made.map(({ at }) => at);
  for (const { name } of sumTables)
    await sql`DELETE FROM ${sql.table(name)} WHERE host_id = ${hostId} AND grain = ${dayMs}
      AND at IN (${sql.join(starts)})`.execute(trx);
}
