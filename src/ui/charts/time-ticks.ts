/** Marks of a time axis at round times of the operator's own clock. */
import { instantOf, wallTime } from '../zoned-time.ts';

export interface TimeTick {
  at: number;
  label: string;
  /** Midnight, or the turn of a year: carries more than its neighbours. */
  strong: boolean;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const steps = [5, 10, 15, 30].map((n) => n * minute).concat([1, 3, 6, 12].map((n) => n * hour));
const daySteps = [1, 2, 3, 4, 7, 14];
const monthSteps = [1, 3, 6, 12];

/** Marks within the range, at most `most` of them. */
export function timeTicks(from: number, to: number, zone: string, most: number): TimeTick[] {
  const room = Math.max(1, most);
  const length = to - from;
  const step = steps.find((candidate) => length / candidate <= room);
  if (step !== undefined) return clockTicks({ from, to, zone, step });
  const days = daySteps.find((candidate) => length / (candidate * day) <= room);
  if (days !== undefined) return dayTicks({ from, to, zone, days, named: length <= 10 * day });
  const months = monthSteps.find((candidate) => length / (candidate * 30 * day) <= room) ?? 12;
  return monthTicks({ from, to, zone, months });
}

interface Stretch {
  from: number;
  to: number;
  zone: string;
}

/** The wall clock as if it were UTC: adding to it never meets a change of the clocks. */
const wall = (at: number, zone: string): number => Date.parse(`${wallTime(at, zone)}:00Z`);
const instant = (wallMs: number, zone: string): number | null =>
  instantOf(new Date(wallMs).toISOString().slice(0, 16), zone);

function clockTicks({ from, to, zone, step }: Stretch & { step: number }): TimeTick[] {
  const clock = format(zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const date = format(zone, { weekday: 'short', day: 'numeric', month: 'short' });
  const first = Math.ceil(wall(from, zone) / step) * step;
  return within({ from, to, zone }, first, (at) => at + step).map((at) => {
    const midnight = wall(at, zone) % day === 0;
    return { at, label: midnight ? plain(date.format(at)) : clock.format(at), strong: midnight };
  });
}

/** Monday, 5 January 1970, in ms: weeks begin there. */
const firstMonday = 4 * day;

function dayTicks({ from, to, zone, days, named }: Stretch & { days: number; named: boolean }): TimeTick[] {
  const date = format(zone, { day: 'numeric', month: 'short', ...(named ? { weekday: 'short' } : {}) });
  const step = days * day;
  const first = Math.ceil((wall(from, zone) - firstMonday) / step) * step + firstMonday;
  return within({ from, to, zone }, first, (at) => at + step).map((at) => ({
    at,
    label: plain(date.format(at)),
    strong: false,
  }));
}

function monthTicks({ from, to, zone, months }: Stretch & { months: number }): TimeTick[] {
  const month = format(zone, { month: 'short' });
  const year = format(zone, { year: 'numeric' });
  const begin = new Date(wall(from, zone));
  const index = (begin.getUTCFullYear() - 1970) * 12 + begin.getUTCMonth();
  const first = Date.UTC(1970, Math.ceil(index / months) * months);
  const next = (at: number): number => {
    const current = new Date(at);
    return Date.UTC(current.getUTCFullYear(), current.getUTCMonth() + months);
  };
  return within({ from, to, zone }, first, next).map((at) => {
    const january = new Date(wall(at, zone)).getUTCMonth() === 0;
    return { at, label: january ? year.format(at) : month.format(at), strong: january };
  });
}

/** Instants of wall times from `first` on that lie in the range. */
function within({ from, to, zone }: Stretch, first: number, next: (wallMs: number) => number): number[] {
  const found: number[] = [];
  const end = wall(to, zone);
  for (let at = first; at <= end; at = next(at)) {
    const moment = instant(at, zone);
    if (moment !== null && moment >= from && moment <= to) found.push(moment);
  }
  return found;
}

const format = (timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-GB', { timeZone, ...options });

/** `Sun 22 Nov`, without the comma that the language puts there. */
const plain = (text: string): string => text.replace(',', '');
