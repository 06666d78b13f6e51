/** When a list is fetched next: by its schedule, in the operator's time zone, and sooner after a failure. */
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { SourceRow } from './source-rows.ts';

/** ms, after `from`; `seed` keeps apart those who chose the same time. Null: that is no schedule. */
export type NextRun = (schedule: string, from: number, seed: number) => Promise<number | null>;

/** After the first and the second failure in a row, ms; then its schedule has to do. */
const pausesMs = [10 * 60_000, 60 * 60_000];
const longestWaitMs = 86_400_000;

export interface DueDeps {
  db: Kysely<Database>;
  nextRun: NextRun;
  now: Clock;
}

interface Ended {
  failed: boolean;
  /** What the other side asked for, seconds. */
  retryAfterSeconds: number | null;
}

/** Null: not by itself. */
export async function dueAfter(
  { db, nextRun, now }: DueDeps,
  source: Pick<SourceRow, 'id' | 'schedule' | 'enabled' | 'url' | 'created_at'>,
  { failed, retryAfterSeconds }: Ended,
): Promise<number | null> {
  const { id, schedule, enabled, url } = source;
  if (schedule === null || enabled === 0 || url === null) return null;
  const scheduled = await nextRun(schedule, now(), source.created_at);
  if (!failed) return scheduled;
  const pause = pausesMs[await failuresBefore(db, id)];
  const retry = pause === undefined ? scheduled : Math.min(now() + pause, scheduled ?? Infinity);
  const asked = retryAfterSeconds === null ? 0 : now() + Math.min(retryAfterSeconds * 1000, longestWaitMs);
  return retry === null ? null : Math.max(retry, asked);
}

/** In a row, right before the run that ends now; no more than matter. */
async function failuresBefore(db: Kysely<Database>, source: number): Promise<number> {
  const rows = await db
    .selectFrom('blocklist_runs')
    .where('source_id', '=', source)
    .where('state', 'not in', ['queued', 'running'])
    .orderBy('id', 'desc')
    .limit(pausesMs.length)
    .select('state')
    .execute();
  const other = rows.findIndex(({ state }) => state !== 'failed');
  return other === -1 ? rows.length : other;
}
