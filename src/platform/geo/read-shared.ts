/** Reads a file into memory that threads share, so that each file is held once a process. */
import { open } from 'node:fs/promises';

/** More would not fit beside the rest of BanGUI; the largest city databases have 150 MB. */
const mostBytes = 512 * 1024 * 1024;

/** Throws what the file system throws, and an Error with a sentence for a file that is empty or too large. */
export async function readShared(path: string): Promise<SharedArrayBuffer> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size === 0) throw new Error('The file is empty.');
    if (size > mostBytes) throw new Error(`The file is larger than ${mostBytes / 1024 / 1024} MB.`);
    const buffer = new SharedArrayBuffer(size);
    const bytes = new Uint8Array(buffer);
    for (let at = 0; at < size;) {
      const { bytesRead } = await file.read(bytes, at, size - at, at);
      if (bytesRead === 0) throw new Error('The file became shorter while it was read.');
      at += bytesRead;
    }
    return buffer;
  } finally {
    await file.close();
  }
}
