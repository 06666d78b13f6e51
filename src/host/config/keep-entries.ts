/** What stands in the files of the configuration, read again only where a file has changed. */
import type { FolderStamp } from './config-folder.ts';
import { readEntriesIn, type ReadEntries } from './place-values.ts';
import type { Placed } from './tree.ts';

interface Known {
  stamp: string;
  entries: readonly Placed[];
}

/** By the path of the file, after the real path of its folder: that may be a link, and lead elsewhere. */
export type KnownEntries = ReadonlyMap<string, Known>;

/** `stamp` is of before anything is read. `kept` fills with what is read: most filters include the same files. */
export function keepEntries(
  root: string,
  stamp: FolderStamp,
  before: KnownEntries,
): { read: ReadEntries; kept: KnownEntries } {
  const readAnew = readEntriesIn(root);
  const kept = new Map<string, Known>();
  const asked = new Map<string, Promise<readonly Placed[]>>();
  const read: ReadEntries = async (file) => {
    const path = `${root}/${file}`;
    const now = stamp.files.get(file);
    const known = before.get(path);
    const entries = known !== undefined && known.stamp === now ? known.entries : await readAnew(file);
    if (now !== undefined) kept.set(path, { stamp: now, entries });
    return entries;
  };
  return {
    kept,
    read: (file) => {
      const entries = asked.get(file) ?? read(file);
      asked.set(file, entries);
      return entries;
    },
  };
}
