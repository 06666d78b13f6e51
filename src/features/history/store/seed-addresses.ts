/**
 * All addresses of a history while it is seeded, some forty bytes each: asking the database for each one that comes again
 * would be a tenth of the work.
 */

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
/** Numbers of an address that lie side by side: id, network, country, IPv4 key. */
const [width, asnAt, countryAt, keyAt] = [4, 1, 2, 3];
/** The emptier, the fewer steps from a taken slot to a free one. */
const fullest = 0.6;

export function createSeedAddresses(): SeedAddresses {
  let facts = new Uint32Array(firstRoom * width);
  let firsts = new Float64Array(firstRoom);
  let count = 0;
  /** Places of IPv4 addresses, plus 1, each near where its key would have it. */
  let slots = new Uint32Array(firstRoom * 2);
  let inSlots = 0;
  const others = new Map<string, number>();
  const countries: string[] = [];
  const countryNumbers = new Map<string, number>();

  /** Where the key is, or would be. */
  function slotOf(key: number): number {
    const mask = slots.length - 1;
    let slot = (Math.imul(key, 0x9e37_79b1) >>> 7) & mask;
    for (;;) {
      const place = (slots[slot] ?? 0) - 1;
      if (place < 0 || facts[place * width + keyAt] === key) return slot;
      slot = (slot + 1) & mask;
    }
  }

  function makeRoom(): void {
    if (count === firsts.length) {
      const [fewFacts, fewFirsts] = [facts, firsts];
      facts = new Uint32Array(fewFacts.length * 2);
      facts.set(fewFacts);
      firsts = new Float64Array(fewFirsts.length * 2);
      firsts.set(fewFirsts);
    }
    if (inSlots < slots.length * fullest) return;
    const before = slots;
    slots = new Uint32Array(before.length * 2);
    for (const one of before) if (one > 0) slots[slotOf(facts[(one - 1) * width + keyAt] ?? 0)] = one;
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
      return key < 0 ? (others.get(ip) ?? -1) : (slots[slotOf(key)] ?? 0) - 1;
    },
    put(ip, { id, country, asn, firstAt }) {
      makeRoom();
      const place = count++;
      const key = ipv4Key(ip);
      facts.set([id, asn, countryNumber(country), Math.max(key, 0)], place * width);
      firsts[place] = firstAt;
      if (key < 0) others.set(ip, place);
      else {
        slots[slotOf(key)] = place + 1;
        inSlots += 1;
      }
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
