/** Notices files that were changed on the machine, and not through BanGUI: such a change becomes a revision too. */
import type { JournalFile } from '../../host/config/journal.ts';
import type { JournalDeps } from './open-change.ts';
import { isNewIn, mentioning, readFiles, storeFiles, type StoredFile } from './stored-files.ts';

/** A file that no revision names yet is not known to have been otherwise. */
export async function noteOutside(
  { db, hostId, now }: Pick<JournalDeps, 'db' | 'hostId' | 'now'>,
  files: readonly Pick<JournalFile, 'file' | 'before'>[],
): Promise<void> {
  for (const { file, before: onDisk } of files) {
    const rows = await db
      .selectFrom('config_revisions')
      .where('host_id', '=', hostId)
      .where('files', 'like', mentioning(file))
      .where('result', '!=', 'pending')
      .select(['files', 'result'])
      .orderBy('id', 'desc')
      .limit(1)
      .execute();
    const [row] = rows;
    const last =
      row && readFiles(row.files).find(({ kind, name }) => kind === file.kind && name === file.name);
    if (row === undefined || last === undefined) continue;
    const known = knownAfter(row.result, last);
    if (known === null ? onDisk === null : onDisk?.text === known.text && onDisk.latin1 === known.latin1)
      continue;
    const rights = last.rights ?? { mode: 0o644, uid: 0, gid: 0 };
    const was = known === null ? null : { ...rights, ...known };
    await db
      .insertInto('config_revisions')
      .values({
        host_id: hostId,
        at: now(),
        actor: '',
        reason: null,
        action: 'outside',
        result: 'applied',
        files: storeFiles([{ file, before: was, after: onDisk?.text ?? null }]),
        steps: '[]',
        restores: null,
      })
      .execute();
  }
}

function knownAfter(
  result: string,
  { before, after, rights }: StoredFile,
): { text: string; latin1: boolean } | null {
  const isNew = isNewIn(result);
  const text = isNew ? after : before;
  return text === null ? null : { text, latin1: !isNew && rights?.latin1 === true };
}
