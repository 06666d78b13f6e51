/** fail2ban's own sqlite database, read in short statements and never written. */
import type { StatementSync } from 'node:sqlite';
import { number, reading } from './fail2ban-file.ts';

/** The newest row of one address in one jail (`bips`); it stays after the ban's end until fail2ban purges it. */
export interface StoredBan {
  row: number;
  jail: string;
  ip: string;
  /** ms. */
  bannedAt: number;
  /** Seconds as written at ban time; -1 = permanent, -2 = unknown (from an upgrade of fail2ban). */
  seconds: number;
  count: number;
}

/**
 * Up to `limit` rows after row number `after`, in order of the row numbers. fail2ban loses bans when a reader holds
 * its file for more than 5 s (its own waiting time), so the file is opened for this one statement; the large `data`
 * column is not read. Row numbers are reused after deletions. Throws DatabaseBusy, or SQLite's error.
 */
export function readRowsAfter(file: string, after: number, limit: number): StoredBan[] {
  return reading(file, (database) =>
    rows(database.prepare(`${select} WHERE rowid > ? ORDER BY rowid LIMIT ?`), [after, limit]),
  );
}

/** The rows of these addresses of one jail, by primary key; at most a few hundred at a time. */
export function readRowsOf(file: string, jail: string, ips: readonly string[]): StoredBan[] {
  if (ips.length === 0) return [];
  const places = ips.map(() => '?').join(', ');
  return reading(file, (database) =>
    rows(database.prepare(`${select} WHERE ip IN (${places}) AND jail = ?`), [...ips, jail]),
  );
}

/** The highest row number, 0 for an empty table. Cheap: one step in the table's tree. */
export function readLastRow(file: string): number {
  return reading(file, (database) => {
    const last = database.prepare('SELECT rowid AS row FROM bips ORDER BY rowid DESC LIMIT 1').get();
    return number(last?.['row']);
  });
}

const select = 'SELECT rowid AS row, jail, ip, timeofban, bantime, bancount FROM bips';

function rows(statement: StatementSync, values: (string | number)[]): StoredBan[] {
  return statement.all(...values).map((row) => ({
    row: number(row['row']),
    jail: String(row['jail']),
    ip: String(row['ip']),
    bannedAt: number(row['timeofban']) * 1000,
    seconds: number(row['bantime']),
    count: Math.max(1, number(row['bancount'])),
  }));
}
