/** Where a jail's settings and its filter's expressions are written. */
import { valueOf } from './parse-ini.ts';
import { decisive, interpolated, readLayers, type Placed } from './tree.ts';

export interface Origin {
  file: string;
  /** Counted from 1. */
  line: number;
}

export interface Located extends Origin {
  /** As it has to be read, references replaced. */
  value: string;
}

export interface JailPlaces {
  /** Null when it is not written anywhere, or its references cannot be followed. */
  setting(key: string): Located | null;
  /** Null when the line of an expression cannot be told. `text` is the line as written. */
  expression(expanded: string): (Origin & { text: string }) | null;
}

/** Reads the files anew: they may change at any time. */
export async function locateJail(configDir: string, jail: string): Promise<JailPlaces> {
  const entries = await readLayers(configDir, 'jail');
  const setting = (key: string): Located | null => {
    const entry = decisive(entries, jail, key);
    const value = entry === null ? null : interpolated(entries, jail, valueOf(entry));
    return entry === null || value === null ? null : { file: entry.file, line: entry.line, value };
  };
  // `sshd[mode=normal]`: what stands in brackets only fills in references.
  const filter = /^[\w.-]+/.exec(setting('filter')?.value ?? '')?.[0] ?? null;
  const ofFilter = filter === null ? [] : await readLayers(configDir, `filter.d/${filter}`);
  const candidates = [...linesOf(ofFilter, 'Definition'), ...linesOf(entries, jail)];
  return {
    setting,
    expression: (expanded) => bestFit(candidates, expanded),
  };
}

/** The line that an expression was written in. */
export function bestFit(
  candidates: readonly Candidate[],
  expanded: string,
): (Origin & { text: string }) | null {
  let best: Candidate | null = null;
  for (const one of candidates) {
    if (one.weight >= (best?.weight ?? leastWeight) && fits(one.literals, expanded)) best = one;
  }
  return best === null ? null : { file: best.file, line: best.line, text: best.text };
}

/** Fewer letters say nothing about where an expression is from. */
const leastWeight = 6;
/** What stands for something else in a written expression: fail2ban's tags, and references left over. */
const placeholder = /%\([^()]*\)s|<[^<>\s]*>/;

const onlyReference = /^%\([^()]*\)s$/;

interface Candidate extends Origin {
  text: string;
  /** What stands between the placeholders. */
  literals: string[];
  weight: number;
}

/** Every line that could be an expression: which key it stands under does not matter, its text decides. */
export function linesOf(entries: readonly Placed[], section: string): Candidate[] {
  return entries
    .filter((entry) => entry.section === section)
    .flatMap((entry) =>
      entry.lines.flatMap(({ line, text }) => {
        // That line is only filled with another one, which is among these too.
        if (onlyReference.test(text)) return [];
        const plain = interpolated(entries, section, text) ?? text;
        if (plain.trim() === '' || plain.includes('\n')) return [];
        const literals = plain.split(placeholder);
        const weight = literals.reduce((sum, one) => sum + one.length, 0);
        return [{ file: entry.file, line, text, literals, weight }];
      }),
    );
}

/** Whether `text` is the literals in their order, with anything between them. */
function fits(literals: readonly string[], text: string): boolean {
  const [first = '', ...rest] = literals;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last))
    return false;
  const end = text.length - last.length;
  let from = first.length;
  for (const one of rest) {
    const found = text.indexOf(one, from);
    if (found < 0 || found + one.length > end) return false;
    from = found + one.length;
  }
  return true;
}
