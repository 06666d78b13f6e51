/** A database in PostgreSQL, for `bangui doctor`. */
import type { Clock } from '../../base/clock.ts';
import { ok, problem, type Finding } from '../../base/finding.ts';
import { silentLog } from '../../base/log.ts';
import { StartError } from '../../base/start-error.ts';
import { isOurs } from './backup-postgres.ts';
import { examineClock, examineLock, examineVersion } from './examine-database.ts';
import { readVersion } from './migrate.ts';
import { openDatabase, type OpenDatabase } from './open.ts';

interface ExamineOptions {
  url: string;
  newest: number;
  now: Clock;
}

/** Reads; changes nothing. */
export async function examineServer({ url, newest, now }: ExamineOptions): Promise<Finding[]> {
  let database: OpenDatabase;
  try {
    database = await openDatabase({ url, log: silentLog, now });
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return [problem('database', error.message, 'pg_isready; then check BANGUI_DATABASE_URL.')];
  }
  try {
    if (!(await isOurs(database)))
      return [ok('database', `It is empty; the first start fills it. ${database.place}`)];
    const { db, place } = database;
    const version = await readVersion(db);
    const row = await db.selectFrom('scheduler_lock').selectAll().executeTakeFirst();
    const last = await db
      .selectFrom('audit')
      .select((eb) => eb.fn.max('at').as('at'))
      .executeTakeFirst();
    return [
      examineVersion({ version, newest, place }),
      examineLock(row && { ...row }, now()),
      examineClock(Math.max(Number(last?.at ?? 0), Number(row?.heartbeat_at ?? 0)), now()),
    ];
  } finally {
    await database.close();
  }
}
