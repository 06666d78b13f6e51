/** One entry of fail2ban's log: its line, the lines that continue it, and what it speaks of. */
import { parseAddress } from '../../base/address.ts';
import type { LogHead } from '../bans/parse-log-line.ts';

export interface LogEntry extends LogHead {
  /** Finds it again after a rotation: of the file's first line, and the byte at which the entry begins. */
  id: string;
  /** Tracebacks and commands of several lines; the first ones when there are very many. */
  more: string[];
  /** Null when it names none. */
  jail: string | null;
  /** The address it is about; null when there is none. */
  address: string | null;
}

/** All that is given has to be met. */
export interface EntryFilter {
  /** Part of the entry, in any case; empty: any. */
  text: string;
  /** The least severity; null: any. */
  level: string | null;
  jail: string | null;
}

/** Least severe first. Levels of others' making count as the least. */
const severities = ['HEAVYDEBUG', 'TRACEDEBUG', 'DEBUG', 'INFO', 'NOTICE', 'WARNING', 'ERROR', 'CRITICAL'];
export const severityOf = (level: string): number => severities.indexOf(level);

const ofJail = /^\[(.+?)\] (.*)$/s;
const namedJail = /\b[Jj]ail (?:u?(['"])(.+?)\1)/;
const about =
  /^(?:Found|Ban|Unban|Restore Ban|Reban|Increase Ban|Ignore|Attempt) (\S+)|^(\S+) already banned/;
export const mostContinuation = 200;
/** Characters of all lines that continue one entry. */
const mostContinued = 64 * 1024;

/** The entry when it matches; what costs most is done for those only. `text` of the filter in lower case. */
export function entryWhen(filter: EntryFilter, id: string, head: LogHead, more: string[]): LogEntry | null {
  const { text, level, jail } = filter;
  if (level !== null && severityOf(head.level) < severityOf(level)) return null;
  const found =
    text === '' ||
    holds(head.message, text) ||
    holds(head.logger, text) ||
    more.some((line) => holds(line, text));
  if (!found) return null;
  const entry = toEntry(id, head, more);
  return jail === null || entry.jail === jail ? entry : null;
}

function toEntry(id: string, head: LogHead, more: string[]): LogEntry {
  const [, jail, rest = ''] = ofJail.exec(head.message) ?? [];
  const [, banned, again] = about.exec(rest) ?? [];
  const address = jail === undefined ? null : parseAddress((banned ?? again ?? '').replace(/,$/, ''));
  return {
    ...head,
    id,
    more: bounded(more),
    jail: jail ?? namedJail.exec(head.message)?.[2] ?? null,
    address,
  };
}

function bounded(lines: readonly string[]): string[] {
  let room = mostContinued;
  return lines.flatMap((line) => {
    const kept = line.slice(0, Math.max(0, room));
    room -= line.length + 1;
    return kept === '' && room < 0 ? [] : [kept];
  });
}

const holds = (line: string, text: string): boolean => line.toLowerCase().includes(text);
