/** A file of the configuration as it lies on disk, reached without following any link out of the folder. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readlink, realpath, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, invalidInput } from '../../base/errors.ts';
import type { ConfigFile } from './change.ts';
import type { KeptFile } from './journal.ts';

/** The largest file that can be written, bytes. */
export const largestFile = 512 * 1024;
/** Files made by others may be larger and still be replaced. */
const largestRead = 1024 * 1024;

/** Hex SHA-256: what `before` of a change names, and an ETag holds. */
export const hashOf = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Null when there is no such file. Throws AppError 422 for a link, for what is no file, and for one that is too large. */
export async function fileNow(configDir: string, file: ConfigFile): Promise<KeptFile | null> {
  const folder = await openFolder(configDir, file);
  if (folder === null) return null;
  try {
    return await readIn(folder, file);
  } finally {
    await folder.handle.close();
  }
}

export const bytesOf = ({ text, latin1 }: Pick<KeptFile, 'text' | 'latin1'>): Buffer =>
  Buffer.from(text, latin1 ? 'latin1' : 'utf8');

/** Held open: what is done below `path` happens in this very folder, whatever is put in its place meanwhile. */
export interface OpenFolder {
  handle: FileHandle;
  path: string;
}

/** Null when there is no such folder. Throws AppError 422 when it is, or lies behind, a link. */
export async function openFolder(configDir: string, file: ConfigFile): Promise<OpenFolder | null> {
  const root = await realpath(configDir).catch(() => {
    throw new AppError(503, 'config_unreadable', 'fail2ban’s configuration folder cannot be read.');
  });
  const folder = dirname(join(root, file.path));
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  const handle = await open(folder, flags).catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return null;
    if (isCode(error, 'ENOTDIR') || isCode(error, 'ELOOP')) throw behindLink(file);
    throw unreadable(file, error);
  });
  if (handle === null) return null;
  const path = `/proc/self/fd/${handle.fd}`;
  if ((await readlink(path)) === folder) return { handle, path };
  await handle.close();
  throw behindLink(file);
}

export async function readIn(folder: OpenFolder, file: ConfigFile): Promise<KeptFile | null> {
  // Without O_NONBLOCK a FIFO of that name would be waited for.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(join(folder.path, file.name), flags).catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return null;
    if (isCode(error, 'ELOOP')) throw behindLink(file);
    throw unreadable(file, error);
  });
  if (handle === null) return null;
  try {
    const about = await handle.stat();
    if (!about.isFile()) throw refused(file, 'is no file');
    if (about.nlink > 1) throw refused(file, 'is reachable by a second name (a hard link)');
    if (about.size > largestRead) throw refused(file, 'is larger than 1 MiB');
    return { ...decoded(await handle.readFile()), mode: about.mode & 0o7777, uid: about.uid, gid: about.gid };
  } finally {
    await handle.close();
  }
}

function decoded(bytes: Buffer): Pick<KeptFile, 'text' | 'latin1'> {
  const text = bytes.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(bytes)) return { text, latin1: false };
  return { text: bytes.toString('latin1'), latin1: true };
}

const refused = (file: ConfigFile, why: string): AppError =>
  invalidInput(`${file.path} ${why}; BanGUI does not touch it.`);
const behindLink = (file: ConfigFile): AppError => refused(file, 'is, or lies behind, a symbolic link');
const unreadable = (file: ConfigFile, cause: unknown): AppError =>
  new AppError(503, 'config_unreadable', `${file.path} cannot be read.`, { cause });

export const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
