/** Counts the history anew and compares: sums with events, sets with distinct addresses, days with their hours. */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../../../platform/db/schema.ts';
import { dayMs, hourMs, hourOfId } from '../history-id.ts';
import { emptySet, encodeSet, uniteSets } from './address-set.ts';
import type { Value } from './bulk.ts';
import { eventColumns, readEvent, type EventRow } from './known-events.ts';
import type { StoredEvent } from './stored-event.ts';
import { packsOf } from './day-packs.ts';
import { countrySums, networkSums, sumTables, type SumTable } from './sum-tables.ts';

interface CheckOptions {
  db: Kysely<Database>;
  dialect: 'sqlite' | 'postgres';
  hostId: string;
  /** Differences told of at most. */
  most?: number;
}

/** Sentences; none when everything adds up. Not to run beside a writer. Memory does not grow with the history. */
export async function checkHistory({ db, dialect, hostId, most = 20 }: CheckOptions): Promise<string[]> {
  const differences: string[] = [];
  const context = { db, dialect, hostId };
  for await (const one of differencesIn(context)) {
    differences.push(one);
    if (differences.length >= most) break;
  }
  return differences;
}

type Context = Omit<CheckOptions, 'most'>;
type Cells = Map<string, string>;

async function* differencesIn(context: Context): AsyncGenerator<string, void> {
  let read = Number.MIN_SAFE_INTEGER;
  for await (const { hour, events } of eventsByHour(context)) {
    yield* strayCells(context, read, hour);
    for (const table of sumTables)
      yield* compare(table, hour, cellsOf(table, events), await stored(context, table, hour));
    read = hour + hourMs;
  }
  yield* strayCells(context, read, Number.MAX_SAFE_INTEGER);
  for (const table of sumTables) if (table !== networkSums) yield* wrongDays(context, table);
  yield* wrongPacks(context);
  yield* wrongAddresses(context);
  yield* wrongLines(context);
}

type Counted = StoredEvent & { address: number };

async function* eventsByHour({ db, hostId }: Context): AsyncGenerator<{ hour: number; events: Counted[] }> {
  let events: Counted[] = [];
  let hour = Number.NaN;
  for (let after = Number.MIN_SAFE_INTEGER; ;) {
    const { rows } = await sql<EventRow & { address: number }>`
      SELECT ${eventColumns}, coalesce(a.id, -1) AS address FROM history h
      LEFT JOIN addresses a ON a.host_id = h.host_id AND a.ip = h.ip
      WHERE h.host_id = ${hostId} AND h.id > ${after} ORDER BY h.id LIMIT 2000`.execute(db);
    for (const row of rows) {
      if (hourOfId(row.id) !== hour) {
        if (events.length > 0) yield { hour, events };
        events = [];
        hour = hourOfId(row.id);
      }
      events.push({ ...readEvent(row), address: row.address });
    }
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.id;
  }
  if (events.length > 0) yield { hour, events };
}

function cellsOf(table: SumTable, events: readonly Counted[]): Cells {
  const counted = table.unbans ? events : events.filter(({ action }) => action === 'ban');
  const groups = Map.groupBy(counted, (event) => JSON.stringify(table.of.map(({ read }) => read(event))));
  const cells: Cells = new Map();
  for (const [key, group] of groups) {
    const counts = table.counts.map(({ read }) => group.reduce((sum, event) => sum + read(event), 0));
    const set = encodeSet(group.filter(({ action }) => action === 'ban').map(({ address }) => address));
    cells.set(key, spelled(counts, set));
  }
  return cells;
}

async function stored({ db, hostId }: Context, table: SumTable, at: number, grain = hourMs): Promise<Cells> {
  const { rows } = await sql<Record<string, Value>>`SELECT * FROM ${sql.table(table.name)}
    WHERE host_id = ${hostId} AND grain = ${grain} AND at = ${at}`.execute(db);
  return new Map(rows.map((row) => [keyOf(table, row), spelled(countsOf(table, row), setOf(row))]));
}

function* compare(table: SumTable, at: number, expected: Cells, found: Cells): Generator<string> {
  const time = new Date(at).toISOString();
  for (const key of new Set([...expected.keys(), ...found.keys()])) {
    const [ours, theirs] = [expected.get(key) ?? 'nothing', found.get(key) ?? 'nothing'];
    if (ours !== theirs) yield `${table.name} of ${time} ${key}: counted ${ours}, stored ${theirs}`;
  }
}

/** Sums of hours without events. */
async function* strayCells({ db, hostId }: Context, from: number, to: number): AsyncGenerator<string, void> {
  for (const { name } of sumTables) {
    const { rows } = await sql<{ at: number }>`SELECT at FROM ${sql.table(name)}
      WHERE host_id = ${hostId} AND grain = ${hourMs} AND at >= ${from} AND at < ${to} LIMIT 5`.execute(db);
    for (const { at } of rows) yield `${name} of ${new Date(at).toISOString()}: no event`;
  }
}

async function* wrongDays(context: Context, table: SumTable): AsyncGenerator<string, void> {
  const { db, hostId } = context;
  const made = await sql<{ at: number }>`SELECT DISTINCT at FROM jail_sums
    WHERE host_id = ${hostId} AND grain = ${dayMs}`.execute(db);
  const days = new Set(made.rows.map(({ at }) => at));
  for (const day of days) {
    const { rows } = await sql<Record<string, Value>>`SELECT * FROM ${sql.table(table.name)}
      WHERE host_id = ${hostId} AND grain = ${hourMs} AND at >= ${day} AND at < ${day + dayMs}`.execute(db);
    const expected: Cells = new Map();
    for (const [key, group] of Map.groupBy(rows, (row) => keyOf(table, row))) {
      const counts = table.counts.map((_, place) =>
        group.reduce((sum, row) => sum + (countsOf(table, row)[place] ?? 0), 0),
      );
      expected.set(key, spelled(counts, uniteSets(group.map(setOf))));
    }
    yield* compare(table, day, expected, await stored(context, table, day, dayMs));
  }
  const { rows } = await sql<{ at: number }>`SELECT DISTINCT at FROM ${sql.table(table.name)}
    WHERE host_id = ${hostId} AND grain = ${dayMs}
      AND at NOT IN (SELECT at FROM jail_sums WHERE host_id = ${hostId} AND grain = ${dayMs})`.execute(db);
  for (const { at } of rows)
    yield `${table.name} of the day ${new Date(at).toISOString()}: not made any more`;
}

/** Packs are made anew of the hours and must be the same bytes. */
async function* wrongPacks({ db, hostId }: Context): AsyncGenerator<string, void> {
  const made = await sql<{
    at: number;
  }>`SELECT at FROM jail_sums WHERE host_id = ${hostId} AND grain = ${dayMs}
    UNION SELECT at FROM day_packs WHERE host_id = ${hostId}`.execute(db);
  for (const { at: day } of made.rows) {
    const hours = new Map<SumTable, Value[][]>();
    for (const table of [countrySums, networkSums]) {
      const columns = sql.join(Object.keys(table.shape.columns).map((column) => sql.ref(column)));
      const { rows } = await sql<Record<string, Value>>`SELECT ${columns} FROM ${sql.table(table.name)}
        WHERE host_id = ${hostId} AND grain = ${hourMs} AND at >= ${day} AND at < ${day + dayMs}`.execute(db);
      const names = Object.keys(table.shape.columns);
      hours.set(
        table,
        rows.map((row) => names.map((name) => row[name] ?? null)),
      );
    }
    const shown = (...values: unknown[]): string =>
      JSON.stringify(
        values.map((one) => (one instanceof Uint8Array ? Buffer.from(one).toString('hex') : one)),
      );
    const expected = new Set(packsOf({ hostId, day }, hours).map(([, , ...rest]) => shown(...rest)));
    const found = await db
      .selectFrom('day_packs')
      .selectAll()
      .where('host_id', '=', hostId)
      .where('at', '=', day)
      .execute();
    const same = found.every(({ kind, origin, counts, sets }) =>
      expected.has(shown(kind, origin, counts, sets)),
    );
    if (!same || found.length !== expected.size)
      yield `packs of the day ${new Date(day).toISOString()}: differ from its hours`;
  }
}

/** Address by address: its bans, its first and last one, and whether it is there at all. */
async function* wrongAddresses({ db, hostId }: Context): AsyncGenerator<string, void> {
  const counted = sql`SELECT ip, count(CASE WHEN action = 'ban' THEN 1 END) AS bans,
      min(CASE WHEN action = 'ban' THEN at END) AS first_at, max(CASE WHEN action = 'ban' AND heard_at > at THEN heard_at WHEN action = 'ban' THEN at END) AS last_at
    FROM history WHERE host_id = ${hostId} GROUP BY ip`;
  const { rows } = await sql<{ ip: string; bans: number; counted: number | null }>`
    SELECT c.ip, coalesce(a.bans, -1) AS bans, c.bans AS counted FROM (${counted}) AS c
    LEFT JOIN addresses a ON a.host_id = ${hostId} AND a.ip = c.ip
    WHERE a.id IS NULL OR a.bans <> c.bans OR (c.bans > 0 AND (a.first_at > c.first_at OR a.last_at <> c.last_at))
    UNION ALL
    SELECT a.ip, a.bans, NULL AS counted FROM addresses a
    WHERE a.host_id = ${hostId} AND NOT EXISTS (SELECT 1 FROM history h WHERE h.ip = a.ip AND h.host_id = a.host_id)
    LIMIT 50`.execute(db);
  for (const row of rows)
    yield `address ${row.ip}: counted ${row.counted ?? 'no'} bans, stored ${row.bans}, or its first or last is wrong`;
}

async function* wrongLines({ db, dialect }: Context): AsyncGenerator<string, void> {
  const { rows } = await sql<{ id: number }>`SELECT l.id FROM history_lines l
    WHERE NOT EXISTS (SELECT 1 FROM history h WHERE h.id = l.id) LIMIT 5`.execute(db);
  for (const { id } of rows) yield `lines of ${id}: no event`;
  if (dialect === 'postgres') return;
  const search = await sql<{ id: number }>`
    SELECT * FROM (SELECT id FROM history_lines EXCEPT SELECT id FROM history_search_docsize)
    UNION ALL SELECT * FROM (SELECT id FROM history_search_docsize EXCEPT SELECT id FROM history_lines) LIMIT 5`.execute(
    db,
  );
  for (const { id } of search.rows)
    yield `lines of ${id}: the search index does not have them, or has others`;
}

const keyOf = (table: SumTable, row: Record<string, Value>): string =>
  JSON.stringify(table.of.map(({ column }) => row[column]));

const countsOf = (table: SumTable, row: Record<string, Value>): number[] =>
  table.counts.map(({ column }) => Number(row[column]));

const setOf = (row: Record<string, Value>): Uint8Array =>
  row['addresses'] instanceof Uint8Array ? row['addresses'] : emptySet;

const spelled = (counts: readonly number[], set: Uint8Array): string =>
  `${counts.join()} of {${Buffer.from(set).toString('hex')}}`;
