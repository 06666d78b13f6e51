/** Judges the text of changed files: what fail2ban reads without a word, though it was hardly meant. */
import { nearName } from '../../base/nearest-name.ts';
import { parseJailName } from '../jail-name.ts';
import type { FileChange } from './change.ts';
import { parseIni, parseSections, type Entry } from './parse-ini.ts';
import type { Found, Known } from './rehearse-answer.ts';

/** `references`: everything that stands in `%(…)s` or `<…>` somewhere in the configuration. */
export function judgeText(change: FileChange, known: Known, references: ReadonlySet<string>): Found[] {
  const { file, content } = change;
  if (content === null) return [];
  const names = known[file.kind];
  const entries = parseIni(content);
  const found = [
    ...judgeLetters(content),
    ...entries.flatMap((entry) => indentedKeys(entry, names)),
    ...(file.kind === 'jail' ? judgeSections(content, entries) : []),
    ...entries
      .filter(({ section }) => file.kind !== 'jail' || section !== 'INCLUDES')
      .flatMap((entry) => unknownOption(entry, file.kind, names, references)),
  ];
  return found.map((one) => ({
    ...one,
    file: file.path,
    jail: file.kind === 'jail' && one.jail && one.jail !== 'DEFAULT' ? one.jail : null,
  }));
}

const error = (code: string, message: string, place: Partial<Found>): Found => ({
  severity: 'error',
  code,
  message,
  ...place,
});
const warning = (code: string, message: string, place: Partial<Found>): Found => ({
  ...error(code, message, place),
  severity: 'warning',
});

// oxlint-disable-next-line no-control-regex -- these are what is looked for
const control = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/;

function judgeLetters(content: string): Found[] {
  return content.split(/\r\n|\r|\n/).flatMap((text, index) => {
    const line = index + 1;
    if (control.test(text))
      return [error('control-character', 'A control character stands in this line.', { line })];
    if (text.includes('\uFFFD') || !text.isWellFormed()) {
      const message = 'A letter here was lost when the text was read in another encoding than its own.';
      return [error('wrong-encoding', message, { line })];
    }
    return [];
  });
}

/** Indented, a key belongs to the value above it. */
function indentedKeys({ section, key, lines }: Entry, names: readonly string[]): Found[] {
  return lines.slice(1).flatMap(({ line, text }) => {
    const name = /^([\w.]+)\s*[=:]/.exec(text)?.[1]?.toLowerCase();
    if (name === undefined || !names.includes(name)) return [];
    const message = `“${name}” is indented, so that fail2ban takes the line for a part of “${key}”.`;
    return [error('indented-key', message, { jail: section, option: name, line })];
  });
}

const longestJailName = 25;
const others = new Set(['definition', 'init', 'thread', 'default', 'includes']);

function judgeSections(content: string, entries: readonly Entry[]): Found[] {
  const onlyIncludes = entries
    .filter(({ section }) => section === 'INCLUDES')
    .every(({ key }) => key === 'before' || key === 'after');
  return parseSections(content).flatMap(({ section, line }) => {
    const place = { jail: section, line };
    if (section === 'DEFAULT') return enablesAll(entries);
    if (section === 'INCLUDES' && onlyIncludes) return [];
    if (others.has(section.toLowerCase())) {
      const near = [section.toUpperCase(), ['DEFAULT', 'INCLUDES']] satisfies Found['near'];
      return [
        error('reserved-name', `A jail cannot be named ${section}: it is the name of a section.`, {
          ...place,
          near,
        }),
      ];
    }
    if (section.startsWith('KNOWN/') || parseJailName(section) === null)
      return [error('bad-jail-name', `“${section}” cannot be the name of a jail.`, place)];
    if (section.length > longestJailName || !/^[\w.-]+$/.test(section)) {
      const message = `Firewall actions may fail with the name “${section}”: at most ${longestJailName} letters, digits, dots and dashes are safe.`;
      return [warning('odd-jail-name', message, place)];
    }
    return [];
  });
}

function enablesAll(entries: readonly Entry[]): Found[] {
  const entry = entries.findLast(({ section, key }) => section === 'DEFAULT' && key === 'enabled');
  const isOn = /^(?:1|on|true|yes)$/i.test(entry?.lines[0]?.text ?? '');
  if (entry === undefined || !isOn) return [];
  const message = 'This switches on every jail that does not say otherwise.';
  return [warning('enables-all', message, { option: 'enabled', line: entry.line })];
}

/** Filters and actions may have options of any name: there only what is nearly a known one is told. */
function unknownOption(
  { section, key, line }: Entry,
  kind: keyof Known,
  names: readonly string[],
  references: ReadonlySet<string>,
): Found[] {
  if (names.includes(key) || references.has(key) || section === 'INCLUDES' || key.startsWith('known/'))
    return [];
  const isFree = kind === 'filter' || kind === 'action' || section === 'DEFAULT' || section === 'Thread';
  if (isFree && nearName(key, names) === null) return [];
  const message = `fail2ban knows no option “${key}” here, and nothing refers to it.`;
  return [warning('unknown-option', message, { jail: section, option: key, line, near: [key, [...names]] })];
}
