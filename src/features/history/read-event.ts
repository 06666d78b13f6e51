/** Events with what belongs to them from other tables, and as the HTTP interface shows them. */
import type { Kysely, SelectQueryBuilder } from 'kysely';
import { isOneOf } from '../../platform/db/in-list.ts';
import type { Database } from '../../platform/db/schema.ts';
import { historyEvent, type HistoryEvent } from './contract.ts';
import type { Wanted } from './read-filters.ts';
import type { Plan, PlanDeps } from './read-plan.ts';
import type { IdRange, Source } from './read-sources.ts';
import { occurIn } from './read-words.ts';

const columns = [
  'id',
  'ip',
  'jail',
  'action',
  'at',
  'seconds',
  'ban_count',
  'origin',
  'actor',
  'reason',
  'country',
  'asn',
  'failures',
] as const;

/** An event as it is stored, and its log lines. */
export type StoredEvent = Pick<Database['history'], (typeof columns)[number]> & { lines: readonly string[] };

export interface Slice {
  /** Newest first. */
  events: StoredEvent[];
  /** Where to read on; null at the end. */
  next: number | null;
}

/** So many events of the plan's source, those of them that match. */
export async function readSlice(
  { db, dialect }: PlanDeps,
  { plan, wanted }: { plan: Plan; wanted: Wanted },
  { below, most }: { below: number; most: number },
): Promise<Slice> {
  const range = { from: wanted.from, to: below };
  const { events: chosen, next } = await choose({ db, dialect }, plan.source, { range, most });
  const rows = await plan.rest(chosen).select(columns).execute();
  rows.sort((a, b) => b.id - a.id);
  const lines = await linesOf(
    { db, dialect },
    rows.flatMap(({ id, action }) => (action === 'ban' ? [id] : [])),
  );
  const events = rows.map((row) => ({ ...row, lines: lines.get(row.id) ?? [] }));
  return { events: events.filter((event) => occurIn(wanted.words, event.lines)), next };
}

type Events = SelectQueryBuilder<Database, 'history', unknown>;

async function choose(
  { db, dialect }: Pick<PlanDeps, 'db' | 'dialect'>,
  source: Source,
  { range, most }: { range: IdRange; most: number },
): Promise<{ events: Events; next: number | null }> {
  const events = db.selectFrom('history');
  if (source.edge === undefined) {
    const { ids, next } = await source.slice(range, most);
    return { events: events.where(isOneOf(dialect, 'id', ids)), next };
  }
  const edge = await source.edge(range, most);
  const stretch = events.where('id', '>=', edge ?? range.from).where('id', '<', range.to);
  return { events: stretch, next: edge };
}

async function linesOf(
  { db, dialect }: Pick<PlanDeps, 'db' | 'dialect'>,
  ids: readonly number[],
): Promise<Map<number, string[]>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('history_lines')
    .selectAll()
    .where(isOneOf(dialect, 'id', ids))
    .execute();
  return new Map(rows.map((row) => [row.id, parseLines(row.lines)]));
}

function parseLines(text: string): string[] {
  const lines: unknown = JSON.parse(text);
  return Array.isArray(lines) ? lines.filter((line) => typeof line === 'string') : [];
}

/** Names of these networks; for many pages in a row with what is known already. */
export async function namesOf(
  db: Kysely<Database>,
  asns: Iterable<number>,
  known: Map<number, string | null> = new Map(),
): Promise<Map<number, string | null>> {
  const missing = [...new Set(asns)].filter((asn) => asn !== 0 && !known.has(asn));
  if (missing.length === 0) return known;
  const rows = await db.selectFrom('networks').selectAll().where('asn', 'in', missing).execute();
  const found = new Map(rows.map(({ asn, name }) => [asn, name]));
  for (const asn of missing) known.set(asn, found.get(asn) ?? null);
  return known;
}

const { action: actions, origin: origins } = historyEvent.shape;

/** `longest` characters are shown of a line; what is cut off is counted at its end. */
export function showEvent(
  event: StoredEvent,
  names: ReadonlyMap<number, string | null>,
  longest: number,
): HistoryEvent {
  return {
    id: String(event.id),
    ip: event.ip,
    jail: event.jail,
    action: actions.parse(event.action),
    at: new Date(event.at).toISOString(),
    duration_seconds: event.seconds,
    ban_count: event.ban_count,
    origin: origins.parse(event.origin),
    actor: event.actor,
    reason: event.reason,
    country: event.country,
    asn: event.asn === 0 ? null : event.asn,
    as_name: names.get(event.asn) ?? null,
    matches: event.lines.map((line) => cut(line, longest)),
    failures: event.failures,
  };
}

function cut(line: string, longest: number): string {
  if (line.length <= longest) return line;
  // not through the middle of a character that takes two
  const kept = line.slice(0, longest).replace(/[\ud800-\udbff]$/u, '');
  return `${kept}… (${line.length - kept.length} more characters)`;
}
