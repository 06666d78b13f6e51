/** Which runs there are to be: of lists that are due, and again of those that a dead instance left half done. */
import { existsSync } from 'node:fs';
import type { Clock } from '../../base/clock.ts';
import type { Fence } from '../../platform/lock/fence.ts';
import type { ListFolder } from './folder.ts';
import { queueRun } from './run-rows.ts';
import { readSourceRows, type RowsDeps } from './source-rows.ts';

interface DueRunsDeps extends RowsDeps {
  now: Clock;
}

/** A list that was due several times while nobody was there is fetched once. Throws LockLost. */
export async function queueDue({ db, hostId, now }: DueRunsDeps, fence: Fence): Promise<void> {
  const due = await db
    .selectFrom('blocklist_sources')
    .where('host_id', '=', hostId)
    .where('enabled', '=', 1)
    .where('next_run_at', '<=', now())
    .select(['id', 'name'])
    .orderBy('next_run_at')
    .execute();
  if (due.length === 0) return;
  await fence.write(async (transaction) => {
    for (const source of due) {
      await queueRun(transaction, { hostId, source, cause: 'schedule', actor: null, at: now() });
      // the end of the run says when it is due again
      await transaction
        .updateTable('blocklist_sources')
        .set({ next_run_at: null })
        .where('id', '=', source.id)
        .execute();
    }
  });
}

/** A list whose file is gone is due, as if it had never been read. Throws LockLost. */
export async function forgetLost(
  { db, hostId, folder, now }: DueRunsDeps & { folder: ListFolder },
  fence: Fence,
): Promise<void> {
  const lost = (await readSourceRows({ db, hostId })).filter(
    ({ enabled, url, set_file: name }) =>
      enabled === 1 && url !== null && name !== null && !existsSync(folder.setFile(name)),
  );
  if (lost.length === 0) return;
  const gone = { set_file: null, content_hash: null, etag: null, last_modified: null, next_run_at: now() };
  await fence.write((transaction) =>
    transaction
      .updateTable('blocklist_sources')
      .set(gone)
      .where(
        'id',
        'in',
        lost.map(({ id }) => id),
      )
      .execute(),
  );
}

/**
 * To be called while nothing runs: what says that it does was left by an instance that died, or lost its database. Such
 * runs are closed, and their lists are due again. Answers how many. Throws LockLost.
 */
export async function closeLeftOvers({ db, hostId, now }: DueRunsDeps, fence: Fence): Promise<number> {
  const open = db.selectFrom('blocklist_runs').where('host_id', '=', hostId).where('state', '=', 'running');
  if ((await open.select('id').executeTakeFirst()) === undefined) return 0;
  const error = {
    code: 'instance_ended',
    message: 'BanGUI ended, or lost its lock, during this run. It runs again.',
  };
  return fence.write(async (transaction) => {
    const left = await transaction
      .updateTable('blocklist_runs')
      .set({ state: 'aborted', step: null, ended_at: now(), error: JSON.stringify(error) })
      .where('host_id', '=', hostId)
      .where('state', '=', 'running')
      .returning('source_id')
      .execute();
    const sources = left.flatMap(({ source_id: id }) => id ?? []);
    if (sources.length > 0)
      await transaction
        .updateTable('blocklist_sources')
        .set({ next_run_at: now() })
        .where('id', 'in', sources)
        .where('enabled', '=', 1)
        .execute();
    return left.length;
  });
}

const keptMs = 366 * 86_400_000;

/** Runs of more than a year ago. Throws LockLost. */
export async function pruneRuns({ hostId, now }: DueRunsDeps, fence: Fence): Promise<void> {
  await fence.write((transaction) =>
    transaction
      .deleteFrom('blocklist_runs')
      .where('host_id', '=', hostId)
      .where('ended_at', '<', now() - keptMs)
      .execute(),
  );
}
