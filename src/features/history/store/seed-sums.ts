/**
 * Sums of hours while a history is seeded: bans only, nearly in the order of time. What a sum is of is told by numbers
 * instead of texts, and the newest hour, with which the next bans go on, is kept in mind.
 */
import type { Transaction } from 'kysely';
import type { Database } from '../../../platform/db/schema.ts';
import { hourMs, hourOfId } from '../history-id.ts';
import { encodeSet, setOfOne } from './address-set.ts';
import type { Bulk } from './bulk.ts';
import type { StoredEvent } from './stored-event.ts';
import { countrySums, jailSums, networkSums } from './sum-tables.ts';

export type SeededBan = Pick<
  StoredEvent,
  'id' | 'jail' | 'origin' | 'failures' | 'country' | 'asn' | 'again'
>;

export interface SeedSums {
  /** Whether the hour of this id is counted here; sums of earlier ones may be stored. */
  holds(id: number): boolean;
  /** `address` is its number in the sets. */
  add(ban: SeededBan, address: number): void;
  /** One that was added as its address's first ban turns out not to be. */
  makeAgain(ban: SeededBan): void;
  /** Answers the newest hour that has sums now. */
  write(trx: Transaction<Database>): Promise<number>;
}

interface Sum {
  /** Start of the hour. */
  at: number;
  jail: string;
  origin: string;
  country: string;
  asn: number;
  bans: number;
  failures: number;
  again: number;
  /** Most sums of an hour are of one address. */
  address: number;
  others: number[] | null;
}

type Sums = Map<number, Sum>;
interface Hour {
  jails: Sums;
  countries: Sums;
  networks: Sums;
}

const originNumbers = { own: 0, manual: 1, blocklist: 2 };
const mostOrigins = 4;
/** More than fail2ban can run; a key stays a whole number that a double holds. */
const mostJails = 2 ** 24;

const networkKey = ({ asn, origin }: SeededBan): number => asn * mostOrigins + originNumbers[origin];

/** `from`: the first hour of which nothing is stored. */
export function createSeedSums({
  hostId,
  bulk,
  from,
}: {
  hostId: string;
  bulk: Bulk;
  from: number;
}): SeedSums {
  const hours = new Map<number, Hour>();
  const jails = new Map<string, number>();
  const countries = new Map<string, number>();
  let oldest = from;

  function hourOf(id: number): Hour {
    const at = hourOfId(id);
    const known = hours.get(at);
    if (known !== undefined) return known;
    const hour = { jails: new Map(), countries: new Map(), networks: new Map() };
    hours.set(at, hour);
    return hour;
  }

  const jailKey = ({ jail, origin }: SeededBan): number =>
    numberOf(jails, jail) * mostOrigins + originNumbers[origin];
  const countryKey = (ban: SeededBan): number => numberOf(countries, ban.country) * mostJails + jailKey(ban);

  return {
    holds: (id) => hourOfId(id) >= oldest,
    add(ban, address) {
      const hour = hourOf(ban.id);
      addTo(hour.jails, jailKey(ban), ban, address);
      addTo(hour.countries, countryKey(ban), ban, address);
      addTo(hour.networks, networkKey(ban), ban, address);
    },
    makeAgain(ban) {
      const { jails: ofJails, countries: ofCountries } = hourOf(ban.id);
      for (const sum of [ofJails.get(jailKey(ban)), ofCountries.get(countryKey(ban))])
        if (sum !== undefined) sum.again += 1;
    },
    async write(trx) {
      const all = [...hours.values()];
      const ofJails = all.flatMap((hour) => [...hour.jails.values()]);
      await bulk.insertEach(trx, jailSums.shape, ofJails, (values, sum) => {
        const { at, jail, origin, bans, failures, again } = sum;
        values.push(hostId, hourMs, at, jail, origin, bans, failures, again, 0, setOf(sum));
      });
      const ofCountries = all.flatMap((hour) => [...hour.countries.values()]);
      await bulk.insertEach(trx, countrySums.shape, ofCountries, (values, sum) => {
        const { at, country, jail, origin, bans, failures, again } = sum;
        values.push(hostId, hourMs, at, country, jail, origin, bans, failures, again, 0, setOf(sum));
      });
      const ofNetworks = all.flatMap((hour) => [...hour.networks.values()]);
      await bulk.insertEach(trx, networkSums.shape, ofNetworks, (values, sum) => {
        const { at, asn, origin, bans } = sum;
        values.push(hostId, hourMs, at, asn, origin, bans, setOf(sum));
      });
      oldest = Math.max(oldest, ...hours.keys());
      for (const at of hours.keys()) if (at < oldest) hours.delete(at);
      return oldest;
    },
  };
}

function addTo(
  sums: Sums,
  key: number,
  { id, jail, origin, country, asn, failures, again }: SeededBan,
  address: number,
) {
  const sum = sums.get(key);
  if (sum === undefined) {
    const counts = { bans: 1, failures, again: again ? 1 : 0 };
    sums.set(key, { at: hourOfId(id), jail, origin, country, asn, ...counts, address, others: null });
    return;
  }
  sum.bans += 1;
  sum.failures += failures;
  if (again) sum.again += 1;
  if (sum.others !== null) sum.others.push(address);
  else if (address !== sum.address) sum.others = [address];
}

const setOf = ({ address, others }: Sum): Uint8Array =>
  others === null ? setOfOne(address) : encodeSet([address, ...others]);

function numberOf(numbers: Map<string, number>, text: string): number {
  const known = numbers.get(text);
  if (known !== undefined) return known;
  numbers.set(text, numbers.size);
  return numbers.size - 1;
}
