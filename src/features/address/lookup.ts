/** What is known of an address or network, from our own tables and files. */
import type { Kysely } from 'kysely';
import { addressKey, contains, parseAddress, type Address } from '../../base/address.ts';
import type { Clock } from '../../base/clock.ts';
import { invalidInput } from '../../base/errors.ts';
import type { EndpointOutput } from '../../base/endpoint.ts';
import type { Log } from '../../base/log.ts';
import { keepRecent } from '../../base/recent-map.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Locate } from '../../platform/geo/place.ts';
import type { lookup } from './contract.ts';
import type { IgnoreLists } from './ignored.ts';
import { sumNetwork, surveyRange, type Sums } from './sum-addresses.ts';
import { holders, neighbourhoodOf } from './surroundings.ts';

export type Lookup = EndpointOutput<typeof lookup>;

/** Which blocklists hold it or a part of it. Throws when that cannot be told. */
export type ListsHolding = (address: Address) => Promise<Lookup['blocklist_entries']>;

interface LookupDeps {
  db: Kysely<Database>;
  hostId: string;
  locate: Locate;
  ignoreLists: IgnoreLists;
  lists: ListsHolding;
  log: Log;
  now: Clock;
}

/** As `active_bans.expires_at` has it: the last millisecond of the year 9999 stands for never. */
const permanentEnd = 253_402_300_799_999;
const mostNeighbours = 20;
const networkKeptMs = 5 * 60_000;
const networksKept = 200;

/** Throws 422 for what is no address or network. */
export function createLookup(deps: LookupDeps): (ip: string) => Promise<Lookup> {
  const { db, hostId, locate, ignoreLists, lists, log, now } = deps;
  const networks = new Map<number, { sums: Promise<Sums>; at: number }>();

  /** A large network has hundreds of thousands of addresses: asked again, it is not summed again at once. */
  function networkSums(asn: number): Promise<Sums> {
    const kept = networks.get(asn);
    if (kept !== undefined && now() - kept.at < networkKeptMs) return kept.sums;
    const sums = sumNetwork(db, hostId, asn);
    keepRecent(networks, asn, { sums, at: now() }, networksKept);
    sums.catch(() => networks.delete(asn));
    return sums;
  }

  return async (ip) => {
    const address = parseAddress(ip);
    if (address === null)
      throw invalidInput('This is no IP address or network.', [
        { field: 'params.ip', message: 'Not an IP address or a network such as 192.0.2.0/24' },
      ]);
    const place = locate(address);
    const known = place.asn !== 0;
    const prefix = neighbourhoodOf(address);
    const [bannedIn, own, around, network, ignored, entries] = await Promise.all([
      bansOf(db, hostId, address),
      surveyRange(db, hostId, address),
      surveyRange(db, hostId, prefix, { most: mostNeighbours + 1 }),
      known ? networkSums(place.asn) : null,
      ignoreLists.all(),
      lists(address).catch((error: unknown) => {
        // the rest of what is known is worth having
        log.error('blocklist_lookup_failed', { error });
        return null;
      }),
    ]);
    return {
      ip: address,
      banned_in: bannedIn,
      country: place.country,
      city: place.city,
      asn: known ? place.asn : null,
      as_name: place.asName,
      range: place.range,
      history: { bans: own.bans, first: instant(own.first), last: instant(own.last) },
      blocklists: entries?.map(({ name }) => name) ?? [],
      blocklist_entries: entries,
      ignored_in: [...ignored].flatMap(([jail, ignores]) =>
        ignores.some((entry) => contains(entry, address)) ? [jail] : [],
      ),
      neighbours: {
        prefix,
        items: around.top
          .filter((row) => row.ip !== address)
          .slice(0, mostNeighbours)
          .map((row) => ({ ip: row.ip, bans: row.bans, last: new Date(row.last_at).toISOString() })),
        addresses: around.addresses,
        bans: around.bans,
        network: network === null ? null : { addresses: network.addresses, bans: network.bans },
      },
    };
  };
}

const instant = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** It is banned too where a network that holds it is. */
async function bansOf(db: Kysely<Database>, hostId: string, address: Address): Promise<Lookup['banned_in']> {
  const rows = await db
    .selectFrom('active_bans')
    .select(['jail', 'banned_at', 'expires_at', 'ban_count'])
    .where('host_id', '=', hostId)
    .where('ip_key', 'in', holders(address).map(addressKey))
    .orderBy('banned_at', 'desc')
    .execute();
  return rows.map((row) => ({
    jail: row.jail,
    banned_at: new Date(row.banned_at).toISOString(),
    expires_at: row.expires_at >= permanentEnd ? null : new Date(row.expires_at).toISOString(),
    ban_count: row.ban_count,
  }));
}
