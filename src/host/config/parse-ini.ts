/** Reads a file of fail2ban's configuration as Python's configparser does, keeping where each line stands. */

export interface PlacedLine {
  /** Counted from 1. */
  line: number;
  text: string;
}

export interface Entry {
  section: string;
  /** Lower case. */
  key: string;
  /** Of the key; the value may go on below. */
  line: number;
  /** How far the key stands from the margin; what goes on with its value stands further. */
  indent: number;
  /** Of the value, comments and empty lines left out. */
  lines: PlacedLine[];
}

export interface Header {
  name: string;
  line: number;
  indent: number;
}

/** Why fail2ban would refuse the file, or one line of it. */
export interface IniProblem {
  line: number;
  code: 'bad-line' | 'no-section' | 'duplicate-key' | 'duplicate-section' | 'byte-order-mark';
  /** Of the line. */
  section: string | null;
  /** The key or the section that is there twice; null for a line that says neither. */
  name: string | null;
}

export interface IniFile {
  entries: Entry[];
  headers: Header[];
  problems: IniProblem[];
}

const header = /^\[(.+)\]/;
const option = /^([^=:]*?)\s*[=:]\s*(.*)$/;

/** Lines, whichever way they end. */
export const linesOf = (text: string): string[] => text.split(/\r\n|\n|\r/);

export function readIni(text: string): IniFile {
  const entries: Entry[] = [];
  const headers: Header[] = [];
  const problems: IniProblem[] = [];
  const seen = new Set<string>();
  let section: string | null = null;
  let current: Entry | null = null;
  let indent = 0;
  const problem = (line: number, code: IniProblem['code'], name: string | null): void =>
    void problems.push({ line, code, section, name });
  // Python takes it for the first letter of the first line.
  if (text.startsWith('\ufeff')) problem(1, 'byte-order-mark', null);
  const onlyOnce = (what: string): boolean => seen.size < seen.add(what).size;

  for (const [index, raw] of linesOf(text).entries()) {
    const line = index + 1;
    const said = withoutComment(raw);
    if (said === '') continue;
    const here = raw.search(/\S/);
    if (current !== null && here > indent) {
      current.lines.push({ line, text: said });
      continue;
    }
    indent = here;
    current = null;
    const name = header.exec(said)?.[1];
    if (name !== undefined) {
      section = name;
      headers.push({ name, line, indent });
      // Only the defaults may be opened more than once.
      if (name !== 'DEFAULT' && !onlyOnce(`[${name}]`)) problem(line, 'duplicate-section', name);
      continue;
    }
    const [, written = '', value = ''] = option.exec(said) ?? [];
    if (section === null) problem(line, 'no-section', null);
    else if (written === '') problem(line, 'bad-line', null);
    if (section === null || written === '') continue;
    const key = written.toLowerCase();
    if (!onlyOnce(`[${section}]${key}`)) problem(line, 'duplicate-key', key);
    current = { section, key, line, indent, lines: [{ line, text: value }] };
    entries.push(current);
  }
  return { entries, headers, problems };
}

/** What cannot be read as a setting is left out. */
export const parseIni = (text: string): Entry[] => readIni(text).entries;

/** The lines that begin sections, those that begin one again among them. */
export const parseSections = (text: string): { section: string; line: number }[] =>
  readIni(text).headers.map(({ name, line }) => ({ section: name, line }));

/** Empty for a line that is only a comment. fail2ban's parser takes ` ;` inside a line for the start of one as well. */
function withoutComment(raw: string): string {
  return /^\s*#/.test(raw) ? '' : raw.replace(/(?:^|\s);.*$/, '').trim();
}

/** All lines of a value. */
export const valueOf = (entry: Entry): string =>
  entry.lines
    .map((one) => one.text)
    .join('\n')
    .trim();
