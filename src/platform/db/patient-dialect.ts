/**
 * The embedded database for Kysely: one connection, used in turns. A statement that meets another process's write
 * lock gives its turn away and comes again, so that neither the event loop nor other statements wait with it.
 */
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  type SqliteDatabase,
} from 'kysely';
import { describeDatabaseFailure } from './failure.ts';

interface PatientOptions {
  sqlite: DatabaseSync;
  /** The same database as Kysely calls it. */
  database: SqliteDatabase;
  /** Called with the error of each statement that failed, and with null after each write that is stored. */
  onOutcome: (error: unknown) => void;
  /** How long another process's write lock is waited for, ms. */
  patienceMs: number;
}

const pauseMs = 20;

export function createPatientDialect(options: PatientOptions): Dialect {
  const dialect = new SqliteDialect({ database: options.database });
  return {
    createAdapter: () => new TurnTakingAdapter(),
    createDriver: () => createDriver(options),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createIntrospector: (db) => dialect.createIntrospector(db),
  };
}

/** Kysely would keep the connection for a statement until it ends, however often it has to be tried. */
class TurnTakingAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

function createDriver({ sqlite, database, onOutcome, patienceMs }: PatientOptions): Driver {
  const inner = new SqliteDriver({ database });
  const turns = createTurns();

  const patient = (connection: DatabaseConnection): DatabaseConnection => ({
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const deadline = performance.now() + patienceMs;
      for (;;) {
        try {
          const result = await connection.executeQuery<R>(query);
          if (!sqlite.isTransaction && query.sql !== 'rollback' && writes(result)) onOutcome(null);
          return result;
        } catch (error) {
          const locked = describeDatabaseFailure(error)?.code === 'database_locked';
          // Inside a transaction the lock is ours already; what fails there is no matter of time.
          if (!locked || sqlite.isTransaction || performance.now() >= deadline) {
            onOutcome(error);
            throw error;
          }
        }
        turns.give();
        await sleep(pauseMs);
        await turns.take();
      }
    },
    streamQuery: (query, size) => connection.streamQuery(query, size),
  });

  return {
    init: () => inner.init(),
    async acquireConnection() {
      await turns.take();
      return patient(await inner.acquireConnection());
    },
    beginTransaction: (connection) => inner.beginTransaction(connection),
    commitTransaction: (connection) => inner.commitTransaction(connection),
    async rollbackTransaction(connection) {
      // A full disk or an I/O error made SQLite roll back already; a second time is an error that hides the first.
      if (sqlite.isTransaction) await inner.rollbackTransaction(connection);
    },
    releaseConnection: async () => turns.give(),
    destroy: () => inner.destroy(),
  };
}

/** Statements that answer rows have no such figure, but for `RETURNING`, which need not tell of itself. */
const writes = ({ numAffectedRows }: QueryResult<unknown>): boolean => numAffectedRows !== undefined;

interface Turns {
  /** Resolves when it is the caller's turn, in the order of asking. */
  take(): Promise<void>;
  give(): void;
}

function createTurns(): Turns {
  const waiting: (() => void)[] = [];
  let taken = false;
  return {
    take() {
      if (taken) return new Promise((resolve) => waiting.push(resolve));
      taken = true;
      return Promise.resolve();
    },
    give() {
      const next = waiting.shift();
      if (next === undefined) taken = false;
      else next();
    },
  };
}
