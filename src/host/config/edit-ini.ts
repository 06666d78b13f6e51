/** Changes options of one section in the text of a file; comments, order and every other byte stay as they are. */
import { readIni, valueOf, type Entry } from './parse-ini.ts';

/**
 * `options` by name: the new value, as it has to stand in the file (`%` doubled by whoever writes it, no empty lines, no
 * line that begins like a comment), or null to take the option away. A section that is not there is added at the end. Of
 * an option that is written more than once the last place stays.
 */
export function editIni(
  text: string,
  section: string,
  options: Readonly<Record<string, string | null>>,
): string {
  const { entries, headers } = readIni(text);
  const end = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
  const original = text.match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/g) ?? [];
  // What becomes of each line: itself, others, or nothing.
  const lines = original.map((line) => [line]);
  const own = entries.filter((one) => one.section === section);
  const added: string[] = [];

  const opened = headers.findLast((one) => one.name === section);
  const below = own.findLast((one) => one.line > (opened?.line ?? 0));
  // As far from the margin as its neighbour: nearer or further, and lines below could be taken for a part of it.
  const margin = leading(
    original[(below ?? opened ?? { line: 1 }).line - 1] ?? '',
    (below ?? opened)?.indent ?? 0,
  );

  for (const [name, value] of Object.entries(options)) {
    const places = own.filter((one) => one.key === name.toLowerCase());
    const last = places.pop();
    for (const place of places) clear(lines, place);
    if (last === undefined) {
      if (value !== null) added.push(...setting(`${margin}${name} = `, value).map((line) => line + end));
    } else if (value === null) clear(lines, last);
    else if (value !== valueOf(last)) replace({ lines, original, end }, last, value);
  }
  if (added.length > 0) {
    if (opened === undefined) {
      const blank = original.length === 0 || original.at(-1)?.trim() === '' ? [] : [end];
      lines.push([...blank, `[${section}]${end}`, ...added]);
    } else lines[(below?.lines.at(-1)?.line ?? opened.line) - 1]?.push(...added);
  }
  return joined(lines.flat(), end);
}

interface Text {
  lines: string[][];
  original: readonly string[];
  end: string;
}

/** Comments and empty lines between the lines of a value stay. */
function clear(lines: string[][], place: Entry): void {
  for (const { line } of place.lines) lines[line - 1] = [];
}

function replace({ lines, original, end }: Text, place: Entry, value: string): void {
  const raw = (original[place.line - 1] ?? '').replace(/[\r\n]+$/, '');
  const [, name = '', sign = '', space = ''] = /^([^=:]*)([=:])(\s*)/.exec(raw) ?? [];
  const comment = /\s+;.*$/.exec(raw)?.[0] ?? '';
  const [first = '', ...rest] = setting(
    `${name}${sign}${space === '' && /\s$/.test(name) ? ' ' : space}`,
    value,
  );
  clear(lines, place);
  lines[place.line - 1] = [`${first}${comment}`, ...rest].map((line) => line + end);
}

/** `start` is the name and its sign; what goes on below stands further from the margin. */
function setting(start: string, value: string): string[] {
  const [first = '', ...rest] = value.split('\n');
  const margin = /^\s*/.exec(start)?.[0] ?? '';
  const further = margin + ' '.repeat(Math.max(1, start.length - margin.length));
  return [`${start}${first}`.trimEnd(), ...rest.map((line) => further + line)];
}

const leading = (line: string, length: number): string => line.slice(0, length);

/** The last line of a file may have had no ending, and now be followed by others. */
const joined = (lines: readonly string[], end: string): string =>
  lines
    .map((line, index) => (index < lines.length - 1 && !/[\r\n]$/.test(line) ? line + end : line))
    .join('');
