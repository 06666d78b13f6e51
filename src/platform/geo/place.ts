/** Where an address is, from files on this machine only. */

export interface Place {
  /** ISO 3166 two-letter code, or one of `private`, `reserved` (see `specialPurpose`) and `unknown`. */
  readonly country: string;
  /** Number of the network (autonomous system); 0 = unknown. */
  readonly asn: number;
  /** The network's name; null = unknown. */
  readonly asName: string | null;
  /** The announced or registered range that the address is in, CIDR; null = unknown. */
  readonly range: string | null;
  /** Only with a city file; null otherwise. */
  readonly city: string | null;
}

/** Answers for any text: what is no address is `unknown`. A network in CIDR notation is where its first address is. */
export type Locate = (ip: string) => Place;

/** The place of everything that has no place of its own. */
export const placeOf = (country: 'private' | 'reserved' | 'unknown'): Place =>
  Object.freeze({ country, asn: 0, asName: null, range: null, city: null });
