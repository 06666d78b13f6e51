/** The journal of changes in the database: one row while a change is under way, and a revision for each. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { conflict } from '../../base/errors.ts';
import type { Journal } from '../../host/config/journal.ts';
import { isGone, ownIdentity } from '../../platform/lock/process-identity.ts';
import { openChange, type JournalDeps } from './open-change.ts';
import { noteOutside } from './outside.ts';
import { readState, writeState } from './pending-state.ts';
import { readFiles, toJournal } from './stored-files.ts';

/** A process that we cannot see and that has been silent for so long is taken for dead, ms. */
const silentMs = 60_000;

const holderShape = z.object({
  pid: z.number(),
  hostname: z.string(),
  bootId: z.string(),
  pidNamespace: z.string(),
  processStarted: z.string(),
});

export function createJournal(deps: JournalDeps): Journal {
  const { db, hostId, now } = deps;
  /** Holders of changes that were begun here and could not be ended. */
  const abandoned = new Set<string>();
  const isLeft = (row: { holder: string; beat_at: number }): boolean =>
    abandoned.has(row.holder) ||
    isGone(holderShape.parse(JSON.parse(row.holder)), ownIdentity()) ||
    now() - row.beat_at >= silentMs;

  return {
    async begin(author) {
      const holder = newHolder();
      const time = now();
      const state = writeState({ at: 'compare', plan: null });
      const inserted = await db
        .insertInto('config_pending')
        .values({ host_id: hostId, revision: 0, holder, begun_at: time, beat_at: time, state })
        .onConflict((conflicting) => conflicting.column('host_id').doNothing())
        .executeTakeFirst();
      if (Number(inserted.numInsertedOrUpdatedRows) === 1)
        return openChange(deps, { holder, revision: 0, author, abandoned });
      throw conflict(
        'config_change_under_way',
        'Another change of the configuration is under way. Try again when it has ended.',
      );
    },
    seen: (files) => noteOutside(deps, files),
    async left() {
      const row = await db
        .selectFrom('config_pending')
        .where('host_id', '=', hostId)
        .selectAll()
        .executeTakeFirst();
      if (row === undefined || !isLeft(row)) return null;
      const holder = newHolder();
      const taken = await db
        .updateTable('config_pending')
        .set({ holder, beat_at: now() })
        .where('host_id', '=', hostId)
        .where('holder', '=', row.holder)
        .executeTakeFirst();
      // Another instance was faster.
      if (Number(taken.numUpdatedRows) === 0) return null;
      abandoned.delete(row.holder);
      const revision = await db
        .selectFrom('config_revisions')
        .where('id', '=', row.revision)
        .selectAll()
        .executeTakeFirst();
      const author = {
        actor: revision?.actor ?? '',
        client: null,
        action: 'write' as const,
        reason: null,
        restores: null,
      };
      const files = revision === undefined ? [] : readFiles(revision.files).map(toJournal);
      const paths = files.map(({ file }) => file.path);
      const open = openChange(deps, { holder, revision: row.revision, author, paths, abandoned });
      if (revision !== undefined) {
        return { ...open, ...readState(row.state), revision: row.revision, files };
      }
      // It had not got as far as a revision.
      await open.drop();
      return null;
    },
  };
}

const newHolder = (): string => JSON.stringify({ ...ownIdentity(), token: randomUUID() });
