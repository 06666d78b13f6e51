/** Where an address is, from files on this machine only. */

export interface Place {
  /** ISO 3166 two-letter code, or one of `private`, `reserved` (see `specialPurpose`) and `unknown`. */
  country: string;
  /** Number of the network (autonomous system); 0 = unknown. */
  asn: number;
  /** The network's name; null = unknown. */
  asName: string | null;
  /** The announced or registered range that the address is in, CIDR; null = unknown. */
  range: string | null;
  /** Only with a city file; null otherwise. */
  city: string | null;
}

/** Answers for any text: what is no address is `unknown`. A network in CIDR notation is where its first address is. */
export type Locate = (ip: string) => Place;
