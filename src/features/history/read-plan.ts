/**
 * How a list is read: one filter leads, by the index that holds its events newest first, and the others are looked at
 * event by event. The one with the fewest events leads, so that no combination has to look at all there are.
 */
import { sql, type Kysely, type SelectQueryBuilder } from 'kysely';
import type { Database } from '../../platform/db/schema.ts';
import type { Term, Wanted, WantedAddress } from './read-filters.ts';
import {
  addressesSource,
  equalSource,
  everySource,
  unbansSource,
  type IdRange,
  type Counted,
  type Source,
} from './read-sources.ts';
import { textSource } from './read-text.ts';

export interface PlanDeps {
  db: Kysely<Database>;
  dialect: 'sqlite' | 'postgres';
  hostId: string;
}

export interface Plan {
  source: Source;
  /** Conditions on events that the source does not hold; always the host. */
  rest(events: Events): Events;
  /** True: the host is all that is left to look at. */
  whole: boolean;
}

type Events = SelectQueryBuilder<Database, 'history', unknown>;
type Condition = (events: Events) => Events;

interface Filter {
  condition: Condition;
  /** Null for one that no index holds: everything but a value, or a whole network of many addresses. */
  source: Counted | null;
}

/** Beyond it a filter is no narrow one. */
const narrow = 20_000;
/** Addresses of a network that are looked up one by one; a wider one is looked at event by event. */
const fewAddresses = 500;

export async function planOf(deps: PlanDeps, wanted: Wanted): Promise<Plan> {
  const { db } = deps;
  const filters = [...(await addressFilter(deps, wanted.address)), ...termFilters(db, wanted)];
  const led = filters.flatMap(({ source }) => (source === null ? [] : [source]));
  const lead = await narrowest(led, wanted, wanted.words.length > 0);
  const rest = filters.filter(({ source }) => source === null || source !== lead);
  const source = lead ?? (wanted.words.length > 0 ? textSource(deps, wanted.words) : everySource(db));
  return {
    source,
    rest: (events) =>
      rest.reduce(
        (narrowed, { condition }) => condition(narrowed),
        events.where('host_id', '=', deps.hostId),
      ),
    whole: rest.length === 0,
  };
}

/** Null: none leads. Beside words only a narrow one does. */
async function narrowest(
  sources: readonly Counted[],
  range: IdRange,
  words: boolean,
): Promise<Source | null> {
  const [only] = sources;
  if (only === undefined) return null;
  if (sources.length === 1 && !words) return only;
  let best = { source: only, count: Number.POSITIVE_INFINITY };
  for (const source of sources) {
    const count = await source.count(range, narrow);
    if (count < best.count) best = { source, count };
  }
  return words && best.count >= narrow ? null : best.source;
}

function termFilters(db: Kysely<Database>, { asn, country, jail, origin, action }: Wanted): Filter[] {
  const filters: Filter[] = [];
  const add = (condition: Condition, source: Counted | null): void =>
    void filters.push({ condition, source });
  const named = (column: 'country' | 'jail', term: Term<string>): void =>
    add(
      (events) => events.where(column, term.not ? '!=' : '=', term.value),
      term.not ? null : equalSource(db, { column, value: term.value }),
    );
  if (asn !== null) {
    add(
      (events) => events.where('asn', asn.not ? '!=' : '=', asn.value),
      asn.not ? null : equalSource(db, { column: 'asn', value: asn.value }),
    );
  }
  if (country !== null) named('country', country);
  if (jail !== null) named('jail', jail);
  if (origin !== null) {
    add(
      (events) => events.where('origin', '=', origin),
      equalSource(db, { column: 'origin', value: origin }),
    );
  }
  if (action !== null) {
    add((events) => events.where('action', '=', action), action === 'unban' ? unbansSource(db) : null);
  }
  return filters;
}

async function addressFilter({ db, hostId }: PlanDeps, address: WantedAddress | null): Promise<Filter[]> {
  if (address === null) return [];
  const { first, last, itself, spellings, begins } = address;
  const found = await db
    .selectFrom('addresses')
    .select(['ip', 'ip_key', 'bans'])
    .where('host_id', '=', hostId)
    .where('ip_key', '>=', first)
    .where('ip_key', '<=', last)
    .limit(fewAddresses + 1)
    .execute();
  // a wider network that begins at the same address is not inside
  const inside = found.filter(({ ip_key: key }) => key === first || key >= itself);
  const bans = inside.reduce((sum, row) => sum + row.bans, 0);
  const ips = [...new Set([...inside.map(({ ip }) => ip), ...spellings])];
  const [only] = ips;
  if (ips.length === 1 && only !== undefined) {
    const source = equalSource(db, { column: 'ip', value: only });
    return [{ condition: (events) => events.where('ip', '=', only), source }];
  }
  if (found.length <= fewAddresses) {
    const source = bans <= narrow ? addressesSource(db, ips) : null;
    return [{ condition: (events) => events.where('ip', 'in', ips), source }];
  }
  // looking an address up costs more than comparing how its text begins; IPv4 written as IPv6 begins otherwise
  const maybe =
    begins === '' ? sql`` : sql`(substr(ip, 1, ${begins.length}) = ${begins} OR ip LIKE '%:%') AND `;
  const isInside = sql<boolean>`${maybe}EXISTS (SELECT 1 FROM addresses a WHERE a.host_id = history.host_id
    AND a.ip = history.ip AND (a.ip_key = ${first} OR (a.ip_key >= ${itself} AND a.ip_key <= ${last})))`;
  return [{ condition: (events) => events.where(isInside), source: null }];
}
