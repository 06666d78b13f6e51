/** What was asked of the history, read once: every value in the spelling of the tables, the time as a range of ids. */
import type { z } from 'zod';
import {
  addressKey,
  family,
  networkBounds,
  parseAddress,
  prefixLength,
  type Address,
} from '../../base/address.ts';
import { invalidInput } from '../../base/errors.ts';
import type { historyFilters } from './contract.ts';
import { firstIdAt } from './history-id.ts';
import type { Origin } from './new-event.ts';
import { wordsOf, type Word } from './read-words.ts';

export type Filters = Omit<z.output<typeof historyFilters>, 'host'>;

export interface Wanted {
  /** Ids; `from` belongs to it, `to` does not. */
  from: number;
  to: number;
  address: WantedAddress | null;
  jail: Term<string> | null;
  country: Term<string> | null;
  asn: Term<number> | null;
  origin: Origin | null;
  action: 'ban' | 'unban' | null;
  words: readonly Word[];
}

export interface Term<V> {
  value: V;
  /** Everything but that. */
  not: boolean;
}

/** Keys of `addressKey`: what is `first`, or from `itself` to `last`, is inside. */
export interface WantedAddress {
  first: string;
  itself: string;
  last: string;
  /** As it may stand in an event of an address that was never banned. */
  spellings: readonly string[];
  /** How the text of every IPv4 address inside begins (`198.51.`); empty: that is not known. */
  begins: string;
}

const idAt = (text: string): number =>
  Math.min(firstIdAt(Math.max(0, Date.parse(text))), Number.MAX_SAFE_INTEGER);

/** Throws 422 for an address that is none, and for a range that is empty or turned round. */
export function wantedOf(filters: Filters): Wanted {
  const { from, to, ip, text, origin, action } = filters;
  const range = {
    from: from === undefined ? 0 : idAt(from),
    to: to === undefined ? Number.MAX_SAFE_INTEGER : idAt(to),
  };
  if (range.from >= range.to) {
    throw invalidInput('The range of time is empty: `from` has to lie before `to`.', [
      { field: 'query.from', message: 'Not before `to`' },
    ]);
  }
  const asn = termOf(filters.asn);
  return {
    ...range,
    address: ip === undefined ? null : addressOf(ip),
    jail: termOf(filters.jail),
    country: mapTerm(termOf(filters.country), countryOf),
    asn: mapTerm(asn, (value) => Number(value.replace(/^AS/i, ''))),
    origin: origin === 'all' ? null : origin,
    action: action === 'all' ? null : action,
    words: text === undefined ? [] : wordsOf(text),
  };
}

function termOf(given: string | undefined): Term<string> | null {
  if (given === undefined || given === '' || given === '!') return null;
  return given.startsWith('!') ? { value: given.slice(1), not: true } : { value: given, not: false };
}

const mapTerm = <A, B>(term: Term<A> | null, map: (value: A) => B): Term<B> | null =>
  term === null ? null : { value: map(term.value), not: term.not };

/** Codes are upper case, `private`, `reserved` and `unknown` are not. */
const countryOf = (text: string): string => (text.length === 2 ? text.toUpperCase() : text.toLowerCase());

function addressOf(text: string): WantedAddress {
  const address = parseAddress(text.trim());
  if (address === null) {
    throw invalidInput('That is no address, and no network in CIDR notation.', [
      { field: 'query.ip', message: 'Not an address and not a network' },
    ]);
  }
  const spellings = [...new Set([text.trim(), address])];
  const itself = addressKey(address);
  if (!address.includes('/')) return { first: itself, itself, last: itself, spellings, begins: '' };
  const { first, last } = networkBounds(address);
  // the ban of a network has a key of its own, behind the address it begins with
  return { first, itself, last: `${last}/~`, spellings, begins: beginningOf(address) };
}

function beginningOf(network: Address): string {
  if (family(network) === 6) return '';
  const octets = network.split('.').slice(0, Math.floor(prefixLength(network) / 8));
  return octets.map((octet) => `${octet}.`).join('');
}
