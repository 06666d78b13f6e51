/**
 * The index of addresses by their text stands by itself in SQLite, where a first seeding makes it when all rows are
 * there: kept up, each new address writes a page of its own. Before, it came with the table and could not be left out.
 */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../schema.ts';
import { historyIndexes } from './0004-history.ts';

export const name = 'address_index';

/** What serves only reading, and that each address is there once. */
export const indexesAfterSeeding = [
  {
    name: 'addresses_by_ip',
    create: sql`CREATE UNIQUE INDEX addresses_by_ip ON addresses (host_id, ip)`,
  },
  ...historyIndexes,
];

export async function up(db: Kysely<Database>, dialect: 'sqlite' | 'postgres'): Promise<void> {
  if (dialect === 'postgres') return;
  const statements = [
    sql`ALTER TABLE addresses RENAME TO addresses_before`,
    sql`CREATE TABLE addresses (
      id integer PRIMARY KEY, host_id text NOT NULL, ip text NOT NULL, ip_key text NOT NULL, country text NOT NULL,
      asn bigint NOT NULL, first_at bigint NOT NULL, last_at bigint NOT NULL, bans bigint NOT NULL)`,
    sql`INSERT INTO addresses SELECT id, host_id, ip, ip_key, country, asn, first_at, last_at, bans
      FROM addresses_before ORDER BY id`,
    sql`DROP TABLE addresses_before`,
  ];
  for (const statement of statements) await statement.execute(db);
  for (const { name: index, create } of indexesAfterSeeding)
    if (index.startsWith('addresses_')) await create.execute(db);
}
