/** The tables of the history as Kysely sees them. Times are integer milliseconds, flags are 0 or 1. */

export interface HistoryTables {
  history: History;
  history_lines: HistoryLines;
  addresses: Addresses;
  networks: Networks;
  jail_sums: JailSums;
  country_sums: CountrySums;
  network_sums: NetworkSums;
  day_packs: DayPacks;
  history_state: HistoryState;
}

/** One event: a ban or the end of one. Kept past fail2ban's own purge. */
export interface History {
  /** `at * 1024` plus a number that tells events of one millisecond apart: the order of ids is the order of time. */
  id: number;
  host_id: string;
  jail: string;
  ip: string;
  /** `ban` or `unban`. */
  action: string;
  /** ms. */
  at: number;
  /** The ban's time in fail2ban's database, seconds: with jail and address it names the row there. Null: not seen there. */
  fail2ban_at: number | null;
  /** Of the line in fail2ban's log that told of it, ms. Null: not seen there. */
  heard_at: number | null;
  /** Ban time in seconds, -1 = permanent, null = unknown. */
  seconds: number | null;
  /** n-th ban of this address, as fail2ban counts; 0 for an unban. */
  ban_count: number;
  failures: number;
  /** `own`, `manual` or `blocklist`. */
  origin: string;
  /** Who did it by hand, and why. */
  actor: string | null;
  reason: string | null;
  /** 1: the address had been banned before. */
  again: number;
  /** Two-letter code, or `private`, `reserved`, `unknown`. */
  country: string;
  /** 0 = unknown. */
  asn: number;
}

interface HistoryLines {
  /** Of the ban. */
  id: number;
  /** JSON list of the log lines that led to it, as fail2ban kept them. */
  lines: string;
}

/** Every address in the history, once a host. */
interface Addresses {
  /** Given by the store. What the sets of addresses in the sums hold. */
  id: number;
  host_id: string;
  ip: string;
  /** See `addressKey`. */
  ip_key: string;
  country: string;
  asn: number;
  /** Of its first ban, also of one past the retention; of an unban while no ban is known. */
  first_at: number;
  last_at: number;
  /** Bans in the history. 0 when only unbans are. */
  bans: number;
}

interface Networks {
  asn: number;
  name: string;
}

/**
 * Sums of an hour (`grain` 3600000, written with the events) or of a whole day UTC (86400000, made of the hours once
 * the day is over, and gone again when an event comes late). A day has them when `jail_sums` has rows of it: these are
 * written last; any other day is read from its hours. `addresses` is the set of `addresses.id` banned then; see `history/store/address-set.ts`.
 */
interface JailSums {
  host_id: string;
  grain: number;
  /** Its start, ms. */
  at: number;
  jail: string;
  origin: string;
  bans: number;
  failures: number;
  /** Bans of addresses that had been banned before. */
  again: number;
  unbans: number;
  addresses: Uint8Array;
}

interface CountrySums {
  host_id: string;
  grain: number;
  at: number;
  country: string;
  jail: string;
  origin: string;
  bans: number;
  failures: number;
  again: number;
  unbans: number;
  addresses: Uint8Array;
}

interface NetworkSums {
  host_id: string;
  grain: number;
  at: number;
  asn: number;
  origin: string;
  bans: number;
  addresses: Uint8Array;
}

/** Made with the sums of a day, and gone with them; networks have no other sums of days. */
interface DayPacks {
  host_id: string;
  /** Start of the day UTC, ms. */
  at: number;
  /** `country` or `network`. */
  kind: string;
  origin: string;
  /** See `base/day-pack.ts`. */
  counts: Uint8Array;
  sets: Uint8Array;
}

interface HistoryState {
  host_id: string;
  key: string;
  value: string;
}
