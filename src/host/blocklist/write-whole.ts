/** Writes a file so that its name always means all of the old one or all of the new one, after a power cut too. */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../base/errors.ts';

/** What a write that was cut off leaves behind; the next one of the same file takes it away. */
export const draftOf = (path: string): string => `${path}.draft`;

/**
 * `pieces` are written one after the other as they come. Readable by all: fail2ban may run as somebody else. Throws
 * AppError 503 `blocklist_not_writable` when the machine does not let us; the file is then as it was.
 */
export async function writeWhole(
  path: string,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const draft = draftOf(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    await rm(draft, { force: true });
    await write(draft, pieces);
    await rename(draft, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(draft, { force: true });
    throw notWritable(error);
  }
}

async function write(path: string, pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', 0o644);
  try {
    for await (const piece of pieces) await file.writeFile(piece);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A new name is on the disk only when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'BanGUI may not write there',
  EROFS: 'the folder is mounted read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  EFBIG: 'a file may not become so large',
};

function notWritable(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = reasons[code];
  if (reason === undefined) return error;
  return new AppError(
    503,
    'blocklist_not_writable',
    `The folder of the lists cannot be written: ${reason}.`,
    {
      cause: error,
    },
  );
}
