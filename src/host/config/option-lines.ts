/** Every option of a file, read as Python's configparser does and, where lines could be read in two ways, in both. */

export interface OptionLine {
  /** Counted from 1. */
  line: number;
  section: string;
  /** Lower case. */
  option: string;
  /** All lines of it, comments left out. */
  value: string;
}

/** Whatever some reader of lines takes for the end of one: nothing may hide behind a character that we overlook. */
const lineEnd = /\r\n|(?!\t)\p{Cc}|\p{Zl}|\p{Zp}/u;
const optionLine = /^([^=:\s][^=:]*?)\s*[=:]\s*(.*)$/;

interface Reading {
  section: string;
  /** The option whose value may go on. */
  current: OptionLine | null;
  indent: number;
  found: OptionLine[];
}

export function optionLines(text: string): OptionLine[] {
  const reading: Reading = { section: '', current: null, indent: 0, found: [] };
  for (const [index, raw] of text.split(lineEnd).entries()) {
    const value = withoutComment(raw);
    if (value !== '') readLine(reading, { line: index + 1, value, indent: raw.search(/\S/) });
  }
  return reading.found;
}

function readLine(
  reading: Reading,
  { line, value, indent }: { line: number; value: string; indent: number },
): void {
  const [, name, first = ''] = optionLine.exec(value) ?? [];
  const option: OptionLine | null =
    name === undefined
      ? null
      : { line, section: reading.section, option: name.trim().toLowerCase(), value: first };
  if (reading.current !== null && indent > reading.indent) {
    reading.current.value += `\n${value}`;
    // It goes on with the value above; another reader might see an option of its own in it.
    if (option !== null && /^[a-z][\w.]*$/.test(option.option)) reading.found.push(option);
    return;
  }
  reading.indent = indent;
  const section = /^\[(.+)\]/.exec(value)?.[1];
  reading.current = section === undefined ? option : null;
  if (section !== undefined) reading.section = section;
  else if (option !== null) reading.found.push(option);
}

/** Whole lines, and what follows ` ;` in one. */
function withoutComment(raw: string): string {
  if (/^\s*[#;]/.test(raw)) return '';
  return raw.replace(/\s;.*$/, '').trim();
}
