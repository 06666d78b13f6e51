/** Puts one file of the configuration in its place: whole or not at all, with its owner and mode, and on disk. */
import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../base/errors.ts';
import type { ConfigFile } from './change.ts';
import { isCode, openFolder, readIn, type OpenFolder } from './file-now.ts';

export interface FileContent {
  bytes: Buffer;
  /** Those of the file it replaces or brings back; null: a new file of ours, readable by all. */
  rights: { mode: number; uid: number; gid: number } | null;
}

const newFileMode = 0o644;

/**
 * Null deletes it; a file that is gone already is fine. Only `.local` files. Throws AppError: 422 for links, 503
 * `config_not_writable` when the machine does not let us; the file is then as it was.
 */
export async function writeFile(
  configDir: string,
  file: ConfigFile,
  content: FileContent | null,
): Promise<void> {
  if (!file.local) throw new Error(`${file.path} is shipped and never written`);
  try {
    const folder = (await openFolder(configDir, file)) ?? (content && (await makeFolder(configDir, file)));
    if (folder === null) return;
    try {
      // Refuses links and what is no file.
      await readIn(folder, file);
      const target = join(folder.path, file.name);
      await removeDraft(folder, file);
      if (content === null) await rm(target, { force: true });
      else await rename(await writeDraft(folder, file, content), target);
      await folder.handle.sync();
    } finally {
      await folder.handle.close();
    }
  } catch (error) {
    throw error instanceof AppError ? error : notWritable(file, error);
  }
}

/** What a kill in the middle of `writeFile` left behind. */
export async function clearDraft(configDir: string, file: ConfigFile): Promise<void> {
  const folder = await openFolder(configDir, file);
  if (folder === null) return;
  try {
    await removeDraft(folder, file);
  } finally {
    await folder.handle.close();
  }
}

/** fail2ban reads names that end in `.conf` or `.local` only. */
const draftOf = (folder: OpenFolder, file: ConfigFile): string =>
  join(folder.path, `.${file.name}.bangui-draft`);

const removeDraft = (folder: OpenFolder, file: ConfigFile): Promise<void> =>
  rm(draftOf(folder, file), { force: true });

async function writeDraft(folder: OpenFolder, file: ConfigFile, content: FileContent): Promise<string> {
  const draft = draftOf(folder, file);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const handle = await open(draft, flags, 0o600);
  try {
    await handle.writeFile(content.bytes);
    const { rights } = content;
    const own = await handle.stat();
    // Only root may give a file away: without the same owner nothing is written.
    if (rights !== null && (rights.uid !== own.uid || rights.gid !== own.gid))
      await handle.chown(rights.uid, rights.gid);
    await handle.chmod(rights?.mode ?? newFileMode);
    await handle.sync();
    return draft;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

/** A kind's folder that nobody has made yet. */
async function makeFolder(configDir: string, file: ConfigFile): Promise<OpenFolder | null> {
  await mkdir(dirname(join(configDir, file.path)), { mode: 0o755 });
  return await openFolder(configDir, file);
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'BanGUI may not write there',
  EPERM: 'BanGUI may not keep its owner',
  EROFS: 'the folder is mounted read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
};

function notWritable(file: ConfigFile, cause: unknown): AppError {
  const known = Object.keys(reasons).find((code) => isCode(cause, code));
  const why = reasons[known ?? ''] ?? (cause instanceof Error ? cause.message : 'of an unknown reason');
  return new AppError(503, 'config_not_writable', `${file.path} cannot be written: ${why}.`, { cause });
}
