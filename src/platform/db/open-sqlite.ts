/** Opens the embedded database: `node:sqlite` behind Kysely, one connection, write-ahead log. */
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { Kysely } from 'kysely';
import type { Log } from '../../base/log.ts';
import { StartError } from '../../base/start-error.ts';
import { adaptSqlite } from './adapt-sqlite.ts';
import { describeOpeningFailure } from './failure-opening.ts';
import { describeDatabaseFailure, reasonOf } from './failure.ts';
import { freeBytes, leastFreeBytes } from './free-space.ts';
import { createPatientDialect } from './patient-dialect.ts';
import type { Database } from './schema.ts';

/** At the start another instance may be opening or closing it. */
const openTimeoutMs = 500;
/** Later a wait inside SQLite stops our event loop as well: the patience is in patient-dialect.ts. */
const busyTimeoutMs = 5;

interface OpenOptions {
  path: string;
  log: Log;
  /** How long another process's write lock is waited for, ms; other than 5 s in tests only. */
  patienceMs?: number;
  writesMuch?: boolean;
}

/**
 * Pages of the write-ahead log after which a commit moves them into the file, tens of ms long. The thread that writes
 * much does it, and does it before it is the main thread's turn.
 */
const checkpointPages = { usual: 8000, writesMuch: 4000 };
/** Four times as much made taking over a million rows no quicker, and is kept as long as the process lives. */
const cacheKb = { usual: 2_000, writesMuch: 4_000 };
/** Sorting for an index of ten million rows would fill hundreds of MB: it goes to files beside the database. */
const tempStore = { usual: 'MEMORY', writesMuch: 'FILE' };

/**
 * Makes the folder (0700) and the file (0600) when missing. Left-over `-wal` and `-shm` files of a crash are
 * recovered by SQLite here. Throws StartError with a code of `failure.ts` when the file cannot be used.
 */
export function openSqlite({ path, log, patienceMs = 5_000, writesMuch = false }: OpenOptions) {
  const file = resolve(path);
  let sqlite: DatabaseSync | null = null;
  try {
    if (!writesMuch) {
      createPrivately(file);
      // for all connections of the process; a thread cannot set it
      process.env['SQLITE_TMPDIR'] ??= dirname(file);
    }
    sqlite = new DatabaseSync(writesMuch ? existing(file) : file, {
      timeout: openTimeoutMs,
      enableForeignKeyConstraints: true,
    });
    const kind = writesMuch ? 'writesMuch' : 'usual';
    sqlite.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = ${tempStore[kind]}`,
    );
    sqlite.exec(
      `PRAGMA wal_autocheckpoint = ${checkpointPages[kind]}; PRAGMA cache_size = -${cacheKb[kind]}`,
    );
    sqlite.prepare('SELECT count(*) FROM sqlite_master').get();
    sqlite.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  } catch (error) {
    sqlite?.close();
    const failure = describeOpeningFailure(error, file);
    if (failure === null) throw error;
    throw new StartError(failure.code, `${failure.message} File: ${file}`, { cause: error });
  }
  log.debug('database_opened', { path: file });
  /** What the last failed write says of the file or its disk; null again after one that is stored. */
  let trouble: string | null = null;
  const onOutcome = (error: unknown): void => {
    const failure = error === null ? null : describeDatabaseFailure(error);
    if (error === null) trouble = null;
    else if (failure !== null && failure.code !== 'database_locked') trouble = failure.message;
  };
  const dialect = createPatientDialect({ sqlite, database: adaptSqlite(sqlite), onOutcome, patienceMs });
  const db = new Kysely<Database>({ dialect });
  return {
    db,
    dialect: 'sqlite' as const,
    path: file,
    place: `File: ${file}`,
    probe: async () => trouble ?? probe(file),
    close: () => db.destroy(),
  };
}

/** On a connection of its own, read-only. */
function probe(file: string): string | null {
  try {
    const sqlite = new DatabaseSync(file, { readOnly: true, timeout: 100 });
    try {
      sqlite.prepare('SELECT max(version) FROM schema_migrations').get();
    } finally {
      sqlite.close();
    }
  } catch (error) {
    return describeDatabaseFailure(error)?.message ?? reasonOf(error);
  }
  const free = freeBytes(file);
  if (free === null || free >= leastFreeBytes) return null;
  return `The disk that holds the database has ${Math.floor(free / 1024)} kB left. Make room.`;
}

/** A further connection must not make a new file where the main one's was taken away. */
function existing(file: string): URL {
  const url = pathToFileURL(file);
  url.searchParams.set('mode', 'rw');
  return url;
}

/** SQLite would make the file with the umask's rights; it holds password hashes. The `-wal` file follows its rights. */
function createPrivately(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    closeSync(openSync(file, 'wx', 0o600));
    chmodSync(file, 0o600);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
