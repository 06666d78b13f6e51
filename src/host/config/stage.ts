/** Private copies of the configuration folder in the temporary folder: as it is, and with changes laid over it. */
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  type Dirent,
} from 'node:fs';
import { lstat, mkdir, mkdtemp, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setImmediate as othersFirst } from 'node:timers/promises';
import type { FileChange, Finding } from './change.ts';

export interface Stage {
  before: string;
  after: string;
  /** The folder that was copied, by the name it was given and by its real one. */
  configDirs: string[];
  /** Changes that were not laid over the copy, for they would be written through a link. */
  findings: Finding[];
  /** Files of the configuration that were too large to be copied, below the folder. */
  left: string[];
  remove(): Promise<void>;
}

export interface StageLimits {
  files: number;
  fileBytes: number;
  bytes: number;
}

const mib = 1024 * 1024;
export const stageLimits: StageLimits = { files: 3_000, fileBytes: mib, bytes: 32 * mib };

const prefix = 'bangui-rehearsal-';
/** No rehearsal lasts as long, also not one of another BanGUI. Milliseconds. */
const longestKept = 10 * 60_000;

/** fail2ban looks into `jail.d` and its like, and includes name files at most a little deeper. */
const deepest = 4;

/** Why the folder cannot be copied, as a sentence. */
class StageError extends Error {}

interface Copying {
  /** Real path of the folder. */
  from: string;
  before: string;
  after: string;
  limits: StageLimits;
  signal: AbortSignal;
  files: number;
  bytes: number;
  left: string[];
}

/**
 * Copies what fail2ban would read, links followed, into folders that hold no links. `failure` says what cannot be read
 * or is too much; then, as always after `remove`, nothing of the copies stays. Throws the signal's reason.
 */
export async function stage(
  { configDir, limits, signal }: { configDir: string; limits: StageLimits; signal: AbortSignal },
  changes: readonly FileChange[],
): Promise<Stage | { failure: string }> {
  const dir = await mkdtemp(join(tmpdir(), prefix));
  const remove = async () => rmSync(dir, { recursive: true, force: true });
  try {
    const from = await realpath(configDir).catch(() => {
      throw new StageError(`The configuration folder ${configDir} cannot be read.`);
    });
    const [before, after] = [join(dir, 'before'), join(dir, 'after')];
    const copying: Copying = { from, before, after, limits, signal, files: 0, bytes: 0, left: [] };
    await copyFolder(copying, '', []);
    const findings: Finding[] = [];
    for (const change of changes) {
      const refusal = await refused(from, change, limits);
      if (refusal !== null) findings.push(refusal);
      else await layOver(after, change);
    }
    return { before, after, configDirs: [resolve(configDir), from], findings, left: copying.left, remove };
  } catch (error) {
    await remove();
    if (error instanceof StageError) return { failure: error.message };
    throw error;
  }
}

/** Copies of a BanGUI that was killed while it tried them: they may hold passwords. */
export async function removeLeftBehind(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(prefix));
  for (const path of names.map((name) => join(tmpdir(), name))) {
    const about = await lstat(path).catch(() => null);
    const isOurs = about?.isDirectory() === true && about.uid === process.getuid?.();
    if (isOurs && about.mtimeMs < Date.now() - longestKept) await rm(path, { recursive: true, force: true });
  }
}

/** `above`: real paths of the folders above it, so that a link cannot lead round in a circle. */
async function copyFolder(copying: Copying, below: string, above: readonly string[]): Promise<void> {
  const folder = join(copying.from, below);
  const real = await realpath(folder);
  if (above.includes(real) || above.length >= deepest) return;
  for (const to of [copying.before, copying.after])
    await mkdir(join(to, below), { mode: 0o700, recursive: true });
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => {
    throw new StageError(`The folder ${folder} cannot be read.`);
  });
  for (const entry of entries) {
    copying.signal.throwIfAborted();
    const path = join(below, entry.name);
    const kind = await kindOf(entry, join(copying.from, path));
    if (kind === 'folder') await copyFolder(copying, path, [...above, real]);
    if (kind !== 'file') continue;
    copyOne(copying, path);
    await othersFirst();
  }
}

async function kindOf(entry: Dirent, path: string): Promise<'file' | 'folder' | null> {
  // fail2ban leaves a link that leads nowhere out as well.
  const about = entry.isSymbolicLink() ? await stat(path).catch(() => null) : entry;
  if (about?.isDirectory() === true) return 'folder';
  return about?.isFile() === true ? 'file' : null;
}

const isRead = /\.(?:conf|local)$/;

/**
 * At once, for the many trips through the event loop would cost five times what copying a small file does. What is
 * tried is the same file in both folders: nobody writes to it, and `layOver` removes it before it writes another.
 */
function copyOne(copying: Copying, path: string): void {
  const { limits } = copying;
  const data = readOrNull(copying, path);
  if (data === null) {
    if (isRead.test(path)) copying.left.push(path);
    return;
  }
  copying.files += 1;
  copying.bytes += data.length;
  if (copying.files > limits.files || copying.bytes > limits.bytes)
    throw new StageError('The configuration folder holds too many files, or too large ones, to be tried.');
  writeFileSync(join(copying.before, path), data, { mode: 0o600, flag: 'wx' });
  linkSync(join(copying.before, path), join(copying.after, path));
}

/** A file of another name than fail2ban's is read only when an include names it: null, as one that is too large. */
function readOrNull({ from, limits }: Copying, path: string): Buffer | null {
  try {
    return readBounded(join(from, path), limits.fileBytes);
  } catch (error) {
    if (isRead.test(path)) throw new StageError(`The file ${path} cannot be read: ${reason(error)}.`);
    return null;
  }
}

const reason = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

/** Null when it is larger. Does not wait for a pipe that took the file's place since the folder was listed. */
function readBounded(path: string, largest: number): Buffer | null {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { size } = fstatSync(file);
    return size > largest ? null : readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** Why a change is not laid over the copy; null when it is. */
async function refused(
  from: string,
  { file, content }: FileChange,
  { fileBytes }: StageLimits,
): Promise<Finding | null> {
  const blank = { severity: 'error', jail: null, option: null, file: file.path, line: null } as const;
  const bytes = content === null ? 0 : Buffer.byteLength(content);
  if (bytes > fileBytes) {
    const message = `${file.path} is larger than ${fileBytes / 1024} KiB.`;
    return { ...blank, code: 'too-large', message, suggestion: null };
  }
  const target = join(from, file.path);
  const folder = await realpath(dirname(target)).catch(() => dirname(target));
  const about = await lstat(target).catch(() => null);
  if (folder === dirname(target) && about?.isSymbolicLink() !== true) return null;
  const message = `${file.path} is, or lies behind, a symbolic link; BanGUI does not write through it.`;
  return { ...blank, code: 'link', message, suggestion: null };
}

async function layOver(after: string, { file, content }: FileChange): Promise<void> {
  const target = join(after, file.path);
  await rm(target, { force: true });
  if (content === null) return;
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content, { mode: 0o600, flag: 'wx' });
}
