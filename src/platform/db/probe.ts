/** Whether the database can be opened, read and closed at this moment. */
import { DatabaseSync } from 'node:sqlite';
import { describeDatabaseFailure } from './failure.ts';

/** Null when all is well, else a sentence. Uses a connection of its own, read-only. */
export function probeDatabase(path: string): string | null {
  try {
    const probe = new DatabaseSync(path, { readOnly: true, timeout: 100 });
    try {
      probe.prepare('SELECT max(version) FROM schema_migrations').get();
    } finally {
      probe.close();
    }
    return null;
  } catch (error) {
    const failure = describeDatabaseFailure(error);
    return failure?.message ?? (error instanceof Error ? error.message : String(error));
  }
}
