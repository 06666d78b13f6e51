/**
 * Reads off the main thread. SQLite answers on the thread that asks: a search over ten million rows would stop every
 * other call meanwhile. So long reads go to a connection of their own, read-only, in a thread that starts with the first.
 */
import { Worker } from 'node:worker_threads';
import {
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
} from 'kysely';
import type { OpenDatabase } from './open.ts';
import type { Database } from './schema.ts';

export interface Reader {
  db: Kysely<Database>;
  dialect: OpenDatabase['dialect'];
  /** Of the embedded database; null: a server's. */
  path: string | null;
  close(): Promise<void>;
}

export interface Question {
  sql: string;
  parameters: readonly unknown[];
}

export type ReaderAnswer =
  | { columns: string[]; rows: unknown[][] }
  /** What `describeDatabaseFailure` needs is kept. */
  | { message: string; errcode: number | null };

/** A server reads beside us anyway: on PostgreSQL these are the connections of the pool. */
export function openReader({ db, dialect, path }: Pick<OpenDatabase, 'db' | 'dialect' | 'path'>): Reader {
  if (path === null) return { db, dialect, path, close: () => Promise.resolve() };
  const reader = new Kysely<Database>({
    dialect: {
      // it tells Kysely that there is one connection: one question at a time, a transaction undisturbed
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => createDriver(path),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createIntrospector: (of) => new SqliteIntrospector(of),
    },
  });
  return { db: reader, dialect, path, close: () => reader.destroy() };
}

/** Several statements that see the same moment. */
export const atOneMoment = <T>(
  { db, dialect }: Pick<Reader, 'db' | 'dialect'>,
  read: (db: Kysely<Database>) => Promise<T>,
): Promise<T> => {
  const transaction = db.transaction();
  // SQLite's read transactions are so by themselves
  if (dialect === 'sqlite') return transaction.execute(read);
  return transaction.setIsolationLevel('repeatable read').setAccessMode('read only').execute(read);
};

function createDriver(path: string): Driver {
  const thread = createThread(path);
  const connection: DatabaseConnection = {
    executeQuery: <R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> =>
      thread.ask<R>({ sql, parameters }),
    streamQuery: () => {
      throw new Error('the reader answers whole pages');
    },
  };
  const say = (sql: string) => async (): Promise<void> => void (await thread.ask({ sql, parameters: [] }));
  return {
    init: () => Promise.resolve(),
    acquireConnection: () => Promise.resolve(connection),
    beginTransaction: say('begin'),
    commitTransaction: say('commit'),
    rollbackTransaction: say('rollback'),
    releaseConnection: () => Promise.resolve(),
    destroy: thread.end,
  };
}

interface Thread {
  ask<R>(question: Question): Promise<QueryResult<R>>;
  end(): Promise<void>;
}

/**
 * One question at a time, since answers come without saying to what: a transaction that fails is rolled back while others
 * still ask in it. A thread that ended is replaced by the next question.
 */
function createThread(path: string): Thread {
  let running: Worker | null = null;
  let ended = false;
  const start = (): Worker => {
    const worker = new Worker(new URL('reader-thread.ts', import.meta.url), {
      workerData: { path },
      resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 128 },
    });
    worker.unref();
    // heard by the question under way; unheard, it would end this process
    worker.on('error', () => {});
    worker.once('exit', () => {
      if (running === worker) running = null;
    });
    return worker;
  };
  const askNow = <R>(question: Question): Promise<QueryResult<R>> =>
    new Promise<QueryResult<R>>((resolve, reject) => {
      if (ended) {
        reject(new Error('the thread that reads the database ended'));
        return;
      }
      const worker = (running ??= start());
      const settle = (): void => {
        worker.off('message', onAnswer);
        worker.off('error', onError);
        worker.off('exit', onExit);
        worker.unref();
      };
      const onAnswer = (answer: ReaderAnswer): void => {
        settle();
        if ('message' in answer) reject(Object.assign(new Error(answer.message), errcode(answer)));
        else resolve({ rows: asRows<R>(answer) });
      };
      const onError = (error: unknown): void => {
        settle();
        reject(new Error('the thread that reads the database failed', { cause: error }));
      };
      const onExit = (): void => {
        settle();
        reject(new Error('the thread that reads the database ended'));
      };
      worker.on('message', onAnswer);
      worker.on('error', onError);
      worker.on('exit', onExit);
      // a program that waits for an answer must not end meanwhile
      worker.ref();
      worker.postMessage(question);
    });
  let last: Promise<unknown> = Promise.resolve();
  return {
    ask: <R>(question: Question) => {
      const answer = last.then(() => askNow<R>(question));
      // who asked is told of its failure
      last = answer.catch(() => {});
      return answer;
    },
    async end() {
      ended = true;
      running?.ref();
      await running?.terminate();
    },
  };
}

const errcode = ({ errcode: code }: { errcode: number | null }): { errcode?: number } =>
  code === null ? {} : { errcode: code };

/** Arrays cross to another thread in half the time of objects. */
function asRows<R>({ columns, rows }: { columns: readonly string[]; rows: readonly unknown[][] }): R[] {
  // a copy of an object that has all names is made at once; one that gets them one by one leaves much behind
  const empty: Record<string, unknown> = Object.fromEntries(columns.map((name) => [name, null]));
  const objects = rows.map((row) => {
    const object = { ...empty };
    for (let index = 0; index < columns.length; index++) object[columns[index] ?? ''] = row[index];
    return object;
  });
  // Kysely gives the rows of a query the type that the query was written with.
  // oxlint-disable-next-line typescript/consistent-type-assertions, typescript/no-unsafe-type-assertion
  return objects as R[];
}
