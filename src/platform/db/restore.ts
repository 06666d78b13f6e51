/** Puts a backup in the place of the embedded database, at once or not at all. The next start migrates it. */
import {
  chownSync,
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StartError } from '../../base/start-error.ts';
import { takeAlone } from './alone.ts';
import { unsealBackup, verifyBackup, type Manifest } from './backup-file.ts';
import { copySqlite, toDisk } from './backup.ts';
import { describeOpeningFailure } from './failure-opening.ts';

interface RestoreOptions {
  file: string;
  /** The embedded database; it need not be there. */
  path: string;
  /** The highest schema version that this BanGUI knows. */
  newest: number;
  /** ms. */
  now: number;
}

export interface Restored {
  /** Null for a database of BanGUI that is no backup: it carries no checksum. */
  manifest: Manifest | null;
  version: number;
  /** Where the database is now that was replaced; null when there was none. */
  replaced: string | null;
}

/** Throws StartError, and then the database is what it was. */
export function restoreSqlite({ file, path, newest, now }: RestoreOptions): Restored {
  const { manifest, version } = checkBackup(file, newest);
  const target = resolve(path);
  const draft = `${target}.restoring-${process.pid}`;
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  const leave = takeAlone(target, now);
  try {
    rmSync(draft, { force: true });
    closeSync(openSync(draft, 'wx', 0o600));
    copySqlite(file, draft);
    unsealBackup(draft);
    verifyBackup(draft);
    giveTo(ownerOf(target), draft);
    toDisk(draft);
    const replaced = existsSync(target) ? putAside(target, now) : null;
    renameSync(draft, target);
    toDisk(dirname(target));
    return { manifest, version, replaced };
  } catch (error) {
    if (error instanceof StartError && !error.message.includes(draft)) throw error;
    const reason =
      describeOpeningFailure(error, draft)?.message ??
      (error instanceof Error ? error.message : String(error));
    const message = `Nothing was restored, the database is what it was: ${reason}`;
    throw new StartError('restore_failed', message, { cause: error });
  } finally {
    leave();
    for (const left of [draft, `${draft}-journal`]) if (existsSync(left)) rmSync(left);
  }
}

/** Refuses what is damaged, foreign, or of a newer BanGUI. */
export function checkBackup(file: string, newest: number): { manifest: Manifest | null; version: number } {
  if (!existsSync(file)) throw new StartError('no_backup', `There is no file ${file}.`);
  const { manifest, version } = verifyBackup(file);
  if (version <= newest) return { manifest, version };
  throw new StartError(
    'database_from_newer_version',
    `The backup is at schema version ${version}${manifest && `, made by BanGUI ${manifest.application_version}`}; this ` +
      `BanGUI knows versions up to ${newest}. Nothing was changed. Restore it with the newer BanGUI.`,
  );
}

/** Keeps the old file under a second name, so that its own name never is without one. */
function putAside(target: string, now: number): string {
  const stamp = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const aside = `${target}.before-restore-${stamp}`;
  linkSync(target, aside);
  // Only a damaged file still has them. Beside the new one they would be read as its own.
  for (const suffix of ['-wal', '-shm'])
    if (existsSync(target + suffix)) renameSync(target + suffix, aside + suffix);
  return aside;
}

function ownerOf(target: string): { uid: number; gid: number } {
  return statSync(existsSync(target) ? target : dirname(target));
}

/** Root restores what another user's BanGUI opens. */
function giveTo({ uid, gid }: { uid: number; gid: number }, file: string): void {
  if (process.getuid?.() === 0) chownSync(file, uid, gid);
}
