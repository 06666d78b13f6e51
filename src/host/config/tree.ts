/** The layers of fail2ban's configuration, to find where a setting is written. It only reads; the daemon decides. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { parseIni, valueOf, type Entry } from './parse-ini.ts';

/** An entry and its file. */
export interface Placed extends Entry {
  file: string;
}

const largestFile = 1024 * 1024;
const mostFiles = 300;
const deepestInclude = 10;

/**
 * Everything that is written for `jail`, or for `filter.d/<name>`, in the order in which fail2ban reads it: the later
 * one wins. Files that are missing or closed to us are left out.
 */
export async function readLayers(configDir: string, name: string): Promise<Placed[]> {
  const base = join(configDir, name);
  const files = [
    `${base}.conf`,
    ...(await inFolder(`${base}.d`, '.conf')),
    `${base}.local`,
    ...(await inFolder(`${base}.d`, '.local')),
  ];
  const entries: Placed[] = [];
  const opened = { count: 0 };
  for (const file of files) entries.push(...(await readWithIncludes(file, [], opened)));
  return entries;
}

async function readWithIncludes(
  file: string,
  above: readonly string[],
  opened: { count: number },
): Promise<Placed[]> {
  if (above.includes(file) || above.length > deepestInclude || opened.count >= mostFiles) return [];
  opened.count += 1;
  const text = await readSmall(file);
  if (text === null) return [];
  const own = parseIni(text).map((entry) => ({ ...entry, file }));
  const included = async (key: 'before' | 'after'): Promise<Placed[]> => {
    const entry = own.findLast((one) => one.section === 'INCLUDES' && one.key === key);
    const found: Placed[] = [];
    for (const { text: name } of entry?.lines ?? []) {
      if (name === '') continue;
      const path = isAbsolute(name) ? name : join(dirname(file), name);
      // A `.local` beside an included `.conf` is read right after it.
      const both = path.endsWith('.conf') ? [path, `${path.slice(0, -'.conf'.length)}.local`] : [path];
      for (const one of both) found.push(...(await readWithIncludes(one, [...above, file], opened)));
    }
    return found;
  };
  return [...(await included('before')), ...own, ...(await included('after'))];
}

async function inFolder(folder: string, ending: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith(ending))
    .toSorted()
    .map((name) => join(folder, name));
}

/** Null for what is no file, too large, or not to be read by us. */
async function readSmall(file: string): Promise<string | null> {
  try {
    const { size } = await stat(file);
    return size > largestFile ? null : await readFile(file, 'utf8');
  } catch {
    return null;
  }
}

/** The entry that decides: of the section itself, else of the defaults. */
export function decisive(entries: readonly Placed[], section: string, key: string): Placed | null {
  const lowered = key.toLowerCase();
  const of = (name: string) => entries.findLast((one) => one.section === name && one.key === lowered);
  return of(section) ?? of('DEFAULT') ?? null;
}

const reference = /%\(([^()]*)\)s|%%/g;
const deepestReference = 10;

/** The value with its `%(name)s` replaced; null when one of them cannot be told from these entries. */
export function interpolated(
  entries: readonly Placed[],
  section: string,
  value: string,
  depth = 0,
): string | null {
  if (depth > deepestReference) return null;
  let known = true;
  const text = value.replace(reference, (whole, name: string | undefined) => {
    if (whole === '%%') return '%';
    if (name === '__name__') return section;
    const entry = decisive(entries, section, name ?? '');
    const inner = entry === null ? null : interpolated(entries, section, valueOf(entry), depth + 1);
    known &&= inner !== null;
    return inner ?? '';
  });
  return known ? text : null;
}
