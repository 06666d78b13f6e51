/**
 * A year of attacks as fail2ban's own database holds it: a file with its schema, the same every time, kept between runs.
 * Addresses lie in some thousand ranges, few of which do most of the work; one in five bans is of a new address.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export const benchJails = [
  'sshd',
  'web',
  'manual',
  'incr',
  'extra-1',
  'extra-2',
  'extra-3',
  'extra-4',
  'extra-5',
];
/** How often a word stands in a ban's lines is the same at any size: in most, in one of a thousand, in a few hundred. */
export const words = { common: 'root', rare: 'svc-backup-legacy', pair: ['oracle', 'publickey'] as const };

/** Inside the retention of a year. */
const days = 364;
const perStatement = 500;
const ranges = 12_000;
const userNames = ['root', 'admin', 'test', 'oracle', 'ubuntu', 'git', 'postgres', 'user', 'pi', 'deploy'];

export interface BenchData {
  path: string;
  count: number;
  /** Seconds: the last ban. */
  until: number;
}

export async function benchData(count: number): Promise<BenchData> {
  const folder = process.env['BANGUI_BENCH_DIR'] ?? tmpdir();
  // a new month needs new bans: the views end now
  const now = new Date();
  const until = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()) / 1000;
  const path = join(folder, `bangui-bench-fail2ban-${count}-${until}.sqlite3`);
  if (!existsSync(path)) {
    console.log(`making ${count.toLocaleString('en')} bans in ${path}`);
    rmSync(`${path}.part`, { force: true });
    make(`${path}.part`, count, until);
    renameSync(`${path}.part`, path);
  }
  return { path, count, until };
}

function make(path: string, count: number, until: number): void {
  const sqlite = new DatabaseSync(path);
  sqlite.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000');
  for (const statement of schema) sqlite.exec(statement);
  const jail = sqlite.prepare('INSERT INTO jails VALUES (?, 1)');
  for (const name of benchJails) jail.run(name);
  const one = '(?,?,?,?,?,CAST(? AS BLOB))';
  const insert = sqlite.prepare(
    `INSERT INTO bans VALUES ${Array.from({ length: perStatement }, () => one).join()}`,
  );
  const last = sqlite.prepare(`INSERT INTO bans VALUES ${one}`);
  const bans = madeBans(count, until);
  sqlite.exec('BEGIN');
  let values: (string | number)[] = [];
  for (const ban of bans) {
    values.push(...ban);
    if (values.length < perStatement * 6) continue;
    insert.run(...values);
    values = [];
  }
  for (let at = 0; at < values.length; at += 6) last.run(...values.slice(at, at + 6));
  sqlite.exec('COMMIT');
  for (const statement of indexes) sqlite.exec(statement);
  sqlite.close();
}

type Row = [jail: string, ip: string, at: number, seconds: number, count: number, data: string];

function* madeBans(count: number, until: number): Generator<Row> {
  const random = randomOf(7);
  const prefixes = Array.from({ length: ranges }, () => publicPrefix(random));
  const seen: { ip: string; bans: number }[] = [];
  const start = until - days * 86_400;
  let second = { at: 0, told: new Set<string>() };
  for (let n = 0; n < count;) {
    // more in some hours than in others, and in time's order
    const at = start + Math.floor(((n + random()) / count) * days * 86_400);
    const isNew = seen.length < 10 || random() < 0.2;
    let address = isNew ? undefined : seen[Math.floor(random() ** 3 * seen.length)];
    if (address === undefined) {
      const prefix = prefixes[Math.floor(random() ** 4 * ranges)] ?? [1, 2, 3];
      address = { ip: [...prefix, Math.floor(random() * 255)].join('.'), bans: 0 };
      if (random() < 0.05)
        address.ip = `2a01:${(prefix[0] ?? 1).toString(16)}:${n.toString(16).slice(-4)}::${(n % 65_536).toString(16)}`;
      seen.push(address);
    }
    const jail = benchJails[Math.min(8, Math.floor(-Math.log(1 - random()) * 1.4))] ?? 'sshd';
    if (second.at !== at) second = { at, told: new Set() };
    // fail2ban bans an address once at a time
    if (second.told.has(`${jail} ${address.ip}`)) continue;
    second.told.add(`${jail} ${address.ip}`);
    address.bans += 1;
    yield [
      jail,
      address.ip,
      at,
      random() < 0.02 ? -1 : 600,
      address.bans,
      dataOf(address.ip, { n, at, random }),
    ];
    n += 1;
  }
}

function dataOf(ip: string, { n, at, random }: { n: number; at: number; random: () => number }): string {
  const user = userNames[Math.floor(random() ** 2 * userNames.length)] ?? 'root';
  const matches = [0, 1, 2].map((line) => {
    const time = new Date((at - 20 + line * 7) * 1000).toISOString().slice(0, 19);
    const name = n % 5_003 === 0 ? words.rare : user;
    const way = n % 997 === line ? 'publickey' : 'password';
    const port = 1_024 + Math.floor(random() * 60_000);
    return `${time} host sshd[${port}]: Failed ${way} for ${line === 0 ? 'invalid user ' : ''}${name} from ${ip} port ${port} ssh2`;
  });
  return JSON.stringify({ matches, failures: 3 + (n % 7), user });
}

/** Three bytes of a range that can be reached. */
function publicPrefix(random: () => number): number[] {
  for (;;) {
    const first = 1 + Math.floor(random() * 222);
    const second = Math.floor(random() * 256);
    const reserved = [10, 100, 127, 169, 172, 192, 198, 203].includes(first);
    if (!reserved) return [first, second, Math.floor(random() * 256)];
  }
}

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** fail2ban's, version 4. */
const schema = [
  'CREATE TABLE fail2banDb(version INTEGER)',
  'INSERT INTO fail2banDb VALUES (4)',
  'CREATE TABLE jails(name TEXT NOT NULL UNIQUE, enabled INTEGER NOT NULL DEFAULT 1)',
  'CREATE INDEX jails_name ON jails(name)',
  `CREATE TABLE logs(jail TEXT NOT NULL, path TEXT, firstlinemd5 TEXT, lastfilepos INTEGER DEFAULT 0,
    FOREIGN KEY(jail) REFERENCES jails(name) ON DELETE CASCADE, UNIQUE(jail, path), UNIQUE(jail, path, firstlinemd5))`,
  'CREATE INDEX logs_path ON logs(path)',
  'CREATE INDEX logs_jail_path ON logs(jail, path)',
  `CREATE TABLE bans(jail TEXT NOT NULL, ip TEXT, timeofban INTEGER NOT NULL, bantime INTEGER NOT NULL,
    bancount INTEGER NOT NULL default 1, data JSON, FOREIGN KEY(jail) REFERENCES jails(name))`,
  `CREATE TABLE bips(ip TEXT NOT NULL, jail TEXT NOT NULL, timeofban INTEGER NOT NULL, bantime INTEGER NOT NULL,
    bancount INTEGER NOT NULL default 1, data JSON, PRIMARY KEY(ip, jail), FOREIGN KEY(jail) REFERENCES jails(name))`,
];
const indexes = [
  'CREATE INDEX bans_jail_timeofban_ip ON bans(jail, timeofban)',
  'CREATE INDEX bans_jail_ip ON bans(jail, ip)',
  'CREATE INDEX bans_ip ON bans(ip)',
  'CREATE INDEX bips_timeofban ON bips(timeofban)',
  'CREATE INDEX bips_ip ON bips(ip)',
];
