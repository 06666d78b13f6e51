/** Opens logs that an operator names: only files inside the allowed folders, opened once and never followed after. */
import { constants } from 'node:fs';
import { lstat, open, readdir, readlink, realpath, type FileHandle } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, sep } from 'node:path';

export interface OpenLog {
  kind: 'opened';
  file: FileHandle;
  /** After all links. */
  path: string;
  size: number;
  gzip: boolean;
}

export type LogOutcome = OpenLog | { kind: 'refused'; sentence: string };

const longestPath = 4096;

/** The caller closes the file. Every refusal says why, and of files outside no more than that they are outside. */
export async function openLog(path: string, allowed: readonly string[]): Promise<LogOutcome> {
  if (!isAbsolute(path) || path.includes('\0') || path.length > longestPath)
    return refused('A log is named by its full path.');
  const target = await realpath(path).catch(() => null);
  const folders = await canonical(allowed);
  const outside = `It is not below a folder that may be read (BANGUI_ALLOWED_LOG_DIRS): ${allowed.join(', ')}.`;
  if (target === null) return refused(looksInside(path, allowed) ? 'There is no such log.' : outside);
  if (!inside(target, folders)) return refused(outside);
  try {
    if (!(await lstat(target)).isFile()) return refused('It is no plain file.');
    // Not blocking: what was a file a moment ago may be a pipe now.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
    const file = await open(target, flags);
    const stats = await file.stat();
    // Links above it may have been turned since: the kernel says what was really opened.
    const opened = await readlink(`/proc/self/fd/${file.fd}`);
    if (stats.isFile() && inside(opened, folders))
      return { kind: 'opened', file, path: opened, size: stats.size, gzip: opened.endsWith('.gz') };
    await file.close();
    return refused(stats.isFile() ? outside : 'It is no plain file.');
  } catch {
    return refused('It cannot be read by BanGUI.');
  }
}

const refused = (sentence: string): LogOutcome => ({ kind: 'refused', sentence });

async function canonical(folders: readonly string[]): Promise<string[]> {
  const found = await Promise.all(folders.map((one) => realpath(one).catch(() => null)));
  return found.filter((one) => one !== null);
}

const inside = (path: string, folders: readonly string[]): boolean =>
  folders.some((folder) => path.startsWith(folder === sep ? sep : folder + sep));
const looksInside = (path: string, folders: readonly string[]): boolean =>
  inside(path, folders) && !path.split(sep).includes('..');

const mostRotated = 60;

/** The log itself last, before it what was rotated away from it, the oldest first: `.2.gz`, `.1`, `-20261122`. */
export async function withRotated(path: string): Promise<string[]> {
  const folder = dirname(path);
  const name = basename(path);
  const dated: Rotated[] = [];
  const numbered: Rotated[] = [];
  for (const one of await readdir(folder).catch(() => [])) {
    const ending = one.startsWith(name) ? one.slice(name.length) : '';
    const [, number, date] = /^(?:\.(\d{1,4})|[-.](\d{8}(?:-\d{1,10})?))(?:\.gz)?$/.exec(ending) ?? [];
    if (number !== undefined) numbered.push({ path: join(folder, one), key: number.padStart(4, '0') });
    if (date !== undefined) dated.push({ path: join(folder, one), key: date });
  }
  dated.sort((a, b) => (a.key < b.key ? -1 : 1));
  // Numbers grow with age, dates shrink with it.
  numbered.sort((a, b) => (a.key > b.key ? -1 : 1));
  return [...[...dated, ...numbered].slice(-mostRotated).map((one) => one.path), path];
}

interface Rotated {
  path: string;
  /** Text whose order is that of age. */
  key: string;
}

/** The last whole lines, at most `lines` of them and about `bytes` bytes. */
export async function readTail(
  { file, size }: OpenLog,
  { lines, bytes }: { lines: number; bytes: number },
): Promise<string[]> {
  const from = Math.max(0, size - bytes);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
  const text = buffer.subarray(0, bytesRead).toString('utf8').split(/\r?\n/);
  if (from > 0) text.shift();
  if (text.at(-1) === '') text.pop();
  return text.slice(-lines);
}
