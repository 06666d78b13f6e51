/** What either database can hold of an event: text of attackers, times of broken clocks. */
import type { NewBan, NewEvent, NewUnban, SeedBan } from '../new-event.ts';

/** Characters. A name is part of indexes, whose rows PostgreSQL bounds. */
const longestName = 255;
const longestReason = 4_000;
/** Of one line, of all lines of a ban, and how many: a line of a megabyte would not fit PostgreSQL's search index. */
const longestLine = 16_000;
const longestLines = 64_000;
const mostLines = 100;
const cutMark = ' […]';

/** ms; ids hold times up to the year 2248. */
const latest = 8_500_000_000_000;
const mostCount = 2 ** 31 - 1;

export function cleanEvent(event: NewEvent): NewEvent {
  return event.action === 'ban' ? cleanBan(event) : cleanUnban(event);
}

function cleanBan(ban: NewBan): NewBan {
  const { jail, ip, at, origin, actor, reason, fail2banAt, seconds, count, failures, lines } = ban;
  return {
    action: 'ban',
    jail: cleanName(jail),
    ip: cleanName(ip),
    at: whole(at, 0, latest),
    origin,
    actor: cleanNote(actor),
    reason: cleanNote(reason),
    fail2banAt: fail2banAt === null ? null : whole(fail2banAt, 0, latest / 1000),
    seconds: seconds === null ? null : whole(seconds, -1, Number.MAX_SAFE_INTEGER),
    count: whole(count, 0, mostCount),
    failures: whole(failures, 0, mostCount),
    lines: cleanLines(lines),
  };
}

export function seedBanOf(ban: NewBan): SeedBan {
  const clean = cleanBan(ban);
  return { ...clean, lines: clean.lines.length > 0 ? JSON.stringify(clean.lines) : null };
}

function cleanUnban({ jail, ip, at, origin, actor, reason }: NewUnban): NewUnban {
  return {
    action: 'unban',
    jail: cleanName(jail),
    ip: cleanName(ip),
    at: whole(at, 0, latest),
    origin,
    actor: cleanNote(actor),
    reason: cleanNote(reason),
  };
}

const cleanNote = (text: string | null): string | null =>
  text === null ? null : cut(cleanText(text), longestReason);

/** NUL, which PostgreSQL cannot hold, and halves of surrogate pairs become U+FFFD. */
const cleanText = (text: string): string =>
  (text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text).toWellFormed();

const isClean = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

const cleanName = (text: string): string =>
  cleanText(text.length > longestName ? text.slice(0, longestName) : text);

const cut = (text: string, most: number): string =>
  text.length <= most ? text : text.slice(0, most - cutMark.length).toWellFormed() + cutMark;

function cleanLines(lines: readonly string[]): readonly string[] {
  // nearly all are as they should be
  const length = lines.reduce((sum, line) => sum + line.length, 0);
  if (lines.length <= mostLines && length <= longestLine && lines.every(isClean)) return lines;
  const clean: string[] = [];
  let room = longestLines;
  for (const line of lines.slice(0, mostLines)) {
    if (room <= cutMark.length) break;
    const text = cut(cleanText(line), Math.min(longestLine, room));
    room -= text.length;
    clean.push(text);
  }
  return clean;
}

/** What is no number becomes the least. */
function whole(value: number, least: number, most: number): number {
  const number = Math.floor(value);
  return number >= least ? Math.min(number, most) : least;
}
