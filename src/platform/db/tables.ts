/** What the database itself says of its tables. */
import { sql } from 'kysely';
import type { OpenDatabase } from './open.ts';

export interface Table {
  name: string;
  columns: readonly string[];
  /** Columns of the primary key, in its order. */
  key: readonly string[];
}

type Described = Pick<OpenDatabase, 'db' | 'dialect'>;

/** Every table of ours but the search index, one with partitions as a whole; whatever a foreign key points to before what points to it. */
export async function readTables(database: Described): Promise<Table[]> {
  const columns = Map.groupBy(await readColumns(database), (row) => row.table);
  const parents = Map.groupBy(await readForeignKeys(database), (row) => row.table);
  const placed = new Map<string, Table>();
  while (placed.size < columns.size) {
    const next = [...columns].filter(
      ([name]) =>
        !placed.has(name) &&
        (parents.get(name) ?? []).every(({ parent }) => parent === name || placed.has(parent)),
    );
    if (next.length === 0) throw new Error('the foreign keys of the database go round in a circle');
    for (const [name, rows] of next) {
      const key = rows.filter((row) => row.place > 0).toSorted((a, b) => a.place - b.place);
      const names = rows.map((row) => row.column).toSorted();
      placed.set(name, { name, columns: names, key: key.map((row) => row.column) });
    }
  }
  return [...placed.values()];
}

interface ColumnRow {
  table: string;
  column: string;
  /** In the primary key, from 1; 0 = not in it. */
  place: number;
}

async function readColumns({ db, dialect }: Described): Promise<ColumnRow[]> {
  const query =
    dialect === 'sqlite'
      ? sql<ColumnRow>`
        SELECT t.name AS "table", c.name AS "column", c.pk AS place
        FROM pragma_table_list t JOIN pragma_table_info(t.name) c
        WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY t.name`
      : sql<ColumnRow>`
        SELECT t.relname AS "table", c.attname AS "column",
          coalesce(array_position(k.indkey::int2[], c.attnum) + 1, 0) AS place
        FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid
        LEFT JOIN pg_index k ON k.indrelid = t.oid AND k.indisprimary
        WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND t.relnamespace = current_schema()::regnamespace
          AND c.attnum > 0 AND NOT c.attisdropped ORDER BY t.relname`;
  return (await query.execute(db)).rows;
}

async function readForeignKeys({ db, dialect }: Described): Promise<{ table: string; parent: string }[]> {
  const query =
    dialect === 'sqlite'
      ? sql<{ table: string; parent: string }>`
        SELECT t.name AS "table", f."table" AS parent
        FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table'`
      : sql<{ table: string; parent: string }>`
        SELECT t.relname AS "table", p.relname AS parent
        FROM pg_constraint f JOIN pg_class t ON t.oid = f.conrelid JOIN pg_class p ON p.oid = f.confrelid
        WHERE f.contype = 'f' AND t.relnamespace = current_schema()::regnamespace`;
  return (await query.execute(db)).rows;
}
