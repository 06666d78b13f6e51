/** Sums over the addresses of a network, slice by slice: nobody else waits for long, however many there are. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { addressKey, networkBounds, type Address } from '../../base/address.ts';
import type { Database } from '../../platform/db/schema.ts';

export interface Sums {
  addresses: number;
  bans: number;
  /** ms. */
  first: number | null;
  last: number | null;
}

export interface Survey extends Sums {
  /** The most banned ones, the most first. */
  top: { ip: string; bans: number; last_at: number }[];
}

/** Rows that one statement sums: some milliseconds. */
const slice = 1_000;

/** Everything inside the range that was banned since then (ms): addresses, and networks that were banned as such. */
export async function surveyRange(
  db: Kysely<Database>,
  hostId: string,
  range: Address,
  { most = 0, since = 0 }: { most?: number; since?: number } = {},
): Promise<Survey> {
  const { first, last } = networkBounds(range);
  // A network's key is its first address with its length behind it: wider ones that begin here too are not inside.
  let rows = db
    .selectFrom('addresses')
    .where('host_id', '=', hostId)
    .where('ip_key', '>=', first)
    .where('ip_key', '<=', first === last ? first : `${last}~`)
    .where((eb) => eb.or([eb('ip_key', '=', first), eb('ip_key', '>=', addressKey(range))]));
  if (since > 0) rows = rows.where('last_at', '>=', since);
  const survey: Survey = { addresses: 0, bans: 0, first: null, last: null, top: [] };
  for (let after = ''; ;) {
    const here = rows.where('ip_key', '>', after);
    const inner = here.select(['ip_key', 'bans', 'first_at', 'last_at']).orderBy('ip_key').limit(slice);
    const part = await db
      .selectFrom(inner.as('part'))
      .select(({ fn }) => [
        fn.countAll<number>().as('addresses'),
        fn.sum<number | null>('bans').as('bans'),
        fn.min<number | null>('first_at').as('first'),
        fn.max<number | null>('last_at').as('last'),
        fn.max<string | null>('ip_key').as('end'),
      ])
      .executeTakeFirstOrThrow();
    add(survey, part);
    if (part.end === null) return survey;
    if (most > 0) {
      const best = here.where('ip_key', '<=', part.end).select(['ip', 'bans', 'last_at']);
      const found = await best.orderBy('bans', 'desc').orderBy('last_at', 'desc').limit(most).execute();
      survey.top = [...survey.top, ...found]
        .toSorted((a, b) => b.bans - a.bans || b.last_at - a.last_at)
        .slice(0, most);
    }
    if (part.addresses < slice) return survey;
    after = part.end;
    await nextTurn();
  }
}

/** All addresses of one network, as its number tells. */
export async function sumNetwork(db: Kysely<Database>, hostId: string, asn: number): Promise<Sums> {
  const sums: Sums = { addresses: 0, bans: 0, first: null, last: null };
  for (let after = 0; ;) {
    const inner = db
      .selectFrom('addresses')
      .select(['id', 'bans'])
      .where('host_id', '=', hostId)
      .where('asn', '=', asn)
      .where('id', '>', after)
      .orderBy('id')
      .limit(slice);
    const part = await db
      .selectFrom(inner.as('part'))
      .select(({ fn }) => [
        fn.countAll<number>().as('addresses'),
        fn.sum<number | null>('bans').as('bans'),
        fn.max<number | null>('id').as('end'),
      ])
      .executeTakeFirstOrThrow();
    add(sums, { ...part, first: null, last: null });
    if (part.addresses < slice || part.end === null) return sums;
    after = part.end;
    await nextTurn();
  }
}

function add(sums: Sums, part: { [K in keyof Sums]: Sums[K] | null }): void {
  sums.addresses += part.addresses ?? 0;
  sums.bans += part.bans ?? 0;
  if (part.first !== null) sums.first = Math.min(sums.first ?? part.first, part.first);
  if (part.last !== null) sums.last = Math.max(sums.last ?? part.last, part.last);
}
