/** What is to be written to the history: an event as fail2ban's database or its log told of it. */

export type Origin = 'own' | 'manual' | 'blocklist';

interface Told {
  jail: string;
  /** As fail2ban spells it. */
  ip: string;
  /** ms; of the log line, or `fail2banAt` in ms. */
  at: number;
  origin: Origin;
  actor: string | null;
  reason: string | null;
}

export interface NewBan extends Told {
  action: 'ban';
  /** Of the row in fail2ban's database, seconds; null when a log line told of the ban. */
  fail2banAt: number | null;
  /** Ban time in seconds, -1 = permanent, null = unknown. */
  seconds: number | null;
  count: number;
  failures: number;
  lines: readonly string[];
}

/** A ban of fail2ban's table on the short way of a first seeding: cleaned, its lines as JSON, null for none. */
export type SeedBan = Omit<NewBan, 'lines'> & { lines: string | null };

export interface NewUnban extends Told {
  action: 'unban';
}

export type NewEvent = NewBan | NewUnban;
