/** Makes sure that nobody uses an embedded database, and that nobody begins to while it is replaced. */
import { existsSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StartError } from '../../base/start-error.ts';
import { judgeHolder } from '../lock/judge-holder.ts';
import { describeDatabaseFailure } from './failure.ts';

/**
 * Folds the write-ahead log into the file and keeps every other process out until the answer is called. A damaged file
 * cannot be locked; there only the processes that have it open count. Throws StartError `database_in_use`.
 */
export function takeAlone(path: string, now: number): () => void {
  if (!existsSync(path)) return () => {};
  const [user] = usersOf(path);
  if (user !== undefined) throw inUse(`process ${user} has it open`);
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    const holder = holderIn(database, now);
    if (holder?.state === 'alive') throw inUse(`process ${holder.pid} on ${holder.hostname} works with it`);
    // Succeeds only when no other process has it open, whatever user or container it belongs to.
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    const mode = database.prepare('PRAGMA journal_mode = DELETE').get()?.['journal_mode'];
    if (mode !== 'delete') throw inUse('another program has it open');
    database.exec('BEGIN EXCLUSIVE; COMMIT');
    const alone = database;
    return () => alone.close();
  } catch (error) {
    database?.close();
    const code = describeDatabaseFailure(error)?.code;
    if (code === 'database_locked') throw inUse('another program has it open', error);
    if (code === 'database_corrupt') return () => {};
    throw error;
  }
}

function holderIn(database: DatabaseSync, now: number) {
  const table = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'scheduler_lock'").get();
  if (table === undefined) return null;
  const row = database.prepare('SELECT * FROM scheduler_lock').get();
  return row === undefined ? null : judgeHolder(row, now);
}

/** Processes that have the file open; those of other users only when we are root. */
function usersOf(path: string): number[] {
  const file = realpathSync(path);
  const names = (folder: string): string[] => {
    try {
      return readdirSync(folder);
    } catch {
      return []; // gone meanwhile, or another user's
    }
  };
  const target = (link: string): string => {
    try {
      return readlinkSync(link);
    } catch {
      return '';
    }
  };
  const opens = (pid: string): boolean =>
    names(join('/proc', pid, 'fd')).some((fd) => target(join('/proc', pid, 'fd', fd)) === file);
  return names('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid && opens(name))
    .map(Number);
}

function inUse(who: string, cause?: unknown): StartError {
  const message = `The database is in use: ${who}. End BanGUI first; a restore replaces the database under it.`;
  return new StartError('database_in_use', message, { cause });
}
