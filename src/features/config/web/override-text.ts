/** What a new override of a shipped file begins with: a remark, and its sections without anything in them. */
import { readIni } from './ini-text.ts';

export function overrideText(shipped: string, path: string): string {
  const names = readIni(shipped)
    .sections.map(({ name }) => name)
    .filter((name, at, all) => name !== 'INCLUDES' && all.indexOf(name) === at);
  const sections = names.length > 5 ? [] : names;
  return [`# Overrides of ${path}\n`, ...sections.map((name) => `[${name}]\n`)].join('\n');
}
