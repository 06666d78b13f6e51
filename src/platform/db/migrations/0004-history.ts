/** What fail2ban ever banned, where it came from, and the sums that every overview figure is read from. */
import { sql, type Kysely } from 'kysely';
import { indexedWords } from '../indexed-words.ts';
import type { Database } from '../schema.ts';

export const name = 'history';

/** The id follows each of them, by itself in SQLite. A first seeding makes them when all rows are there. */
export const historyIndexes = [
  { name: 'history_by_address', create: sql`CREATE INDEX history_by_address ON history (ip, id)` },
  { name: 'history_by_jail', create: sql`CREATE INDEX history_by_jail ON history (jail, id)` },
  { name: 'history_by_country', create: sql`CREATE INDEX history_by_country ON history (country, id)` },
  { name: 'history_by_network', create: sql`CREATE INDEX history_by_network ON history (asn, id)` },
  { name: 'history_by_origin', create: sql`CREATE INDEX history_by_origin ON history (origin, id)` },
  // a history begins with bans only: the newest unbans may lie millions of events back
  { name: 'history_unbans', create: sql`CREATE INDEX history_unbans ON history (id) WHERE action = 'unban'` },
  { name: 'addresses_by_key', create: sql`CREATE INDEX addresses_by_key ON addresses (host_id, ip_key)` },
  // most addresses come once: only the others pay for the order, and a query has to say `bans > 1` to use it
  {
    name: 'addresses_by_bans',
    create: sql`CREATE INDEX addresses_by_bans ON addresses (host_id, bans, last_at) WHERE bans > 1`,
  },
  {
    name: 'addresses_by_network',
    create: sql`CREATE INDEX addresses_by_network ON addresses (host_id, asn, id)`,
  },
];

export async function up(db: Kysely<Database>, dialect: 'sqlite' | 'postgres'): Promise<void> {
  const sqlite = dialect === 'sqlite';
  const id = sql.raw(sqlite ? 'integer' : 'bigint');
  const bytes = sql.raw(sqlite ? 'blob' : 'bytea');
  // The id holds the time, so PostgreSQL's months are ranges of ids; history/store makes them as they come.
  const byMonth = sql.raw(sqlite ? '' : 'PARTITION BY RANGE (id)');
  // rows lie in the order of their key, one tree less to write
  const packed = sql.raw(sqlite ? 'WITHOUT ROWID' : '');
  const statements = [
    // All tables here are written by features/history unless another is named.
    sql`CREATE TABLE history (
      id ${id} PRIMARY KEY, host_id text NOT NULL, jail text NOT NULL, ip text NOT NULL, action text NOT NULL,
      at bigint NOT NULL, fail2ban_at bigint, heard_at bigint, seconds bigint, ban_count integer NOT NULL,
      failures integer NOT NULL, origin text NOT NULL, actor text, reason text, again integer NOT NULL,
      country text NOT NULL, asn bigint NOT NULL) ${byMonth}`,
    sql`CREATE TABLE history_lines (id ${id} PRIMARY KEY, lines text NOT NULL) ${byMonth}`,
    sql`CREATE TABLE addresses (
      id ${id} PRIMARY KEY, host_id text NOT NULL, ip text NOT NULL, ip_key text NOT NULL, country text NOT NULL,
      asn bigint NOT NULL, first_at bigint NOT NULL, last_at bigint NOT NULL, bans bigint NOT NULL,
      UNIQUE (host_id, ip))`,
    ...historyIndexes.map(({ create }) => create),
    sql`CREATE TABLE networks (asn bigint PRIMARY KEY, name text NOT NULL)`,
    sql`CREATE TABLE jail_sums (
      host_id text NOT NULL, grain bigint NOT NULL, at bigint NOT NULL, jail text NOT NULL, origin text NOT NULL,
      bans bigint NOT NULL, failures bigint NOT NULL, again bigint NOT NULL, unbans bigint NOT NULL,
      addresses ${bytes} NOT NULL, PRIMARY KEY (host_id, grain, at, jail, origin)) ${packed}`,
    sql`CREATE TABLE country_sums (
      host_id text NOT NULL, grain bigint NOT NULL, at bigint NOT NULL, country text NOT NULL, jail text NOT NULL,
      origin text NOT NULL, bans bigint NOT NULL, failures bigint NOT NULL, again bigint NOT NULL,
      unbans bigint NOT NULL, addresses ${bytes} NOT NULL,
      PRIMARY KEY (host_id, grain, at, country, jail, origin)) ${packed}`,
    sql`CREATE TABLE network_sums (
      host_id text NOT NULL, grain bigint NOT NULL, at bigint NOT NULL, asn bigint NOT NULL, origin text NOT NULL,
      bans bigint NOT NULL, addresses ${bytes} NOT NULL, PRIMARY KEY (host_id, grain, at, asn, origin)) ${packed}`,
    // The countries, and the networks, of a whole day UTC: base/day-pack.ts.
    sql`CREATE TABLE day_packs (
      host_id text NOT NULL, at bigint NOT NULL, kind text NOT NULL, origin text NOT NULL, counts ${bytes} NOT NULL,
      sets ${bytes} NOT NULL, PRIMARY KEY (host_id, at, kind, origin))`,
    // How far fail2ban's log and database were read; written with what was read from them.
    sql`CREATE TABLE history_state (
      host_id text NOT NULL, key text NOT NULL, value text NOT NULL, PRIMARY KEY (host_id, key))`,
    // Written by features/address: how a jail was set, from when on.
    sql`CREATE TABLE jail_settings (
      host_id text NOT NULL, jail text NOT NULL, since bigint NOT NULL, settings text NOT NULL,
      PRIMARY KEY (host_id, jail, since))`,
    // Written by features/bans; rows of before are placed when the mirror first looks.
    sql`ALTER TABLE active_bans ADD COLUMN country text NOT NULL DEFAULT 'unknown'`,
    sql`ALTER TABLE active_bans ADD COLUMN asn bigint NOT NULL DEFAULT 0`,
    sql`CREATE INDEX active_bans_by_country ON active_bans (host_id, country, banned_at, jail, ip)`,
  ];
  for (const statement of statements) await statement.execute(db);
  // What a word is: features/history/read-words.ts.
  const search = sqlite
    ? sql`CREATE VIRTUAL TABLE history_search USING fts5 (
        lines, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii')`
    : sql`CREATE INDEX history_search ON history_lines USING gin (${indexedWords})`;
  await search.execute(db);
}
