/** One page of the history, newest first. */
import type { EndpointInput, EndpointOutput } from '../../base/endpoint.ts';
import type { readHistory } from './contract.ts';
import { listOf, readCursor, writeCursor } from './read-cursor.ts';
import { namesOf, readSlice, showEvent, type StoredEvent } from './read-event.ts';
import { wantedOf, type Wanted } from './read-filters.ts';
import { totalOf } from './read-total.ts';
import { planOf, type Plan, type PlanDeps } from './read-plan.ts';

type Query = EndpointInput<typeof readHistory>['query'];

/** Of a line in an answer; the export has more of it. */
const longestLine = 4_000;
/** Looked at in one go where not every event of the source matches: few at first, then more. */
const firstSlice = 200;
const mostSlice = 4_000;
/** A page is answered then with what was found, and its cursor leads on. */
const patienceMs = 1_500;

/** Throws 422 for an address that is none, for an empty range, and for a cursor of another list. */
export async function readHistoryPage(
  deps: PlanDeps,
  query: Query,
): Promise<EndpointOutput<typeof readHistory>> {
  const { page_size: size, cursor, host: _host, ...filters } = query;
  const wanted = wantedOf(filters);
  const list = listOf(filters);
  const start = cursor === undefined ? wanted.to : Math.min(wanted.to, readCursor(cursor, list));
  const plan = await planOf(deps, wanted);
  const { events, next } = await collect(deps, { plan, wanted }, { start, size });
  const names = await namesOf(
    deps.db,
    events.map(({ asn }) => asn),
  );
  return {
    items: events.map((event) => showEvent(event, names, longestLine)),
    next_cursor: next === null ? null : writeCursor(list, next),
    total:
      cursor === undefined && next === null
        ? events.length
        : await totalOf(deps, { plan, wanted }, cursor === undefined),
  };
}

type NewestQuery = Pick<Query, 'from' | 'to' | 'origin' | 'jail' | 'country' | 'page_size' | 'cursor'>;

/** Bans only, and no count: what the overview shows. Its range moves with the clock, so it is no part of the cursor. */
export async function readNewestBans(
  deps: PlanDeps,
  { page_size: size, cursor, from, to, ...filters }: NewestQuery,
) {
  const wanted = wantedOf({ ...filters, from, to, action: 'ban' });
  const list = listOf(filters);
  const start = cursor === undefined ? wanted.to : Math.min(wanted.to, readCursor(cursor, list));
  const plan = await planOf(deps, wanted);
  const { events, next } = await collect(deps, { plan, wanted }, { start, size });
  const names = await namesOf(
    deps.db,
    events.map(({ asn }) => asn),
  );
  return {
    items: events.map((event) => showEvent(event, names, longestLine)),
    next_cursor: next === null ? null : writeCursor(list, next),
  };
}

async function collect(
  deps: PlanDeps,
  reading: { plan: Plan; wanted: Wanted },
  { start, size }: { start: number; size: number },
): Promise<{ events: StoredEvent[]; next: number | null }> {
  const { plan, wanted } = reading;
  const deadline = performance.now() + patienceMs;
  const events: StoredEvent[] = [];
  let most = plan.whole && wanted.words.length === 0 ? size + 1 : Math.max(firstSlice, 2 * size);
  let below: number | null = start;
  while (below !== null && events.length <= size && performance.now() < deadline) {
    const slice = await readSlice(deps, reading, { below, most });
    events.push(...slice.events);
    below = slice.next;
    most = Math.min(2 * most, mostSlice);
  }
  if (events.length <= size) return { events, next: below };
  const shown = events.slice(0, size);
  return { events: shown, next: shown.at(-1)?.id ?? null };
}
