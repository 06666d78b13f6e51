/** Whether fail2ban may be told to log to a target: a word of its own, or a file that no one else's data lies in. */
import { constants } from 'node:fs';
import { lstat, open, realpath } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { parseLogHead } from '../bans/parse-log-line.ts';
import { isPlainPath, logTargetWords } from '../server-verbs.ts';

export type TargetCheck = { ok: true; target: string } | { ok: false; reason: string };

interface CheckOptions {
  /** Folders that files may lie in. */
  allowedDirs: readonly string[];
  /** The targets in force and as configured: these, and their folders, are allowed too. */
  own: readonly string[];
}

/** fail2ban appends to the file as root, and it is rotated and read as a log afterwards. */
export async function checkLogTarget(wanted: string, options: CheckOptions): Promise<TargetCheck> {
  const word = logTargetWords.find((known) => known === wanted.toUpperCase());
  if (word !== undefined) return { ok: true, target: word };
  if (!isPlainPath(wanted) || wanted.endsWith('/') || wanted.split('/').includes('..'))
    return refuse(`A log target is an absolute path or one of ${logTargetWords.join(', ')}.`);
  if (options.own.includes(wanted)) return { ok: true, target: wanted };

  const folder = await realpath(dirname(wanted)).catch(() => null);
  if (folder === null) return refuse(`There is no folder ${dirname(wanted)}.`);
  const ownDirs = options.own.filter((path) => path.startsWith('/')).map((path) => dirname(path));
  const dirs = [...new Set([...options.allowedDirs, ...ownDirs])];
  const allowed = await Promise.all(dirs.map((dir) => realpath(dir).catch(() => null)));
  if (
    !allowed.some(
      (dir) => dir !== null && (folder === dir || folder.startsWith(dir.endsWith(sep) ? dir : dir + sep)),
    )
  )
    return refuse(`Log files may lie in ${dirs.join(', ')} and nowhere else (BANGUI_ALLOWED_LOG_DIRS).`);

  const target = join(folder, basename(wanted));
  const found = await lstat(target).catch(() => null);
  if (found === null) return { ok: true, target };
  if (found.isSymbolicLink()) return refuse('It is a symbolic link. Name the file itself.');
  if (!found.isFile()) return refuse('It is no file.');
  if (found.size === 0) return { ok: true, target };
  const first = await firstLine(target);
  if (first === null) return refuse('The file exists and cannot be read, so it may be something else’s.');
  return parseLogHead(first) === null
    ? refuse('The file exists and is no log of fail2ban: its first line is of another form.')
    : { ok: true, target };
}

const refuse = (reason: string): TargetCheck => ({ ok: false, reason });

/** Null when it cannot be read. Never waits, as opening a pipe would that took the file's place. */
async function firstLine(file: string): Promise<string | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(file, flags).catch(() => null);
  if (handle === null) return null;
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
    return buffer.toString('utf8', 0, bytesRead).split('\n', 1)[0] ?? '';
  } catch {
    return null;
  } finally {
    await handle.close();
  }
}
