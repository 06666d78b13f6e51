/** Finds where the values that fail2ban's readers tell are written, and what those lines override. */
import { relative } from 'node:path';
import { readInside } from './config-folder.ts';
import { parseIni, valueOf } from './parse-ini.ts';
import type { Placed } from './tree.ts';

export interface Place {
  /** Below the configuration's folder. */
  file: string;
  /** Counted from 1. */
  line: number;
}

export interface PlacedValue {
  option: string;
  /** As fail2ban reads it, references replaced; null when it cannot be told. */
  value: string | null;
  /** As it is written in the deciding place; null: fail2ban's own default. */
  written: string | null;
  origin: Place | null;
  /** The nearest layer first. */
  overrides: readonly (Place & { value: string })[];
}

export interface Section {
  entries: readonly Placed[];
  /** The deciding one first. */
  chain(key: string): readonly Placed[];
}

/** Entries of files in the order in which fail2ban merges them, by section and key. */
export interface Layers {
  entries: readonly Placed[];
  /** The same entries, by file. */
  files: readonly (readonly Placed[])[];
  /** The very same one as before where everything in it is. */
  section(name: string): Section;
  /** The deciding one first; `sections` from the nearest to the farthest. */
  chain(sections: readonly string[], key: string): readonly Placed[];
}

/** What stands in a file below the folder. */
export type ReadEntries = (file: string) => Promise<readonly Placed[]>;

/** What cannot be read any more holds nothing. */
export const readEntriesIn =
  (root: string): ReadEntries =>
  async (file) => {
    const bytes = await readInside(root, file);
    return bytes.kind === 'read' ? parseIni(bytes.text).map((entry) => ({ ...entry, file })) : [];
  };

/** `files` as the readers name them, below `root`. `before` itself where everything in them is the same. */
export async function readLayersOf(
  root: string,
  files: readonly string[],
  { read = readEntriesIn(root), before }: { read?: ReadEntries; before?: Layers | undefined } = {},
): Promise<Layers> {
  const entries = await Promise.all(files.map((path) => read(relative(root, path))));
  return before !== undefined && sameItems(entries, before.files) ? before : layersOf(entries, before);
}

/** The very same ones, in the same order. */
const sameItems = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length === other.length && one.every((item, index) => item === other[index]);

function layersOf(files: readonly (readonly Placed[])[], before: Layers | undefined): Layers {
  const entries = files.flat();
  const lists = new Map<string, Placed[]>();
  for (const entry of entries) append(lists, conditional(entry.section)[0], entry);
  const sections = new Map(
    [...lists].map(([name, list]) => {
      const known = before?.section(name);
      return [name, known !== undefined && sameItems(known.entries, list) ? known : sectionOf(list)];
    }),
  );
  const section = (name: string): Section => sections.get(name) ?? noSection;
  return {
    entries,
    files,
    section,
    chain: (names, key) => names.flatMap((name) => section(name).chain(key)),
  };
}

function sectionOf(entries: readonly Placed[]): Section {
  const byKey = new Map<string, Placed[]>();
  for (const entry of entries) append(byKey, entry.key + conditional(entry.section)[1], entry);
  return { entries, chain: (key) => byKey.get(key.toLowerCase())?.toReversed() ?? [] };
}

const noSection = sectionOf([]);

function append(lists: Map<string, Placed[]>, key: string, entry: Placed): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [entry]);
  else list.push(entry);
}

/** `[Init?family=inet6]` sets its options in `[Init]`, under names that end in its condition. */
function conditional(section: string): [section: string, condition: string] {
  const [, name, condition] = /^(\w+)(\?.+)$/.exec(section) ?? [];
  return name === undefined || condition === undefined ? [section, ''] : [name, condition];
}

/** A value with its places; `chain` as `Layers` finds it. */
export function placed(option: string, value: string | null, chain: readonly Placed[]): PlacedValue {
  const [decisive, ...others] = chain;
  return {
    option,
    value,
    written: decisive === undefined ? null : valueOf(decisive),
    origin: decisive === undefined ? null : placeOf(decisive),
    overrides: others.map((entry) => ({ ...placeOf(entry), value: valueOf(entry) })),
  };
}

const placeOf = ({ file, line }: Placed): Place => ({ file, line });
