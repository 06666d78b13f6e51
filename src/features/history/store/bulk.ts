/**
 * Many rows in one statement, on either database. SQLite's are cut into few sizes, so that its prepared statements are
 * used again; PostgreSQL takes a list for each column.
 */
import { CompiledQuery, sql, type RawBuilder, type Transaction } from 'kysely';
import type { Database } from '../../../platform/db/schema.ts';

export type Value = string | number | Uint8Array | null;
type ColumnType = 'bigint' | 'text' | 'bytea';

export interface Shape {
  table: string;
  columns: Readonly<Record<string, ColumnType>>;
  /** What follows the rows, such as `ON CONFLICT …`. */
  rest?: string;
}

type Rows = readonly (readonly Value[])[];

/** Adds the values of the item's row, in the order of the columns. */
type RowOf<T> = (values: Value[], item: T) => unknown;

export interface Bulk {
  insert(trx: Transaction<Database>, shape: Shape, rows: Rows): Promise<void>;
  /** SQLite only. The same without an array for each row. */
  insertEach<T>(trx: Transaction<Database>, shape: Shape, items: readonly T[], row: RowOf<T>): Promise<void>;
  /** The rows as a table for a query: `FROM ${rows(…)} AS k` with these columns. No bytes. */
  rows(columns: Readonly<Record<string, 'bigint' | 'text'>>, rows: Rows): RawBuilder<unknown>;
}

/** Rows in one statement, the most first. SQLite takes 32,766 values in one. */
const sizes = [128, 16, 1];

export function createBulk(dialect: 'sqlite' | 'postgres'): Bulk {
  const texts = new Map<Shape, Map<number, string>>();

  async function insertSqlite<T>(
    trx: Transaction<Database>,
    shape: Shape,
    items: readonly T[],
    row: RowOf<T>,
  ): Promise<void> {
    const known = texts.get(shape) ?? new Map<number, string>();
    texts.set(shape, known);
    let from = 0;
    for (const size of sizes) {
      for (; items.length - from >= size; from += size) {
        const text = known.get(size) ?? sqliteText(shape, size);
        known.set(size, text);
        const values: Value[] = [];
        for (const item of items.slice(from, from + size)) row(values, item);
        await trx.executeQuery(CompiledQuery.raw(text, values));
      }
    }
  }

  return {
    insertEach: insertSqlite,
    insert: async (trx, shape, rows) => {
      if (rows.length === 0) return;
      if (dialect === 'sqlite') await insertSqlite(trx, shape, rows, (values, row) => values.push(...row));
      else await trx.executeQuery(CompiledQuery.raw(postgresText(shape), columnwise(shape, rows)));
    },
    rows(columns, rows) {
      const names = Object.keys(columns);
      if (dialect === 'postgres') {
        const lists = Object.values(columns).map(
          (type, place) => sql`${rows.map((row) => row[place])}::${sql.raw(type)}[]`,
        );
        return sql`(SELECT * FROM unnest(${sql.join(lists)}) AS given (${sql.raw(names.join())}))`;
      }
      const fields = names.map((name, place) => `value ->> ${place} AS ${name}`).join();
      return sql`(SELECT ${sql.raw(fields)} FROM json_each(${JSON.stringify(rows)}))`;
    },
  };
}

function sqliteText({ table, columns, rest = '' }: Shape, size: number): string {
  const names = Object.keys(columns);
  const row = `(${names.map(() => '?').join()})`;
  const rows = Array.from({ length: size }, () => row).join();
  return `INSERT INTO ${table} (${names.join()}) VALUES ${rows} ${rest}`;
}

function postgresText({ table, columns, rest = '' }: Shape): string {
  const lists = Object.values(columns).map((type, place) => `$${place + 1}::${type}[]`);
  return `INSERT INTO ${table} (${Object.keys(columns).join()}) SELECT * FROM unnest(${lists.join()}) ${rest}`;
}

const columnwise = ({ columns }: Shape, rows: Rows): unknown[] =>
  Object.keys(columns).map((_, place) => rows.map((row) => bindable(row[place] ?? null)));

/** The driver knows bytes inside lists only as Buffer. */
const bindable = (value: Value): unknown => (value instanceof Uint8Array ? Buffer.from(value) : value);
