/** Finds the file and line that a finding is about. */
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { nearName } from '../../base/nearest-name.ts';
import type { Finding } from './change.ts';
import { bestFit, linesOf } from './locate.ts';
import { parseSections } from './parse-ini.ts';
import type { Found } from './rehearse-answer.ts';
import { decisive, readLayers, type Placed } from './tree.ts';

export interface Placing {
  /** The staged folder, with the changes. */
  dir: string;
  /** Files that are changed, below the folder: of several lines that could be blamed, one in them is. */
  changed: readonly string[];
}

type Section = ReturnType<typeof parseSections>[number];

/** Reads each layer once; make a new one for each rehearsal. */
export function createPlacer({ dir, changed }: Placing): (found: Found) => Promise<Finding> {
  const layers = new Map<string, Promise<Placed[]>>();
  const layer = (subject: string): Promise<Placed[]> => {
    const known = layers.get(subject) ?? readLayers(dir, subject);
    layers.set(subject, known);
    return known;
  };
  const candidates = new Map<string, ReturnType<typeof linesOf>>();
  const sections = new Map<string, Promise<Section[]>>();
  const isChanged = (entry: Placed): boolean => changed.includes(relative(dir, entry.file));

  async function place(found: Found): Promise<{ file: string; line: number | null; option?: string } | null> {
    if (found.file && found.line) return { file: join(dir, found.file), line: found.line };
    const jail = found.jail ?? null;
    const ofJails = await layer('jail');
    const subject = found.subject ?? 'jail';
    const filter =
      found.filter ?? (subject.startsWith('filter.d/') ? subject.slice('filter.d/'.length) : null);
    const ofFilter = filter === null ? [] : await layer(`filter.d/${filter}`);
    if (found.code === 'bad-regex' && found.needle) {
      const key = JSON.stringify([filter, jail]);
      const lines = candidates.get(key) ?? [
        ...linesOf(ofFilter, 'Definition'),
        ...(jail === null ? [] : linesOf(ofJails, jail)),
      ];
      candidates.set(key, lines);
      const line = bestFit(lines, found.needle);
      if (line !== null) return line;
    }
    if (found.option === 'timeout' && jail !== null) {
      const action = decisive(ofJails, jail, 'action');
      const line = action?.lines.find(({ text }) => /\btimeout\s*=/.test(text));
      if (action && line) return { file: action.file, line: line.line, option: 'action' };
    }
    if (found.option) {
      const entry = entryOf(found, await layer(subject), { ofJails, ofFilter });
      if (entry !== null && !(jail !== null && isFromName(found, entry)))
        return lineIn(followed(entry, found, ofJails), found.needle ?? null);
    }
    const section = jail === null ? null : await sectionLine(jail, ofJails);
    if (section !== null) return section;
    return subject.includes('/') ? ownFile(subject, await layer(subject)) : null;
  }

  /** Where what a value only refers to is written, when that is in a changed file. */
  function followed(entry: Placed, { code, jail }: Found, entries: readonly Placed[]): Placed {
    if (code === 'bad-reference' || !jail) return entry;
    let at = entry;
    for (let depth = 0; depth < deepestReference; depth++) {
      const name = /^%\(([^()/]+)\)s$/.exec(at.lines.map(({ text }) => text).join('\n'))?.[1];
      const next = name === undefined ? null : decisive(entries, jail, name);
      if (next === null) break;
      at = next;
    }
    return isChanged(at) ? at : entry;
  }

  /** Where the jail's own section begins, in a changed file rather than in another. */
  async function sectionLine(
    jail: string,
    entries: readonly Placed[],
  ): Promise<{ file: string; line: number } | null> {
    const own = entries.filter((entry) => entry.section === jail).map((entry) => entry.file);
    for (const file of new Set([...changed.map((path) => join(dir, path)), ...own.toReversed()])) {
      const known = sections.get(file) ?? readFile(file, 'utf8').then(parseSections, () => []);
      sections.set(file, known);
      const section = (await known).find((one) => one.section === jail);
      if (section !== undefined) return { file, line: section.line };
    }
    return null;
  }

  return async (found) => {
    const at = await place(found);
    const file = at === null ? null : relative(dir, at.file);
    const inside = file !== null && !file.startsWith('..');
    return {
      severity: found.severity,
      code: found.code,
      message: found.message,
      jail: found.jail ?? null,
      option: at?.option ?? found.option ?? null,
      file: inside ? file : null,
      line: inside ? (at?.line ?? null) : null,
      suggestion: found.near ? nearName(...found.near) : null,
    };
  };
}

const deepestReference = 10;

/** `filter = %(__name__)s` in the defaults: what is wrong is the name of the jail. */
const isFromName = ({ code, needle }: Found, entry: Placed): boolean =>
  code === 'filter-missing' &&
  needle !== null &&
  needle !== undefined &&
  !entry.lines.some(({ text }) => text.includes(needle));

function entryOf(
  found: Found,
  entries: readonly Placed[],
  { ofJails, ofFilter }: { ofJails: readonly Placed[]; ofFilter: readonly Placed[] },
): Placed | null {
  const { option, jail, section, file } = found;
  if (!option) return null;
  if (file) return entries.findLast((one) => one.file.endsWith(`/${file}`) && one.key === option) ?? null;
  if (found.subject !== 'jail')
    return decisive(entries, section ?? 'Definition', option) ?? decisive(entries, 'Init', option);
  const own = jail ? decisive(ofJails, jail, option) : null;
  return own ?? decisive(ofFilter, 'Definition', option) ?? decisive(ofFilter, 'Init', option);
}

function lineIn(entry: Placed, needle: string | null): { file: string; line: number } {
  const wanted = needle?.trim() ?? '';
  const line = wanted === '' ? undefined : entry.lines.find(({ text }) => text.includes(wanted));
  return { file: entry.file, line: line?.line ?? entry.line };
}

/** The last layer of a filter or action: the one that can be edited. */
const ownFile = (subject: string, entries: readonly Placed[]): { file: string; line: null } | null => {
  const own = entries.findLast((one) => one.file.includes(`/${subject}.`));
  return own === undefined ? null : { file: own.file, line: null };
};
