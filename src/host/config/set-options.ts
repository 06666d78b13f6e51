/** Sets options in the text of a configuration file, and leaves every other line of it as it is. */
import { parseIni } from './parse-ini.ts';

/**
 * Values are single lines. An option that is written in the section is written anew in its place, its further lines
 * go; a new one comes after the section's head, which is added when there is none. Line ends stay what they are.
 */
export function setOptions(text: string, section: string, values: Readonly<Record<string, string>>): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  let lines = text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
  for (const [key, value] of Object.entries(values)) lines = setOption(lines, section, key, value);
  return lines.join(newline) + newline;
}

function setOption(lines: readonly string[], section: string, key: string, value: string): string[] {
  const written = `${key} = ${value.replaceAll('%', '%%')}`;
  const entry = parseIni(lines.join('\n')).findLast((one) => one.section === section && one.key === key);
  if (entry !== undefined) {
    const last = entry.lines.at(-1)?.line ?? entry.line;
    return [...lines.slice(0, entry.line - 1), written, ...lines.slice(last)];
  }
  const head = lines.findIndex((line) => line.trimEnd() === `[${section}]`);
  if (head >= 0) return [...lines.slice(0, head + 1), written, ...lines.slice(head + 1)];
  return [...lines, ...(lines.length === 0 ? [] : ['']), `[${section}]`, written];
}
