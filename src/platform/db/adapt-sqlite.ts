/** `node:sqlite` as Kysely's dialect calls it. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { SqliteDatabase, SqliteStatement } from 'kysely';

const cachedStatements = 100;
/** Characters; the longest ones write a batch of the history. */
const cachedLength = 6_000;

/** The part of better-sqlite3 that Kysely calls, with the statements of everyday queries kept prepared. */
export function adaptSqlite(sqlite: DatabaseSync): SqliteDatabase {
  const cache = new Map<string, SqliteStatement>();
  return {
    close: () => sqlite.close(),
    prepare(text) {
      const known = cache.get(text);
      if (known !== undefined) {
        cache.delete(text);
        cache.set(text, known);
        return known;
      }
      // A plain `begin` that reads first and writes later fails at once, without waiting, when another process
      // has written in between. Our transactions write; so they take the write lock at their start.
      const statement = adaptStatement(sqlite.prepare(text === 'begin' ? 'begin immediate' : text));
      if (text.length <= cachedLength) cache.set(text, statement);
      if (cache.size > cachedStatements) {
        for (const oldest of cache.keys()) {
          cache.delete(oldest);
          break;
        }
      }
      return statement;
    },
  };
}

function adaptStatement(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (values) => statement.all(...bindable(values)),
    run: (values) => statement.run(...bindable(values)),
    iterate: (values) => statement.iterate(...bindable(values)),
  };
}

function bindable(values: readonly unknown[]): readonly SQLInputValue[] {
  if (areBindable(values)) return values;
  const type = typeof values.find((value) => !isBindable(value));
  throw new TypeError(`A value of type ${type} cannot be stored in the database`);
}

/** Without an iterator, which would make an object of each: a batch of the history has some thousand values. */
function areBindable(values: readonly unknown[]): values is readonly SQLInputValue[] {
  for (let at = 0; at < values.length; at++) if (!isBindable(values[at])) return false;
  return true;
}

const isBindable = (value: unknown): value is SQLInputValue =>
  typeof value === 'number' ||
  typeof value === 'string' ||
  value === null ||
  typeof value === 'bigint' ||
  value instanceof Uint8Array;
