/** How many events match, when that can be told without looking at each: few are counted, many are summed. */
import { sql } from 'kysely';
import { isOneOf } from '../../platform/db/in-list.ts';
import type { Database } from '../../platform/db/schema.ts';
import { dayMs, firstIdAt, hourMs, hourOf, timeOfId } from './history-id.ts';
import type { Wanted } from './read-filters.ts';
import type { Plan, PlanDeps } from './read-plan.ts';

/** More are not counted one by one. */
const mostCounted = 10_000;
/** Sums of days or hours that are added up; more only before the days of a large history have sums of their own. */
const mostSums = 3_000;

interface Asked {
  plan: Plan;
  wanted: Wanted;
}

/** Null: counting them would take long. What has to be looked at event by event is counted with the first page only. */
export async function totalOf(deps: PlanDeps, asked: Asked, first: boolean): Promise<number | null> {
  const { plan, wanted } = asked;
  const { source } = plan;
  if (source.count === null || wanted.words.length > 0) return null;
  if (!plan.whole && !first) return null;
  const counted = await source.count(wanted, mostCounted + 1);
  if (counted > mostCounted) return summed(deps, asked);
  if (plan.whole) return counted;
  const { ids } = await source.slice(wanted, mostCounted);
  return countRest(deps, plan, ids);
}

async function countRest({ db, dialect }: PlanDeps, plan: Plan, ids: readonly number[]): Promise<number> {
  if (ids.length === 0) return 0;
  const row = await plan
    .rest(db.selectFrom('history').where(isOneOf(dialect, 'id', ids)))
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirst();
  return row?.n ?? 0;
}

/** Null for filters that no sums know. */
async function summed(deps: PlanDeps, { wanted }: Asked): Promise<number | null> {
  const { address, asn, jail, country } = wanted;
  if (address !== null || asn !== null || jail?.not === true || country?.not === true) return null;
  const ends = await endsOf(deps);
  if (ends === null) return 0;
  const from = Math.max(timeOfId(wanted.from), ends.first);
  const to = Math.min(timeOfId(wanted.to), ends.last + hourMs);
  const [firstHour, lastHour] = [hourOf(from + hourMs - 1), hourOf(to)];
  if (firstHour >= lastHour) return countEvents(deps, wanted, { from, to });
  const inner = await sumBetween(deps, wanted, { from: firstHour, to: lastHour });
  if (inner === null) return null;
  const before = await countEvents(deps, wanted, { from, to: firstHour });
  return before + inner + (await countEvents(deps, wanted, { from: lastHour, to }));
}

async function endsOf({ db, hostId }: PlanDeps): Promise<{ first: number; last: number } | null> {
  const hours = db
    .selectFrom('jail_sums')
    .select('at')
    .where('host_id', '=', hostId)
    .where('grain', '=', hourMs)
    .limit(1);
  const first = await hours.orderBy('at').executeTakeFirst();
  const last = await hours.orderBy('at', 'desc').executeTakeFirst();
  return first === undefined || last === undefined ? null : { first: first.at, last: last.at };
}

interface Stretch {
  from: number;
  to: number;
}

/** Less than an hour of events. */
async function countEvents({ db, hostId }: PlanDeps, wanted: Wanted, { from, to }: Stretch): Promise<number> {
  if (from >= to) return 0;
  const { jail, country, origin, action } = wanted;
  let events = db
    .selectFrom('history')
    .where('host_id', '=', hostId)
    .where('id', '>=', firstIdAt(from))
    .where('id', '<', firstIdAt(to));
  if (jail !== null) events = events.where('jail', '=', jail.value);
  if (country !== null) events = events.where('country', '=', country.value);
  if (origin !== null) events = events.where('origin', '=', origin);
  if (action !== null) events = events.where('action', '=', action);
  const row = await events.select((eb) => eb.fn.countAll<number>().as('n')).executeTakeFirst();
  return row?.n ?? 0;
}

/** Those that have sums of their own. */
async function daysOf({ db, hostId }: PlanDeps, { from, to }: Stretch): Promise<Set<number>> {
  const rows = await db
    .selectFrom('jail_sums')
    .select('at')
    .distinct()
    .where('host_id', '=', hostId)
    .where('grain', '=', dayMs)
    .where('at', '>=', from)
    .where('at', '<', to)
    .execute();
  return new Set(rows.map(({ at }) => at));
}

async function sumBetween(deps: PlanDeps, wanted: Wanted, stretch: Stretch): Promise<number | null> {
  const { db, hostId } = deps;
  const { jail, country, origin, action } = wanted;
  const days = await daysOf(deps, stretch);
  const starts: [grain: number, at: number][] = [];
  for (let at = stretch.from; at < stretch.to; at += starts.at(-1)?.[0] ?? hourMs) {
    starts.push([days.has(at) && at + dayMs <= stretch.to ? dayMs : hourMs, at]);
    if (starts.length > mostSums) return null;
  }
  const values = sql.join(
    starts.map(([grain, at]) => sql`(CAST(${grain} AS bigint), CAST(${at} AS bigint))`),
  );
  const table: keyof Database = country === null ? 'jail_sums' : 'country_sums';
  const counts = { ban: sql`s.bans`, unban: sql`s.unbans`, all: sql`s.bans + s.unbans` }[action ?? 'all'];
  const equal = (column: string, value: string | undefined) =>
    value === undefined ? sql`` : sql`AND ${sql.ref(`s.${column}`)} = ${value}`;
  const { rows } = await sql<{ n: number | null }>`SELECT sum(${counts}) AS n
    FROM (VALUES ${values}) AS part CROSS JOIN ${sql.table(table)} AS s
    WHERE s.host_id = ${hostId} AND s.grain = part.column1 AND s.at = part.column2
      ${equal('country', country?.value)} ${equal('jail', jail?.value)} ${equal('origin', origin ?? undefined)}`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}
