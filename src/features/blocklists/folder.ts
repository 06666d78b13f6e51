/** The folder of the lists: what is being fetched, what was uploaded, what was read, and the file that fail2ban loads. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface ListFolder {
  readonly dir: string;
  readonly incoming: string;
  readonly uploads: string;
  readonly sets: string;
  /** What fail2ban's action restores. */
  readonly ipsetFile: string;
  /** The bytes of a run as they came. */
  incomingFile(run: number | string): string;
  /** Of a source without URL. */
  uploadFile(source: number): string;
  /** A version that was read, by the name in its source's row. */
  setFile(name: string): string;
  /** Makes what is missing of it. Throws what the file system says. */
  prepare(): Promise<void>;
}

export function listFolder(dir: string): ListFolder {
  const incoming = join(dir, 'incoming');
  const uploads = join(dir, 'uploads');
  const sets = join(dir, 'sources');
  return {
    dir,
    incoming,
    uploads,
    sets,
    ipsetFile: join(dir, 'blocklist.ipset'),
    incomingFile: (run) => join(incoming, String(run)),
    uploadFile: (source) => join(uploads, String(source)),
    setFile: (name) => join(sets, name),
    async prepare() {
      for (const each of [incoming, uploads, sets]) await mkdir(each, { recursive: true });
    },
  };
}
