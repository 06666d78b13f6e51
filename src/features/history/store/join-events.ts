/**
 * Whether what fail2ban's database or log tells is an event that the history knows already. A ban is told of twice: by
 * its row, whose time T (whole seconds) is that of the last failure, and by its log line at L, T − 1 s ≤ L ≤ T + ban
 * time. Between a ban and its unban there is no second ban of the address in that jail: a row and a line are one ban
 * when nothing else that is known of both lies in between. What comes to lie there later takes them apart again.
 */
import type { NewBan, NewEvent } from '../new-event.ts';
import type { StoredEvent } from './stored-event.ts';

export type Verdict =
  | { is: 'new' }
  | { is: 'known' | 'completed' | 'heard'; event: StoredEvent }
  /** Row and line of this event are two bans. Take them apart and judge again. */
  | { is: 'between'; event: StoredEvent };

/** How far a row's time can lie from the truth. */
export const slackMs = 1_000;

/** `around` holds what is known of this jail and address near the event, by time. */
export function judge(event: NewEvent, around: readonly StoredEvent[]): Verdict {
  const same = around.find((one) => one.action === event.action && isSame(event, one));
  if (same !== undefined) return { is: 'known', event: same };
  const parted = around.find((one) => liesWithin(event, one));
  if (parted !== undefined) return { is: 'between', event: parted };
  if (event.action === 'unban') return { is: 'new' };
  return event.fail2banAt === null ? judgeLine(event, around) : judgeRow(event, event.fail2banAt, around);
}

function isSame(event: NewEvent, one: StoredEvent): boolean {
  if (event.action === 'ban' && event.fail2banAt !== null) return one.fail2banAt === event.fail2banAt;
  return one.heardAt === event.at;
}

/** After the row's time and before the line of a ban that is known from both. */
function liesWithin(event: NewEvent, { fail2banAt, heardAt }: StoredEvent): boolean {
  if (fail2banAt === null || heardAt === null) return false;
  if (event.action === 'unban') return event.at > fail2banAt * 1000 + slackMs && event.at < heardAt;
  if (event.fail2banAt === null) return event.at >= fail2banAt * 1000 && event.at < heardAt;
  return event.fail2banAt > fail2banAt && event.fail2banAt * 1000 <= heardAt;
}

function judgeRow(ban: NewBan, fail2banAt: number, around: readonly StoredEvent[]): Verdict {
  const start = fail2banAt * 1000;
  const found =
    firstLine({ fail2banAt, from: start, to: endOf(fail2banAt, ban.seconds) }, around) ??
    firstLine({ fail2banAt, from: start - slackMs, to: start - 1 }, around);
  return found === null ? { is: 'new' } : { is: 'completed', event: found };
}

interface Stretch {
  fail2banAt: number;
  /** ms, both belong to it. */
  from: number;
  to: number;
}

/** The ban that only the log has told of, unless another one of the same jail and address comes before it. */
function firstLine({ fail2banAt, from, to }: Stretch, around: readonly StoredEvent[]): StoredEvent | null {
  for (const one of around) {
    if (one.at < from) continue;
    if (one.at > to) return null;
    if (one.action === 'unban') {
      // in the first second it may be the end of the ban before
      if (one.at > fail2banAt * 1000 + slackMs) return null;
    } else if (one.fail2banAt === null) return endsBefore(one, fail2banAt * 1000, around) ? null : one;
    else if (one.fail2banAt > fail2banAt) return null;
  }
  return null;
}

/** A line before the row's time belongs to an earlier ban when that has ended by then. */
const endsBefore = (line: StoredEvent, time: number, around: readonly StoredEvent[]): boolean =>
  around.some(({ action, at }) => action === 'unban' && at > line.at && at <= time);

function judgeLine(ban: NewBan, around: readonly StoredEvent[]): Verdict {
  const found = lastRow(ban.at, ban.at, around) ?? lastRow(ban.at, ban.at + slackMs, around);
  return found === null ? { is: 'new' } : { is: 'heard', event: found };
}

/** The ban that only its row has told of, from `latest` backwards, unless another ban or its end comes in between. */
function lastRow(line: number, latest: number, around: readonly StoredEvent[]): StoredEvent | null {
  /** What began before that was ended by an unban. */
  let ended = Number.NEGATIVE_INFINITY;
  for (const one of around.toReversed()) {
    if (one.action === 'unban') {
      if (one.at <= line) ended = Math.max(ended, one.at - slackMs);
    } else if (one.heardAt === null && one.fail2banAt !== null) {
      const start = one.fail2banAt * 1000;
      if (start > latest) continue;
      return start >= ended && line <= endOf(one.fail2banAt, one.seconds) ? one : null;
    } else if ((one.heardAt ?? one.at) < line) return null;
  }
  return null;
}

const endOf = (fail2banAt: number, seconds: number | null): number =>
  seconds === null || seconds < 0 ? Number.POSITIVE_INFINITY : (fail2banAt + seconds) * 1000;
