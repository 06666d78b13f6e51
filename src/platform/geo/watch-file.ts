/** Sees when a file is another one, or was written, by looking at it every now and then: that works on every mount. */
import { stat } from 'node:fs/promises';

interface WatchFileDeps {
  path: string;
  everyMs: number;
  /** The file as it is now; called for what is there at first, and for each change once nobody writes any more. */
  onFile: () => Promise<void>;
  /** It is not there, at first or any longer. */
  onMissing: () => void;
}

export interface WatchedFile {
  /** Once what was there at first is dealt with. Never rejects as long as `onFile` does not. */
  first: Promise<void>;
  close(): Promise<void>;
}

export function watchFile({ path, everyMs, onFile, onMissing }: WatchFileDeps): WatchedFile {
  let taken = '';
  let before = '';
  let closed = false;
  const take = async (marks: string): Promise<void> => {
    taken = marks;
    if (marks === missing) onMissing();
    else await onFile();
  };
  const look = async (): Promise<void> => {
    const marks = await marksOf(path);
    const settled = marks === before;
    before = marks;
    if (settled && marks !== taken) await take(marks);
  };
  const first = marksOf(path).then(take);
  let looking = first;
  let free = false;
  void first.finally(() => (free = true));
  const timer = setInterval(() => {
    if (!free || closed) return;
    free = false;
    looking = look().finally(() => (free = true));
  }, everyMs);
  timer.unref();
  return {
    first,
    async close() {
      closed = true;
      clearInterval(timer);
      await looking;
    },
  };
}

const missing = 'missing';

/** Different for each content, as far as the file system tells. What cannot be looked at counts as missing. */
async function marksOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return missing;
  }
}
