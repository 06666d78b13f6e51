/** Which options of a changed file run code as root, and are not the same in the file now. */
import type { FileKind } from './change.ts';
import { optionLines, type OptionLine } from './option-lines.ts';

export interface CommandOption {
  /** Counted from 1. */
  line: number;
  section: string;
  option: string;
}

interface ChangedFile {
  kind: FileKind;
  before: string | null;
  after: string | null;
}

/** What is deleted runs nothing. The switch of `banaction` to the name of an action is a name, and no code. */
export function commandsIn({ kind, before, after }: ChangedFile): CommandOption[] {
  if (after === null) return [];
  const known = new Set(optionLines(before ?? '').map(keyOf));
  return optionLines(after)
    .filter((one) => !known.has(keyOf(one)) && runsCode(kind, one))
    .map(({ line, section, option }) => ({ line, section, option }));
}

const keyOf = ({ section, option, value }: OptionLine): string => JSON.stringify([section, option, value]);

function runsCode(kind: FileKind, { section, option, value }: OptionLine): boolean {
  // The name of a file beside this one; a path could lead to a file of another kind, whose options count as less here.
  if (section === 'INCLUDES') return value.includes('/');
  if (kind === 'action') return true;
  if (option.startsWith('banaction')) return !isName(value);
  if (/^action|^ignorecommand$|^bantime\.formula$/.test(option))
    return !/^action$/.test(option) || !isEmpty(value);
  if (kind === 'server') return false;
  // The jail's name is a part of its actions' commands, and so is what they refer to: port, protocol, chain, logpath.
  if (kind === 'jail' && !/^[\w.@ -]+$/.test(section)) return true;
  if (option === 'filter') return /ignorecommand|action/i.test(value);
  if (kind === 'filter' || readByFilter.has(option)) return false;
  return meansSomethingToAShell(option, value);
}

/** No action at all. */
const isEmpty = (value: string): boolean => value.trim() === '';

const isName = (value: string): boolean =>
  /^(?:[\w-]+(?:\.(?!py$)[\w-]+)*|%\((?:known\/)?[\w.-]+\)s)$/.test(value.trim());

/** Options that the jail reads itself and that no action of the distribution refers to; most hold expressions. */
const readByFilter = new Set([
  'failregex',
  'ignoreregex',
  'prefregex',
  'datepattern',
  'journalmatch',
  'ignorecache',
  'logtimezone',
]);

/** After references and tags are taken out. Several log paths and addresses stand on lines of their own. */
function meansSomethingToAShell(option: string, value: string): boolean {
  const plain = value.replaceAll(/%\([^()\s]*\)s|<[\w/.-]+>/g, '');
  const lists = option === 'logpath' || option === 'ignoreip';
  return (lists ? /[;&|`$"'\\<>(){}]/ : /[;&|`$"'\\<>(){}\n/]/).test(plain);
}
