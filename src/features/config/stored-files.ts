/** The files of a revision as they are stored, and as everything else sees them. */
import { z } from 'zod';
import type { ConfigFile } from '../../host/config/change.ts';
import type { JournalFile, KeptFile } from '../../host/config/journal.ts';
import { parseConfigFile } from '../../host/config/parse-config-file.ts';
import { countChanges } from './diff.ts';

const kinds = z.enum(['jail', 'filter', 'action', 'server']);
const storedFile = z.object({
  kind: kinds,
  name: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  added: z.number(),
  removed: z.number(),
  /** Of the file before; null when there was none. */
  rights: z.object({ latin1: z.boolean(), mode: z.number(), uid: z.number(), gid: z.number() }).nullable(),
});
export type StoredFile = z.output<typeof storedFile>;
const storedFiles = z.array(storedFile);

/** `kind` and `name` come first: `mentioning` looks for them. */
export function storeFiles(files: readonly JournalFile[]): string {
  const stored = files.map(({ file, before, after }): StoredFile => {
    const { kind, name } = file;
    const text = before?.text ?? null;
    const rights = before === null ? null : rightsOf(before);
    return { kind, name, before: text, after, ...countChanges(text, after), rights };
  });
  return JSON.stringify(stored);
}

const rightsOf = ({ latin1, mode, uid, gid }: KeptFile) => ({ latin1, mode, uid, gid });

export const readFiles = (text: string): StoredFile[] => storedFiles.parse(JSON.parse(text));

/** Whether a change that ended so left its files as it wanted them. */
export const isNewIn = (result: string): boolean =>
  result === 'applied' || result === 'finished' || result === 'broken';

/** For SQL's `like`; quotes inside contents are escaped, so that no content looks like it. Check the result as well. */
export const mentioning = ({ kind, name }: Pick<StoredFile, 'kind' | 'name'>): string =>
  `%{"kind":${JSON.stringify(kind)},"name":${JSON.stringify(name)},%`;

/** The file at a path below the configuration's folder; null when there can be none. */
export function fileAt(path: string): ConfigFile | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  for (const kind of kinds.options) {
    const file = parseConfigFile(kind, name);
    if (file?.path === path) return file;
  }
  return null;
}

export function toJournal({ kind, name, before, after, rights }: StoredFile): JournalFile {
  const file = parseConfigFile(kind, name);
  if (file === null) throw new Error(`a revision names ${kind} ${name}, which is no file of a configuration`);
  return { file, before: before === null || rights === null ? null : { text: before, ...rights }, after };
}
