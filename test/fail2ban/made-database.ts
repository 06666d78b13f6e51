/** A database as fail2ban keeps it, with as many bans as wanted; nobody runs on it. */
import { DatabaseSync } from 'node:sqlite';

export interface MadeBan {
  jail: string;
  ip: string;
  /** Seconds. */
  at: number;
}

/** The schema of fail2ban 0.11 to 1.1 (server/database.py), as far as bans go. */
const schema = `
  CREATE TABLE bans(jail TEXT NOT NULL, ip TEXT, timeofban INTEGER NOT NULL, bantime INTEGER NOT NULL,
    bancount INTEGER NOT NULL default 1, data JSON);
  CREATE INDEX bans_jail_timeofban_ip ON bans(jail, timeofban);
  CREATE INDEX bans_jail_ip ON bans(jail, ip);
  CREATE INDEX bans_ip ON bans(ip);
  CREATE TABLE bips(ip TEXT NOT NULL, jail TEXT NOT NULL, timeofban INTEGER NOT NULL, bantime INTEGER NOT NULL,
    bancount INTEGER NOT NULL default 1, data JSON, PRIMARY KEY(ip, jail));`;

/** Bans of ten minutes with three matched lines each. */
export function makeFail2banDatabase(file: string, bans: Iterable<MadeBan>): void {
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA synchronous = OFF; ${schema} BEGIN`);
  const insert = database.prepare(
    'INSERT INTO bans(jail, ip, timeofban, bantime, data) VALUES (?, ?, ?, 600, ?)',
  );
  for (const { jail, ip, at } of bans) {
    const matches = [4111, 4112, 4113].map(
      (port) => `sshd[99]: Failed password for root from ${ip} port ${port} ssh2`,
    );
    insert.run(jail, ip, at, Buffer.from(JSON.stringify({ matches, failures: 3 })));
  }
  database.exec('COMMIT');
  database.close();
}

interface Made {
  bans: number;
  /** Evenly over these, which end now. */
  days: number;
  /** Fewer than bans: they come again. */
  addresses: number;
}

export function* madeBans({ bans: count, days, addresses }: Made): Generator<MadeBan> {
  const now = Math.floor(Date.now() / 1000);
  for (let i = 0; i < count; i++) {
    const n = i % addresses;
    const ip = `${11 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}.9`;
    yield {
      jail: i % 3 === 0 ? 'web' : 'sshd',
      ip,
      at: now - Math.round(((count - i) * days * 86_400) / count),
    };
  }
}
