/** An event as the history holds it, and what an append answers. */
import type { Origin } from '../new-event.ts';

export interface StoredEvent {
  id: number;
  jail: string;
  ip: string;
  action: 'ban' | 'unban';
  /** ms. */
  at: number;
  /** Of the row in fail2ban's database, seconds; null = not seen there. */
  fail2banAt: number | null;
  /** Of the log line, ms; null = not seen there. */
  heardAt: number | null;
  /** -1 = permanent, null = unknown. */
  seconds: number | null;
  count: number;
  failures: number;
  origin: Origin;
  actor: string | null;
  reason: string | null;
  again: boolean;
  country: string;
  asn: number;
}

/** A ban or unban with its matched lines, as far as this append knew them. */
export type Told = StoredEvent & { lines: readonly string[] };

export interface Appended {
  /** New in the history, in the order in which they were given. */
  added: readonly Told[];
  /** Bans that a log line had told of, and whose row in fail2ban's database is known now. */
  completed: readonly Told[];
  /** Bans known from fail2ban's database that the log has told of now. */
  heard: number;
  /** Events that changed nothing. */
  known: number;
}
