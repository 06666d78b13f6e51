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

/** Entries of files in the order in which fail2ban merges them, by section and key. */
export interface Layers {
  entries: readonly Placed[];
  /** The deciding one first; `sections` from the nearest to the farthest. */
  chain(sections: readonly string[], key: string): readonly Placed[];
}

/** What stands in files, by their paths: most filters include the same ones. */
export type KnownFiles = Map<string, Promise<readonly Placed[]>>;

/** `files` as the readers name them, below `root`. What cannot be read any more is left out. */
export async function readLayersOf(
  root: string,
  files: readonly string[],
  known: KnownFiles = new Map(),
): Promise<Layers> {
  const read = await Promise.all(
    files.map((path) => {
      const entries = known.get(path) ?? readEntries(root, relative(root, path));
      known.set(path, entries);
      return entries;
    }),
  );
  return layersOf(read.flat());
}

async function readEntries(root: string, file: string): Promise<readonly Placed[]> {
  const bytes = await readInside(root, file);
  return bytes.kind === 'read' ? parseIni(bytes.text).map((entry) => ({ ...entry, file })) : [];
}

function layersOf(entries: readonly Placed[]): Layers {
  const byKey = new Map<string, Placed[]>();
  for (const entry of entries) {
    const [section, condition] = conditional(entry.section);
    const key = `${section}\n${entry.key}${condition}`;
    const list = byKey.get(key);
    if (list === undefined) byKey.set(key, [entry]);
    else list.push(entry);
  }
  return {
    entries,
    chain: (sections, key) =>
      sections.flatMap((section) => byKey.get(`${section}\n${key.toLowerCase()}`)?.toReversed() ?? []),
  };
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
