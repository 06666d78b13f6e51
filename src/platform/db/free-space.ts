/** Room on the disk that holds the database. */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** Below this the next writes fail: the write-ahead log alone grows to 4 MB before it is folded in. */
export const leastFreeBytes = 4 * 1024 * 1024;

/** Bytes that BanGUI's user may still fill; null where the file system does not tell. */
export function freeBytes(databasePath: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(dirname(databasePath));
    return bavail * bsize;
  } catch {
    return null;
  }
}
