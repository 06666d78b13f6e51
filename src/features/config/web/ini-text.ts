/** Reads and changes single options in the text of a fail2ban file; comments, order and all other lines stay. */

export interface IniOption {
  section: string;
  /** Lower case, as fail2ban compares it. */
  key: string;
  /** Lines of a longer value are joined by `\n`, without their indent. */
  value: string;
  /** First and last line, counted from 1. */
  from: number;
  to: number;
}

interface Read {
  options: IniOption[];
  sections: { name: string; line: number }[];
}

const sectionLine = /^\[([^\]]*)\]/;
const optionLine = /^([^\s#;[=:][^=:]*?)\s*[=:]\s?(.*)$/;
const remark = /^\s*[#;]/;

/** Of the same option twice both are given; fail2ban refuses such a file. */
export function readIni(text: string): Read {
  const read: Read = { options: [], sections: [] };
  let section = '';
  let open: IniOption | null = null;
  for (const [index, line] of linesOf(text).entries()) {
    const at = index + 1;
    if (remark.test(line) || line.trim() === '') continue;
    if (open !== null && /^\s/.test(line)) {
      open.value += `\n${line.trim()}`;
      open.to = at;
      continue;
    }
    open = null;
    const head = sectionLine.exec(line);
    if (head !== null) {
      section = head[1] ?? '';
      read.sections.push({ name: section, line: at });
      continue;
    }
    const option = optionLine.exec(line);
    if (option === null) continue;
    open = {
      section,
      key: (option[1] ?? '').toLowerCase(),
      value: (option[2] ?? '').trim(),
      from: at,
      to: at,
    };
    read.options.push(open);
  }
  return read;
}

/** The value that the text itself gives an option; null when it does not set it. */
export function optionIn(text: string, section: string, key: string): string | null {
  return find(readIni(text), section, key)?.value ?? null;
}

/** Sets an option in place, at the end of its section, or in a new section at the end; null takes its lines away. */
export function setOption(text: string, section: string, key: string, value: string | null): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = linesOf(text);
  const read = readIni(text);
  const present = find(read, section, key);
  const written = value === null ? [] : writeOption(key, value);
  if (present !== undefined) lines.splice(present.from - 1, present.to - present.from + 1, ...written);
  else if (value !== null) insert(lines, read, section, written);
  return lines.join(eol);
}

const find = (read: Read, section: string, key: string): IniOption | undefined =>
  read.options.findLast((option) => option.section === section && option.key === key.toLowerCase());

function insert(lines: string[], read: Read, section: string, written: readonly string[]): void {
  const last = read.options.findLast((option) => option.section === section);
  const head = read.sections.findLast(({ name }) => name === section);
  const after = last?.to ?? head?.line;
  if (after !== undefined) {
    lines.splice(after, 0, ...written);
    return;
  }
  while (lines.at(-1)?.trim() === '') lines.pop();
  lines.push(...(lines.length === 0 ? [] : ['']), `[${section}]`, ...written, '');
}

/** Longer values stand under their first line, indented, as fail2ban's own files have it. */
function writeOption(key: string, value: string): string[] {
  const [first = '', ...rest] = value
    .split('\n')
    .map((line) => line.trim())
    .filter((line, index) => index === 0 || line !== '');
  const indent = ' '.repeat(key.length + 3);
  return [`${key} = ${first}`.trimEnd(), ...rest.map((line) => indent + line)];
}

const linesOf = (text: string): string[] => text.split(/\r?\n/);

/** Options that two texts do not set alike. */
export function changedOptions(before: string, after: string): { section: string; key: string }[] {
  const old = valuesOf(before);
  const now = valuesOf(after);
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((name) => old.get(name) !== now.get(name))
    .map((name) => {
      const [section = '', key = ''] = name.split('\n');
      return { section, key };
    });
}

const valuesOf = (text: string): Map<string, string> =>
  new Map(readIni(text).options.map(({ section, key, value }) => [`${section}\n${key}`, value]));
