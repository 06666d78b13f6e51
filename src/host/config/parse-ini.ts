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
  /** Of the value, comments and empty lines left out. */
  lines: PlacedLine[];
}

const comment = /^\s*[#;]/;
const header = /^\[([^\]]+)\]/;
const option = /^([^=:\s][^=:]*?)\s*[=:]\s*(.*)$/;

/** What cannot be read as a setting is left out: fail2ban would refuse such a file. */
export function parseIni(text: string): Entry[] {
  const entries: Entry[] = [];
  let section: string | null = null;
  let current: Entry | null = null;
  let indent = 0;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    if (comment.test(raw) || raw.trim() === '') continue;
    const depth = raw.search(/\S/);
    if (current !== null && depth > indent) {
      current.lines.push({ line, text: withoutComment(raw) });
      continue;
    }
    current = null;
    const opened = header.exec(raw.trimStart());
    if (opened !== null) {
      section = opened[1] ?? '';
      continue;
    }
    const [, key, value = ''] = option.exec(raw.trimStart()) ?? [];
    if (section === null || key === undefined) continue;
    indent = depth;
    current = { section, key: key.toLowerCase(), line, lines: [{ line, text: withoutComment(value) }] };
    entries.push(current);
  }
  return entries;
}

/** The lines that begin sections, those that begin one again among them. */
export function parseSections(text: string): { section: string; line: number }[] {
  return text.split(/\r?\n/).flatMap((raw, index) => {
    const section = header.exec(raw.trimStart())?.[1];
    return section === undefined ? [] : [{ section, line: index + 1 }];
  });
}

/** fail2ban's parser takes ` ;` inside a line for the start of a comment. */
const withoutComment = (text: string): string => text.replace(/(?:^|\s);.*$/, '').trim();

/** All lines of a value. */
export const valueOf = (entry: Entry): string =>
  entry.lines
    .map((one) => one.text)
    .join('\n')
    .trim();
