/** Why a file cannot be opened: SQLite says no more than that it cannot, the system tells more. */
import { accessSync, closeSync, constants, existsSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { describeDatabaseFailure, type DatabaseFailure } from './failure.ts';

/** SQLITE_CANTOPEN */
const cannotOpen = Object.assign(new Error('unable to open database file'), { errcode: 14 });

/** As `describeDatabaseFailure`, for opening `file`. */
export function describeOpeningFailure(error: unknown, file: string): DatabaseFailure | null {
  const failure = describeDatabaseFailure(error);
  const code = error instanceof Error && 'code' in error ? error.code : null;
  // Node's recursive mkdir says ENOENT for a read-only file system, too.
  const vague =
    code === 'ENOENT' || (code === 'ERR_SQLITE_ERROR' && failure?.code === 'database_cannot_open');
  if (!vague) return failure;
  try {
    if (existsSync(file)) closeSync(openSync(file, 'r+'));
    let folder = dirname(file);
    while (!existsSync(folder)) folder = dirname(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (reason) {
    return describeDatabaseFailure(reason) ?? failure;
  }
  return failure ?? describeDatabaseFailure(cannotOpen);
}
