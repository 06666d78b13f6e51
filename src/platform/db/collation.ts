/** Text compares byte by byte on PostgreSQL as it does in SQLite, whatever locale the database was created with. */
import { sql, type Kysely } from 'kysely';
import type { Database } from './schema.ts';

/**
 * Gives every text column that has none the collation "C", so that orders, ranges and cursors are the same on both
 * databases. Called after each migration, so that none has to think of it.
 */
export async function compareBytewise(db: Kysely<Database>): Promise<void> {
  const { rows } = await sql<{ table: string; column: string }>`
    SELECT c.relname AS "table", a.attname AS "column"
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = current_schema()::regnamespace AND a.attnum > 0
      AND NOT a.attisdropped AND a.atttypid = 'text'::regtype AND a.attcollation = 'default'::regcollation
    ORDER BY c.relname, a.attnum`.execute(db);
  const byTable = Map.groupBy(rows, (row) => row.table);
  for (const [table, columns] of byTable) {
    const changes = columns.map(({ column }) => sql`ALTER COLUMN ${sql.ref(column)} TYPE text COLLATE "C"`);
    await sql`ALTER TABLE ${sql.table(table)} ${sql.join(changes)}`.execute(db);
  }
}
