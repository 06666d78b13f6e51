/**
 * All addresses of a history while it is seeded, some forty bytes each: asking the database for each one that comes again
 * would be a tenth of the work.
 */
import { createNumberMap } from '../../../base/number-map.ts';

export interface SeedAddress {
  /** In `addresses`. */
  id: number;
  country: string;
  asn: number;
  /** Its first ban, ms. */
  firstAt: number;
}

/** An address is known by its place here, from 0 on. */
export interface SeedAddresses {
  /** Its place, or -1. */
  find(ip: string): number;
  /** One that is not here. Answers its place. */
  put(ip: string, address: SeedAddress): number;
  id(place: number): number;
  country(place: number): string;
  asn(place: number): number;
  firstAt(place: number): number;
  setFirstAt(place: number, at: number): void;
}

const firstRoom = 1 << 14;
/** Numbers of an address that lie side by side: id, network, country. */
const [width, asnAt, countryAt] = [3, 1, 2];

export function createSeedAddresses(): SeedAddresses {
  let facts = new Uint32Array(firstRoom * width);
  let firsts = new Float64Array(firstRoom);
  let count = 0;
  const places = createNumberMap();
  const others = new Map<string, number>();
  const countries: string[] = [];
  const countryNumbers = new Map<string, number>();

  function makeRoom(): void {
    if (count < firsts.length) return;
    const [fewFacts, fewFirsts] = [facts, firsts];
    facts = new Uint32Array(fewFacts.length * 2);
    facts.set(fewFacts);
    firsts = new Float64Array(fewFirsts.length * 2);
    firsts.set(fewFirsts);
  }

  function countryNumber(country: string): number {
    const known = countryNumbers.get(country);
    if (known !== undefined) return known;
    countryNumbers.set(country, countries.length);
    return countries.push(country) - 1;
  }

  return {
    find(ip) {
      const key = ipv4Key(ip);
      return key < 0 ? (others.get(ip) ?? -1) : places.get(key);
    },
    put(ip, { id, country, asn, firstAt }) {
      makeRoom();
      const place = count++;
      facts.set([id, asn, countryNumber(country)], place * width);
      firsts[place] = firstAt;
      const key = ipv4Key(ip);
      if (key < 0) others.set(ip, place);
      else places.put(key, place);
      return place;
    },
    id: (place) => facts[place * width] ?? 0,
    asn: (place) => facts[place * width + asnAt] ?? 0,
    country: (place) => countries[facts[place * width + countryAt] ?? 0] ?? 'unknown',
    firstAt: (place) => firsts[place] ?? 0,
    setFirstAt(place, at) {
      firsts[place] = at;
    },
  };
}

/** -1 for everything but the one usual spelling of an IPv4 address: texts that differ are different addresses here. */
function ipv4Key(text: string): number {
  let key = 0;
  let part = -1;
  let dots = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - zero;
    if (digit === dot && part >= 0) {
      key = key * 256 + part;
      part = -1;
      dots += 1;
      continue;
    }
    if (digit < 0 || digit > 9 || part === 0) return -1;
    part = part < 0 ? digit : part * 10 + digit;
    if (part > 255) return -1;
  }
  return dots === 3 && part >= 0 ? key * 256 + part : -1;
}
const zero = '0'.charCodeAt(0);
const dot = '.'.charCodeAt(0) - zero;
