/** Takes old revisions away, but never the last ones of a file: one that is changed once in years needs its way back too. */
import type { Kysely } from 'kysely';
import type { Database } from '../../platform/db/schema.ts';
import type { Fence } from '../../platform/lock/fence.ts';
import { isNewIn, readFiles } from './stored-files.ts';

/** Changes that took effect, of each file, whatever their age. */
const keptOfEachFile = 20;
/** Revisions hold whole files: few are in memory at once. */
const pageSize = 20;

interface PruneDeps {
  db: Kysely<Database>;
  hostId: string;
}

/** Those from before `before`, ms. Answers how many were removed. */
export async function pruneRevisions(
  { db, hostId }: PruneDeps,
  fence: Fence,
  before: number,
): Promise<number> {
  const revisions = () => db.selectFrom('config_revisions').where('host_id', '=', hostId);
  const oldest = await revisions().where('at', '<', before).select('id').limit(1).executeTakeFirst();
  if (oldest === undefined) return 0;
  const old: number[] = [];
  const kept = new Map<string, number>();
  let below = Number.MAX_SAFE_INTEGER;
  for (;;) {
    const rows = await revisions()
      .where('id', '<', below)
      .select(['id', 'at', 'result', 'files'])
      .orderBy('id', 'desc')
      .limit(pageSize)
      .execute();
    for (const { id, at, result, files } of rows) {
      const names = readFiles(files).map(({ kind, name }) => `${kind}/${name}`);
      const tookEffect = isNewIn(result);
      // What was found on disk is compared with the newest, whatever became of it.
      const isNeeded = names.some((name) => {
        const count = kept.get(name);
        return count === undefined || (tookEffect && count < keptOfEachFile);
      });
      if (at < before && result !== 'pending' && !isNeeded) old.push(id);
      else for (const name of names) kept.set(name, (kept.get(name) ?? 0) + (tookEffect ? 1 : 0));
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) break;
    below = last.id;
  }
  if (old.length > 0) await fence.write((transaction) => removeFrom(transaction, old));
  return old.length;
}

/** Fewer than any database takes in one statement. */
const removedAtOnce = 500;

async function removeFrom(db: Kysely<Database>, ids: readonly number[]): Promise<void> {
  for (let from = 0; from < ids.length; from += removedAtOnce)
    await db
      .deleteFrom('config_revisions')
      .where('id', 'in', ids.slice(from, from + removedAtOnce))
      .execute();
}
