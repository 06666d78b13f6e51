/** How large fail2ban's database is, and how far back it remembers. */
import { stat } from 'node:fs/promises';
import { number, reading } from './fail2ban-file.ts';

interface DatabaseFacts {
  /** Of the file, which never shrinks. */
  bytes: number;
  /** ms UTC; null while it holds no ban. */
  oldestBanAt: number | null;
}

/** One step in the table's tree, however large. Throws what the file system or SQLite throws, and DatabaseBusy. */
export async function readDatabaseFacts(file: string): Promise<DatabaseFacts> {
  const { size } = await stat(file);
  const oldest = reading(file, (database) =>
    database.prepare('SELECT timeofban FROM bans ORDER BY rowid LIMIT 1').get(),
  );
  return { bytes: size, oldestBanAt: oldest === undefined ? null : number(oldest['timeofban']) * 1000 };
}
