/** In which jails a draft can be replayed. */
import type { FileHead } from './config-query.ts';
import { changedOptions, readIni } from './ini-text.ts';
import type { OpenFile } from './use-open-file.ts';

interface Around {
  /** Names of those that run. */
  active: readonly string[];
  /** Files of the kind, with who uses them. */
  heads: readonly Pick<FileHead, 'name' | 'used_by'>[];
  /** The one whose form is open. */
  open: string | null;
}

type Drafted = Pick<OpenFile, 'id' | 'draft' | 'text'>;

/** The nearest first. Null: there is no draft, or none of what a replay tries. */
export function replayedJails(file: Drafted | null, { active, heads, open }: Around): string[] | null {
  if (file === null || file.draft === null) return null;
  const { id, draft, text } = file;
  const runs = (name: string): boolean => active.includes(name);
  if (id.kind === 'filter') {
    const users = heads.filter(({ name }) => stem(name) === stem(id.name)).flatMap((one) => one.used_by);
    const running = [...new Set(users)].filter(runs);
    return running.length > 0 ? running : [...new Set(users)];
  }
  if (id.kind !== 'jail') return null;
  const changed = new Set(changedOptions(draft.before, text).map(({ section }) => section));
  const sections = readIni(text).sections.map(({ name }) => name);
  // What stands in DEFAULT is of every jail that does not say otherwise.
  const everywhere = changed.has('DEFAULT') ? active : [];
  const named = sections.filter((name) => name !== 'DEFAULT' && name !== 'INCLUDES');
  const nearest = named.filter((name) => changed.has(name));
  return [...new Set([...(open === null ? [] : [open]), ...nearest, ...named, ...everywhere])];
}

const stem = (name: string): string => name.replace(/\.(?:conf|local)$/, '');
