/** What an error of the database means to an operator: a stable code and what to do. */
import { describePostgresFailure, type PostgresFailure } from './failure-postgres.ts';

export interface DatabaseFailure {
  code:
    | PostgresFailure['code']
    | 'database_locked'
    | 'database_forbidden'
    | 'database_read_only'
    | 'database_io_error'
    | 'database_corrupt'
    | 'database_full'
    | 'database_cannot_open';
  /** What happened and what helps; no path and no address in it, so that it may be sent to a caller. */
  message: string;
}

const cannotOpen: DatabaseFailure = {
  code: 'database_cannot_open',
  message:
    'The database file cannot be opened. Check that its folder exists and belongs to the user BanGUI runs as.',
};
const folderInPlace: DatabaseFailure = {
  code: 'database_cannot_open',
  message: 'A folder stands where the database file should be. Set BANGUI_DATABASE_PATH to a file in it.',
};
const fileInPlace: DatabaseFailure = {
  code: 'database_cannot_open',
  message:
    'A file stands where the folder of the database should be. Move it away, or set BANGUI_DATABASE_PATH.',
};
const forbidden: DatabaseFailure = {
  code: 'database_forbidden',
  message:
    'BanGUI may not read or write the database file. Give the file and its folder to the user BanGUI runs as.',
};
const corrupt: DatabaseFailure = {
  code: 'database_corrupt',
  message:
    'The database file is damaged or is no database. Put a backup in its place, or move it away to start with an empty one.',
};
const full: DatabaseFailure = {
  code: 'database_full',
  message: 'The disk that holds the database is full. Make room; nothing that was stored before is lost.',
};
const locked: DatabaseFailure = {
  code: 'database_locked',
  message: 'Another program holds the database for writing. Try again; if it stays so, end that program.',
};
const readOnly: DatabaseFailure = {
  code: 'database_read_only',
  message: 'The database cannot be written: the file, its folder or the file system is read-only.',
};
const io: DatabaseFailure = {
  code: 'database_io_error',
  message: 'The disk reported an error while the database was read or written. Check the disk.',
};

/** Primary result codes, https://sqlite.org/rescode.html; the extended ones carry them in their low byte. */
const bySqlite: Readonly<Record<number, DatabaseFailure>> = {
  3: forbidden,
  5: locked,
  6: locked,
  8: readOnly,
  10: io,
  11: corrupt,
  13: full,
  14: cannotOpen,
  23: forbidden,
  26: corrupt,
};

/** SQLITE_IOERR_SHMSIZE: no room for the 32 kB that come with a write-ahead log. */
const noRoomForShm = 4874;

const bySystem: Readonly<Record<string, DatabaseFailure>> = {
  EACCES: forbidden,
  EPERM: forbidden,
  EROFS: readOnly,
  ENOSPC: full,
  EDQUOT: full,
  EIO: io,
  ENOTDIR: fileInPlace,
  EISDIR: folderInPlace,
  EEXIST: fileInPlace,
};

/** Null for an error that is not about the database as a whole, such as a broken constraint. */
export function describeDatabaseFailure(error: unknown): DatabaseFailure | null {
  if (!(error instanceof Error)) return null;
  if ('errcode' in error && typeof error.errcode === 'number') {
    return error.errcode === noRoomForShm ? full : (bySqlite[error.errcode & 0xff] ?? null);
  }
  const ofPostgres = describePostgresFailure(error);
  if (ofPostgres !== null) return ofPostgres;
  if ('code' in error && typeof error.code === 'string') return bySystem[error.code] ?? null;
  return null;
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
