/** The files of fail2ban's configuration folder: which there are, their bytes, and never anything outside of it. */
import { createHash } from 'node:crypto';
import { constants, type BigIntStats } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { ConfigFile, FileKind } from './change.ts';
import { parseConfigFile } from './parse-config-file.ts';

/** Bytes; fail2ban's own largest file has 40 KB. */
const largestFile = 1024 * 1024;
const mostFiles = 5_000;

export interface FoundFile {
  file: ConfigFile;
  size: number;
  /** ms. */
  modifiedAt: number;
  /** It, or its folder, is a link to another place inside; such files are read, never written. */
  linked: boolean;
}

export interface ReadBytes {
  kind: 'read';
  text: string;
  /** Hex SHA-256 of its bytes. */
  sha256: string;
  encoding: 'utf-8' | 'latin-1';
}

/** outside: a link leads out of the folder · closed: not ours to read · no_file: a folder, a pipe, a device. */
export type NotRead = { kind: 'missing' | 'outside' | 'closed' | 'no_file' | 'too_large' };

const folders: Readonly<Record<FileKind, readonly string[]>> = {
  jail: ['', 'jail.d'],
  filter: ['filter.d'],
  action: ['action.d'],
  server: ['', 'fail2ban.d'],
};
export const fileKinds = ['jail', 'filter', 'action', 'server'] as const;

/** Sorted by path. Files whose links lead outside, and names that `parseConfigFile` refuses, are left out. */
export async function listConfigFiles(configDir: string, kinds: readonly FileKind[]): Promise<FoundFile[]> {
  const root = await rootOf(configDir);
  if (root === null) return [];
  const named = await Promise.all(kinds.map((kind) => filesOf(root, kind)));
  const found = await Promise.all(
    named.flat().map(async (file): Promise<FoundFile[]> => {
      const real = await inside(root, join(root, file.path));
      if (typeof real !== 'string') return [];
      const status = await stat(real).catch(() => null);
      if (status === null || !status.isFile()) return [];
      return [
        {
          file,
          size: status.size,
          modifiedAt: Math.round(status.mtimeMs),
          linked: real !== join(root, file.path),
        },
      ];
    }),
  );
  return found.flat().toSorted((a, b) => (a.file.path < b.file.path ? -1 : 1));
}

async function filesOf(root: string, kind: FileKind): Promise<ConfigFile[]> {
  const files: ConfigFile[] = [];
  for (const folder of folders[kind]) {
    for (const name of (await namesIn(join(root, folder))).slice(0, mostFiles)) {
      const file = parseConfigFile(kind, name);
      if (file !== null && dirname(file.path) === (folder || '.')) files.push(file);
    }
  }
  return files;
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
const rootOf = (configDir: string): Promise<string | null> => realpath(configDir).catch(() => null);

/** `path` below the folder, as a `ConfigFile` or the readers name it. */
export async function readInside(configDir: string, path: string): Promise<ReadBytes | NotRead> {
  const root = await rootOf(configDir);
  if (root === null) return { kind: 'missing' };
  const real = await inside(root, join(root, path));
  if (typeof real !== 'string') return real;
  try {
    // The path is real: a link that takes its place meanwhile is not followed, and a pipe is not waited for.
    const handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const status = await handle.stat();
      if (!status.isFile()) return { kind: 'no_file' };
      if (status.size > largestFile) return { kind: 'too_large' };
      const bytes = await handle.readFile();
      return { kind: 'read', ...decoded(bytes) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    return notRead(error);
  }
}

/** fail2ban reads UTF-8 only; every byte is a letter in latin-1, so that any file can be shown. */
function decoded(bytes: Buffer): Pick<ReadBytes, 'text' | 'encoding' | 'sha256'> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { text, encoding: 'utf-8', sha256 };
  } catch {
    return { text: bytes.toString('latin1'), encoding: 'latin-1', sha256 };
  }
}

/** Where a path ends after all links; that must be below `root`, itself real. */
async function inside(root: string, path: string): Promise<string | NotRead> {
  if (path.includes('\0')) return { kind: 'missing' };
  try {
    const real = await realpath(path);
    return real.startsWith(root + sep) ? real : { kind: 'outside' };
  } catch (error) {
    return notRead(error);
  }
}

function notRead(error: unknown): NotRead {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return { kind: 'missing' };
  if (code === 'EACCES' || code === 'EPERM') return { kind: 'closed' };
  if (code === 'EISDIR' || code === 'ENXIO') return { kind: 'no_file' };
  throw error;
}

export interface FolderStamp {
  /** The same text as long as no file below the folder has changed, come or gone. */
  text: string;
  /** False while a file has changed so lately that its next change may leave the same times. */
  settled: boolean;
  /** Of each file, below the folder; those that have changed lately are left out. */
  files: ReadonlyMap<string, string>;
}

/** Times of files are no finer than some milliseconds. */
const settledMs = 100n;

export async function folderStamp(configDir: string): Promise<FolderStamp> {
  const root = await rootOf(configDir);
  const names = root === null ? null : await readdir(root, { recursive: true }).catch(() => null);
  if (root === null || names === null)
    return { text: root === null ? 'missing' : 'closed', settled: true, files: new Map() };
  const kept = names.slice(0, mostFiles).toSorted();
  const latest = BigInt(Date.now()) - settledMs;
  const stamps = await Promise.all(
    kept.map(async (name) => {
      const status = await stat(join(root, name), { bigint: true }).catch(() => null);
      return { name, stamp: stampOf(status), settled: status === null || status.ctimeMs < latest };
    }),
  );
  return {
    text: stamps.map(({ name, stamp }) => `${name} ${stamp}`).join('\n'),
    settled: stamps.every((one) => one.settled),
    files: new Map(stamps.filter((one) => one.settled).map(({ name, stamp }) => [name, stamp])),
  };
}

const stampOf = (status: BigIntStats | null): string =>
  status === null
    ? 'gone'
    : `${status.ino} ${status.size} ${status.mtimeNs} ${status.ctimeNs} ${status.mode}`;
