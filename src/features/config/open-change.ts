/** The change that is under way: signs of life, the step it is in, and its end as a revision. */
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import { conflict } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import {
  changeTaken,
  type ChangeAuthor,
  type JournalFile,
  type OpenChange,
  type Plan,
  type RevisionResult,
} from '../../host/config/journal.ts';
import type { Audit } from '../../platform/audit.ts';
import type { Database } from '../../platform/db/schema.ts';
import { transact } from '../../platform/db/transact.ts';
import { writeState } from './pending-state.ts';
import { storeFiles } from './stored-files.ts';

export interface JournalDeps {
  db: Kysely<Database>;
  hostId: string;
  audit: Audit;
  now: Clock;
  log: Log;
}

interface Opened {
  /** Names this change in its row. */
  holder: string;
  /** 0: none yet. */
  revision: number;
  author: ChangeAuthor;
  /** Of its files, once it is a revision. */
  paths?: string[];
  abandoned: Set<string>;
}

const beatMs = 5_000;

export function openChange(deps: JournalDeps, { holder, author, abandoned, ...opened }: Opened): OpenChange {
  const { db, hostId, audit, now, log } = deps;
  let { revision, paths = [] } = opened;
  let plan: Plan | null = null;

  /** Every write is by the holder, or not at all. */
  const update = async (database: Kysely<Database>, values: Partial<PendingValues>): Promise<void> => {
    const updated = await database
      .updateTable('config_pending')
      .set({ beat_at: now(), ...values })
      .where('host_id', '=', hostId)
      .where('holder', '=', holder)
      .executeTakeFirst();
    if (Number(updated.numUpdatedRows) === 0) throw taken();
  };
  const remove = async (database: Kysely<Database>): Promise<boolean> => {
    const removed = await database
      .deleteFrom('config_pending')
      .where('host_id', '=', hostId)
      .where('holder', '=', holder)
      .executeTakeFirst();
    return Number(removed.numDeletedRows) === 1;
  };
  const beats = setInterval(() => {
    update(db, {}).catch((error: unknown) => log.warn('config_change_beat_failed', { error }));
  }, beatMs).unref();

  return {
    async record(files: readonly JournalFile[]) {
      paths = files.map(({ file }) => file.path);
      const stored = storeFiles(files);
      const { actor, reason, action, restores } = author;
      revision = await transact(db, async (transaction) => {
        const { id } = await transaction
          .insertInto('config_revisions')
          .values({
            host_id: hostId,
            at: now(),
            actor,
            reason,
            action,
            restores,
            result: 'pending',
            files: stored,
            steps: '[]',
          })
          .returning('id')
          .executeTakeFirstOrThrow();
        await update(transaction, { revision: id });
        return id;
      });
      return revision;
    },
    async step(at, given) {
      plan = given ?? plan;
      await update(db, { state: writeState({ at, plan }) });
    },
    async end(result, steps) {
      await transact(db, async (transaction) => {
        if (!(await remove(transaction))) throw taken();
        await transaction
          .updateTable('config_revisions')
          .set({ result, steps: JSON.stringify(steps) })
          .where('id', '=', revision)
          .execute();
      });
      clearInterval(beats);
      await audit({
        actor: author.actor,
        client: author.client,
        hostId,
        action: `config.${author.action}`,
        target: paths.join(', '),
        detail: { revision, result, reason: author.reason },
        outcome: outcomeOf(result),
      });
    },
    async drop() {
      clearInterval(beats);
      await transact(db, async (transaction) => {
        if ((await remove(transaction)) && revision !== 0)
          await transaction.deleteFrom('config_revisions').where('id', '=', revision).execute();
      });
    },
    abandon() {
      clearInterval(beats);
      abandoned.add(holder);
    },
  };
}

interface PendingValues {
  revision: number;
  state: string;
}

const taken = () =>
  conflict(changeTaken, 'Another instance of BanGUI has taken this change over; look at its revision.');

function outcomeOf(result: RevisionResult): 'done' | 'refused' | 'failed' {
  if (result === 'applied' || result === 'finished') return 'done';
  return result === 'refused' ? 'refused' : 'failed';
}
