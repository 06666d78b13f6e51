/** Rows of the sums, and of the events beside them, for the stretches of a cover. */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { TimeRange } from '../../base/time-range.ts';
import type { Database } from '../../platform/db/schema.ts';
import { coverOf, dayMs, hourMs, type Cover } from './cover.ts';

export interface SumsDeps {
  db: Kysely<Database>;
  dialect: 'sqlite' | 'postgres';
  hostId: string;
}

/** Null: all of them. */
export interface Chosen {
  origin: string | null;
  jail: string | null;
  country: string | null;
}

export type SumsTable = 'jail_sums' | 'country_sums' | 'network_sums';

/** `withDays` false: hours only, for what happens within a day. */
export async function readCover(
  deps: SumsDeps,
  edges: readonly number[],
  { withDays = true } = {},
): Promise<Cover> {
  const [cover = { sums: [], events: [] }] = await readCovers(deps, [edges], { withDays });
  return cover;
}

/** Of several stretches with what is asked once. */
export async function readCovers(
  { db, hostId }: SumsDeps,
  stretches: readonly (readonly number[])[],
  { withDays = true } = {},
): Promise<Cover[]> {
  const end = (order: 'asc' | 'desc') =>
    db
      .selectFrom('jail_sums')
      .select('at')
      .where('host_id', '=', hostId)
      .where('grain', '=', hourMs)
      .orderBy('at', order)
      .limit(1);
  const ends = await db.selectNoFrom([end('asc').as('first'), end('desc').as('last')]).executeTakeFirst();
  const [first, last] = [ends?.first ?? null, ends?.last ?? null];
  if (first === null || last === null) return stretches.map(() => ({ sums: [], events: [] }));
  // before and after there is nothing, however far the range reaches
  const inside = stretches.map((edges) =>
    edges.map((edge) => Math.min(Math.max(edge, first), last + hourMs)),
  );
  const known = new Set<number>();
  if (withDays) {
    const days = await db
      .selectFrom('jail_sums')
      .select('at')
      .distinct()
      .where('host_id', '=', hostId)
      .where('grain', '=', dayMs)
      .where('at', '>=', Math.min(...inside.flat()))
      .where('at', '<', Math.max(...inside.flat()))
      .execute();
    for (const { at } of days) known.add(at);
  }
  return inside.map((edges) => coverOf(edges, (start) => known.has(start)));
}

interface Reading {
  columns: RawBuilder<unknown>;
  /** Conditions beside those of `Chosen`. */
  where?: RawBuilder<unknown>;
  /** Null: every row of sums by itself. */
  groupBy: RawBuilder<unknown> | null;
}

/** `s` is the row of sums in the fragments. */
export async function readSums<Row>(
  { db, hostId }: SumsDeps,
  { table, sums, chosen }: { table: SumsTable; sums: Cover['sums']; chosen: Chosen },
  { columns, where = sql``, groupBy }: Reading,
): Promise<Row[]> {
  if (sums.length === 0) return [];
  const s = sql`${sql.table(table)} AS s`;
  // The sums of a country lie apart by hour: each hour is looked up, instead of reading all countries of the stretch.
  const one = table === 'country_sums' && chosen.country !== null;
  const stretches = one
    ? sums.flatMap(({ grain, from, to }) => rangeOf(from, to, grain).map((at) => [grain, at]))
    : sums.map(({ grain, from, to }) => [grain, from, to]);
  const inside = one ? sql`s.at = part.column2` : sql`s.at >= part.column2 AND s.at < part.column3`;
  const { rows } = await sql<Row>`SELECT ${columns} FROM (${values(stretches)}) AS part CROSS JOIN ${s}
    WHERE s.host_id = ${hostId} AND s.grain = part.column1 AND ${inside} ${filter('s', chosen)} ${where}
    ${grouped(groupBy)}`.execute(db);
  return rows;
}

/** `h` is the event, `part.column3` the start of its stretch in ms. */
export async function readEvents<Row>(
  { db, hostId }: SumsDeps,
  { events, chosen }: { events: readonly TimeRange[]; chosen: Chosen },
  { columns, where = sql``, groupBy }: Reading,
): Promise<Row[]> {
  if (events.length === 0) return [];
  const stretches = events.map(({ from, to }) => [firstId(from), firstId(to), from]);
  const { rows } =
    await sql<Row>`SELECT ${columns} FROM (${values(stretches)}) AS part CROSS JOIN history AS h
    WHERE h.id >= part.column1 AND h.id < part.column2 AND h.host_id = ${hostId} ${filter('h', chosen)} ${where}
    ${grouped(groupBy)}`.execute(db);
  return rows;
}

const grouped = (by: RawBuilder<unknown> | null): RawBuilder<unknown> =>
  by === null ? sql`` : sql`GROUP BY ${by}`;

/** Ids hold the time: this is the first one of a millisecond. */
const firstId = (ms: number): number => ms * 1024;

/** A server has to be told that they are numbers. */
const values = (rows: readonly (readonly number[])[]): RawBuilder<unknown> =>
  sql`VALUES ${sql.join(rows.map((row) => sql`(${sql.join(row.map((n) => sql`CAST(${n} AS bigint)`))})`))}`;

function filter(table: 's' | 'h', { origin, jail, country }: Chosen): RawBuilder<unknown> {
  const equal = (column: string, value: string | null): RawBuilder<unknown> =>
    value === null ? sql`` : sql`AND ${sql.ref(`${table}.${column}`)} = ${value}`;
  return sql`${equal('origin', origin)} ${equal('jail', jail)} ${equal('country', country)}`;
}

const rangeOf = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => from + index * step);
