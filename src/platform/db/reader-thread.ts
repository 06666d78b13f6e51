/** The thread of `reader.ts`: a read-only connection of its own that answers one question after the other. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import type { Question, ReaderAnswer } from './reader.ts';

const { path } = z.object({ path: z.string() }).parse(workerData);
const port = parentPort;
if (port === null) throw new Error('reader-thread.ts is a thread, no program');

const mostStatements = 60;
const longestKept = 4_000;

const sqlite = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
sqlite.exec('PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000');
const statements = new Map<string, StatementSync>();

port.on('message', ({ sql, parameters }: Question) => port.postMessage(answer(sql, parameters)));

/** The rows are arrays, whatever the type says: the statements are told so. */
function answer(text: string, parameters: readonly unknown[]): Sent {
  try {
    const statement = prepare(text);
    const rows = statement.all(...parameters.map(bindable));
    return { columns: statement.columns().map(({ name }) => name), rows };
  } catch (error) {
    const errcode = error instanceof Error && 'errcode' in error ? error.errcode : null;
    return {
      message: error instanceof Error ? error.message : String(error),
      errcode: typeof errcode === 'number' ? errcode : null,
    };
  }
}

type Sent = { columns: string[]; rows: unknown } | Extract<ReaderAnswer, { message: string }>;

function prepare(sql: string): StatementSync {
  const known = statements.get(sql);
  if (known !== undefined) {
    statements.delete(sql);
    statements.set(sql, known);
    return known;
  }
  const statement = sqlite.prepare(sql);
  statement.setReturnArrays(true);
  if (sql.length <= longestKept) statements.set(sql, statement);
  if (statements.size > mostStatements) {
    for (const oldest of statements.keys()) {
      statements.delete(oldest);
      break;
    }
  }
  return statement;
}

function bindable(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') {
    return value;
  }
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`A value of type ${typeof value} cannot be asked for`);
}
