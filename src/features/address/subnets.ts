/** Ranges that would cover many offenders: one pass over all addresses in their order, now and then. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql, type Kysely } from 'kysely';
import { addressKey, parseAddress, specialPurpose, type Address } from '../../base/address.ts';
import type { Clock } from '../../base/clock.ts';
import type { EndpointInput, EndpointOutput } from '../../base/endpoint.ts';
import { keepRecent } from '../../base/recent-map.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { subnetAdvice } from './contract.ts';
import { createCoverSearch, type Cover } from './cover-ranges.ts';
import { overlaps, type IgnoreLists } from './ignored.ts';
import { namesOf } from './networks.ts';
import { surveyRange } from './sum-addresses.ts';
import { holders } from './surroundings.ts';

interface SubnetDeps {
  db: Kysely<Database>;
  hostId: string;
  ignoreLists: IgnoreLists;
  /** This machine's own. */
  ownAddresses: () => readonly string[];
  now: Clock;
}

type Query = EndpointInput<typeof subnetAdvice>['query'];
type Item = EndpointOutput<typeof subnetAdvice>['items'][number];
/** Where the call comes from: its own address, and those of the proxies between. */
type Caller = readonly string[];

const mostRanges = 100;
const keptMs = 5 * 60_000;
const answersKept = 8;
const hourMs = 3_600_000;
/** Rows of one statement, read from the index alone; with a time each row is looked up, which takes longer. */
const slice = { all: 2_500, since: 500 };
/** Beginnings of the keys of single addresses, and how much of them a block has in common. */
const families = [
  { first: '4', end: '5', length: 9, block: 7 },
  { first: '6', end: '7', length: 33, block: 17 },
] as const;

export interface SubnetAdvisor {
  advise(query: Query, caller: Caller): Promise<Item[]>;
}

export function createSubnetAdvisor({
  db,
  hostId,
  ignoreLists,
  ownAddresses,
  now,
}: SubnetDeps): SubnetAdvisor {
  const kept = new Map<string, { items: Promise<Item[]>; at: number }>();
  let last: Promise<unknown> = Promise.resolve();

  /** One pass at a time; the same question within minutes has the same answer. */
  function found(atLeast: number, since: number): Promise<Item[]> {
    const key = `${atLeast} ${since}`;
    const before = kept.get(key);
    if (before !== undefined && now() - before.at < keptMs) return before.items;
    const items = last.then(() => search(db, hostId, { atLeast, since }));
    last = items.catch(() => undefined);
    keepRecent(kept, key, { items, at: now() }, answersKept);
    items.catch(() => kept.delete(key));
    return items;
  }

  return {
    async advise({ from, at_least: atLeast, limit }, caller) {
      // Whole hours, so that a page that counts back from now asks the same again.
      const since = from === undefined ? 0 : Math.floor(Date.parse(from) / hourMs) * hourMs;
      const items = (await found(atLeast, since)).slice(0, limit);
      const ignored = await ignoreLists.all();
      const own = ownAddresses();
      return await Promise.all(
        items.map(async (item) => {
          const range = parseAddress(item.range);
          if (range === null) return item;
          const warning = warningOf(range, { caller, own, ignored });
          return { ...item, warning, banned_now: await bannedNow(db, hostId, range) };
        }),
      );
    },
  };
}

async function search(
  db: Kysely<Database>,
  hostId: string,
  { atLeast, since }: { atLeast: number; since: number },
): Promise<Item[]> {
  const covers = createCoverSearch({ atLeast, most: mostRanges });
  for (const { first, end, length, block } of families) {
    const blockOf = sql<string>`substr(ip_key, 1, ${sql.lit(block)})`;
    for (let after: string = first; after < end;) {
      let rows = db.selectFrom('addresses').where('host_id', '=', hostId).where('ip_key', '>=', after);
      const edge = await rows
        .select('ip_key')
        .where('ip_key', '<', end)
        .orderBy('ip_key')
        .offset(since > 0 ? slice.since : slice.all)
        .limit(1)
        .executeTakeFirst();
      // A block is counted whole: `g` comes after every digit of a key.
      const until = edge === undefined ? end : `${edge.ip_key.slice(0, block)}g`;
      rows = rows.where('ip_key', '<', until).where(sql<boolean>`length(ip_key) = ${sql.lit(length)}`);
      if (since > 0) rows = rows.where('last_at', '>=', since);
      const blocks = await rows
        .select(({ fn }) => [blockOf.as('key'), fn.countAll<number>().as('addresses')])
        .groupBy(blockOf)
        .orderBy(blockOf)
        .execute();
      for (const one of blocks) covers.add(one);
      after = until;
      await nextTurn();
    }
  }
  const items: Item[] = [];
  for (const cover of covers.finish()) {
    const item = await describe(db, hostId, cover, since);
    if (item !== null) items.push(item);
    await nextTurn();
  }
  return items;
}

/** Null when all of it was removed meanwhile. */
async function describe(
  db: Kysely<Database>,
  hostId: string,
  cover: Cover,
  since: number,
): Promise<Item | null> {
  const { range } = cover;
  const { bans, last, top } = await surveyRange(db, hostId, range, { since, most: 1 });
  if (last === null) return null;
  const worst = await db
    .selectFrom('addresses')
    .select(['country', 'asn'])
    .where('host_id', '=', hostId)
    .where('ip', '=', top[0]?.ip ?? '')
    .executeTakeFirst();
  const asn = worst?.asn ?? 0;
  return {
    range,
    addresses: cover.addresses,
    bans,
    size: cover.size,
    coverage: cover.offending / cover.size,
    country: worst?.country ?? 'unknown',
    asn: asn === 0 ? null : asn,
    as_name: (await namesOf(db, [asn])).get(asn) ?? null,
    last: new Date(last).toISOString(),
    warning: null,
    banned_now: false,
  };
}

async function bannedNow(db: Kysely<Database>, hostId: string, range: Address): Promise<boolean> {
  const keys = holders(range).map(addressKey);
  const held = db.selectFrom('active_bans').select('ip').where('host_id', '=', hostId);
  return (await held.where('ip_key', 'in', keys).limit(1).executeTakeFirst()) !== undefined;
}

interface Spared {
  caller: Caller;
  own: readonly string[];
  ignored: ReadonlyMap<string, readonly Address[]>;
}

function warningOf(range: Address, { caller, own, ignored }: Spared): string | null {
  const touches = (text: string): boolean => {
    const address = parseAddress(text.replace(/%.*$/, ''));
    return address !== null && overlaps(range, address);
  };
  const [client] = caller;
  if (client !== undefined && touches(client)) return `It would ban you: you are here from ${client}.`;
  const proxy = caller.slice(1).find(touches);
  if (proxy !== undefined) return `It holds ${proxy}, the proxy you come through.`;
  const mine = own.find(touches);
  if (mine !== undefined) return `It holds ${mine}, an address of this machine.`;
  for (const [jail, entries] of ignored) {
    const entry = entries.find((one) => overlaps(range, one));
    if (entry !== undefined) return `The jail ${jail} is told to ignore ${entry}.`;
  }
  const block = specialPurpose(range);
  return block === null ? null : `It is in a reserved range (${block}), not on the internet.`;
}
