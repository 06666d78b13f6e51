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

export interface Bulk {
  insert(trx: Transaction<Database>, shape: Shape, rows: Rows): Promise<void>;
  /** SQLite only: the values of all rows, one row after the other, so that a row is no object. */
  insertFlat(trx: Transaction<Database>, shape: Shape, values: readonly Value[]): Promise<void>;
  /** The rows as a table for a query: `FROM ${rows(…)} AS k` with these columns. No bytes. */
  rows(columns: Readonly<Record<string, 'bigint' | 'text'>>, rows: Rows): RawBuilder<unknown>;
}

/** Rows in one statement, the most first. SQLite takes 32,766 values in one. */
const sizes = [128, 16, 1];

export function createBulk(dialect: 'sqlite' | 'postgres'): Bulk {
  const texts = new Map<Shape, Map<number, string>>();

  async function insertFlat(
    trx: Transaction<Database>,
    shape: Shape,
    values: readonly Value[],
  ): Promise<void> {
    const columns = Object.keys(shape.columns).length;
    const known = texts.get(shape) ?? new Map<number, string>();
    texts.set(shape, known);
    let from = 0;
    for (const size of sizes) {
      const width = size * columns;
      for (; values.length - from >= width; from += width) {
        const text = known.get(size) ?? sqliteText(shape, size);
        known.set(size, text);
        await trx.executeQuery(CompiledQuery.raw(text, values.slice(from, from + width)));
      }
    }
  }

  return {
    insertFlat,
    insert: async (trx, shape, rows) => {
      if (rows.length === 0) return;
      if (dialect === 'sqlite') await insertFlat(trx, shape, rows.flat());
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
