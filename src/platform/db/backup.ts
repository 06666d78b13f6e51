/** Makes a backup while BanGUI runs: complete, verified and private, or not there at all. */
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StartError } from '../../base/start-error.ts';
import { isBackup, sealBackup, verifyBackup, type Manifest } from './backup-file.ts';
import { describeOpeningFailure } from './failure-opening.ts';

interface BackupOptions {
  /** The embedded database; null when the data lies elsewhere, in PostgreSQL. */
  path: string | null;
  /** Where the backup goes; an older backup there is replaced. */
  to: string;
  madeFrom: Manifest['made_from'];
  /** Writes one moment's contents of the database into the empty file. */
  copyInto(file: string): Promise<void>;
  applicationVersion: string;
  /** ms. */
  now: number;
}

/** Answers what it holds. Throws StartError, and then nothing is left behind. */
export async function makeBackup(options: BackupOptions): Promise<Manifest> {
  const to = resolve(options.to);
  refuseTarget(to, options.path);
  const draft = `${to}.partial-${process.pid}`;
  try {
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
    rmSync(draft, { force: true });
    closeSync(openSync(draft, 'wx', 0o600));
    await options.copyInto(draft);
    const { applicationVersion, madeFrom, now } = options;
    sealBackup({ file: draft, applicationVersion, madeFrom, now });
    const { manifest } = verifyBackup(draft);
    if (manifest === null) throw new Error('the backup lost its manifest');
    chmodSync(draft, 0o600);
    toDisk(draft);
    renameSync(draft, to);
    toDisk(dirname(to));
    return manifest;
  } catch (error) {
    if (error instanceof StartError && !error.message.includes(draft)) throw error;
    const failure = describeOpeningFailure(error, draft);
    const reason = failure?.message ?? (error instanceof Error ? error.message : String(error));
    throw new StartError('backup_failed', `No backup was written to ${to}: ${reason}`, { cause: error });
  } finally {
    for (const file of [draft, `${draft}-journal`]) if (existsSync(file)) rmSync(file);
  }
}

/** One moment's contents of an embedded database, also of one that others are writing to. */
export function copySqlite(path: string, into: string): void {
  if (!existsSync(path)) throw new StartError('no_database', `There is no database at ${path}.`);
  let source: DatabaseSync | null = null;
  try {
    source = new DatabaseSync(path, { readOnly: true, timeout: 10_000 });
    source.prepare('SELECT max(version) FROM schema_migrations').get();
  } catch (error) {
    source?.close();
    const failure = describeOpeningFailure(error, path);
    if (failure === null)
      throw new StartError('no_database', `${path} is no database of BanGUI.`, { cause: error });
    throw new StartError(failure.code, `${failure.message} File: ${path}`, { cause: error });
  }
  try {
    source.prepare('VACUUM INTO ?').run(into);
  } finally {
    source.close();
  }
}

function refuseTarget(to: string, path: string | null): void {
  if (!existsSync(to)) return;
  if (path !== null && existsSync(path) && realpathSync(to) === realpathSync(path))
    throw new StartError('backup_target_taken', `${to} is the database itself. Name another file.`);
  let backup = false;
  try {
    backup = isBackup(to);
  } catch (error) {
    throw new StartError('backup_target_taken', `${to} cannot be replaced. Name another file.`, {
      cause: error,
    });
  }
  if (!backup)
    throw new StartError(
      'backup_target_taken',
      `${to} exists and is no backup of BanGUI. Name another file.`,
    );
}

export function toDisk(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
