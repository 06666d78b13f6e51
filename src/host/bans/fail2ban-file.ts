/** One short look into fail2ban's own sqlite database: opened for it, closed after it, never written. */
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';

/** Thrown while fail2ban writes; asking again some ms later succeeds. */
export class DatabaseBusy extends Error {
  override readonly name = 'DatabaseBusy';
}

/** SQLite waits by sleeping, and with it our event loop: better to come back than to wait. */
const waitMs = 5;

/**
 * fail2ban loses bans when a reader holds its file for more than 5 s (its own waiting time), so `read` is to be short,
 * one statement if possible. Throws DatabaseBusy, or SQLite's error.
 */
export function reading<T>(file: string, read: (database: DatabaseSync) => T): T {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(file, { readOnly: true, timeout: waitMs });
    return read(database);
  } catch (error) {
    // 5 SQLITE_BUSY, 6 SQLITE_LOCKED
    const busy = error instanceof Error && 'errcode' in error && (error.errcode === 5 || error.errcode === 6);
    throw busy ? new DatabaseBusy('fail2ban is writing to its database', { cause: error }) : error;
  } finally {
    database?.close();
  }
}

export const number = (value: SQLOutputValue | undefined): number => Math.round(Number(value ?? 0)) || 0;
