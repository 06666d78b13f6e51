/** Whether the database can be opened, read and closed at this moment, and has room to grow. */
import { DatabaseSync } from 'node:sqlite';
import { describeDatabaseFailure } from './failure.ts';
import { freeBytes, leastFreeBytes } from './free-space.ts';

/** Null when all is well, else a sentence. Uses a connection of its own, read-only. */
export function probeDatabase(path: string): string | null {
  try {
    const probe = new DatabaseSync(path, { readOnly: true, timeout: 100 });
    try {
      probe.prepare('SELECT max(version) FROM schema_migrations').get();
    } finally {
      probe.close();
    }
  } catch (error) {
    const failure = describeDatabaseFailure(error);
    return failure?.message ?? (error instanceof Error ? error.message : String(error));
  }
  const free = freeBytes(path);
  if (free === null || free >= leastFreeBytes) return null;
  return `The disk that holds the database has ${Math.floor(free / 1024)} kB left. Make room.`;
}
