/** The same questions, put to fail2ban's own database by SQL, as interfaces without a history of their own do. */
import { DatabaseSync } from 'node:sqlite';
import type { BenchData } from './history-data.ts';
import { round } from './measure.ts';

/** Each answers the time it took, in words. */
export interface Beside {
  figures(from: number): string;
  byJail(from: number): string;
  trend(from: number): string;
  page(where: string): string;
  like(text: string): string;
  exported(rows: number): string;
  /** The address with the most bans. */
  busiest(): string;
  close(): void;
}

export function openBeside({ path }: BenchData): Beside {
  const sqlite = new DatabaseSync(path, { readOnly: true });
  const seconds = (ms: number): number => Math.floor(ms / 1000);
  let busiest: string | null = null;
  const took = (statement: string, ...values: (string | number)[]): string => {
    const began = performance.now();
    sqlite.prepare(statement).all(...values);
    return `by SQL on fail2ban's database ${round(performance.now() - began)} ms`;
  };
  return {
    figures: (from) =>
      took('SELECT count(*), count(DISTINCT ip) FROM bans WHERE timeofban >= ?', seconds(from)),
    byJail: (from) =>
      took(
        'SELECT jail, count(*), count(DISTINCT ip) FROM bans WHERE timeofban >= ? GROUP BY jail',
        seconds(from),
      ),
    trend: (from) =>
      took('SELECT timeofban / 43200, count(*) FROM bans WHERE timeofban >= ? GROUP BY 1', seconds(from)),
    page: (where) =>
      took(
        `SELECT jail, ip, timeofban, bantime, bancount, data FROM bans ${where}
        ORDER BY timeofban DESC LIMIT 50 OFFSET 49950`,
      ),
    like: (text) =>
      took(
        `SELECT jail, ip, timeofban, data FROM bans WHERE ${text
          .split(' ')
          .map(() => 'CAST(data AS TEXT) LIKE ?')
          .join(' AND ')} ORDER BY timeofban DESC LIMIT 50`,
        ...text.split(' ').map((word) => `%${word.replace('*', '')}%`),
      ),
    exported(rows) {
      const began = performance.now();
      let bytes = 0;
      for (const row of sqlite
        .prepare(
          'SELECT jail, ip, timeofban, bantime, bancount, CAST(data AS TEXT) AS data FROM bans LIMIT ?',
        )
        .iterate(rows)) {
        bytes += JSON.stringify(row).length;
      }
      return `all rows of fail2ban's database as JSON ${round(rows / ((performance.now() - began) / 1000))} rows/s, ${round(bytes / 1e6)} MB`;
    },
    busiest() {
      const row = sqlite.prepare('SELECT ip, count(*) AS n FROM bans GROUP BY ip ORDER BY n DESC LIMIT 1');
      return (busiest ??= String(row.get()?.['ip']));
    },
    close: () => sqlite.close(),
  };
}
