/** When a list is fetched: `hourly`, `daily HH:MM`, `weekly mon HH:MM`, or five fields of cron, on the operator's clocks. */
import { Cron, type CronOptions } from 'croner';

/** Made by `parseSchedule` only. */
export interface Schedule {
  readonly kind: 'hourly' | 'fixed';
  /** In its one spelling. */
  readonly text: string;
  /** Five fields. */
  readonly cron: string;
}

/** Null for what cannot be read, never comes, or comes more often than every five minutes. */
export function parseSchedule(given: string): Schedule | null {
  const text = given.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  if (text === 'hourly') return { kind: 'hourly', text, cron: '0 * * * *' };
  const named = /^(?:daily|weekly (sun|mon|tue|wed|thu|fri|sat)) ([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (named !== null) {
    const [, day = '*', hour, minute] = named;
    return { kind: 'fixed', text, cron: `${Number(minute)} ${Number(hour)} * * ${day}` };
  }
  if (!/^(?:[\da-z*,/#-]+ ){4}[\da-z*,/#-]+$/.test(text)) return null;
  return comesSeldom(text) ? { kind: 'fixed', text, cron: text } : null;
}

/**
 * The first run after `afterMs`, ms. `seed` keeps apart those who chose the same time, so that not all of them come to
 * a list's maker in the same second: any number that stays (when the source was made); hourly runs are spread over the
 * hour, others over the minute. Where clocks go forward, a time that is left out runs right after; where they go back, a
 * time that comes twice runs once. A step or star in the hours means each such hour, once or twice as it comes.
 */
export function nextRun(schedule: Schedule, afterMs: number, timeZone: string, seed = 0): number {
  const offset = seed % (schedule.kind === 'hourly' ? hourMs : minuteMs);
  const zone = schedule.kind === 'hourly' ? 'UTC' : timeZone;
  const next = new Cron(schedule.cron, { ...options, timezone: zone }).nextRun(new Date(afterMs - offset));
  if (next === null) throw new Error(`the schedule ${schedule.text} has no next run`);
  return next.getTime() + offset;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const leastMs = 5 * minuteMs;
const options: CronOptions = { mode: '5-part', fixedTimeRule: 'no-wildcard' };
/** Enough to come past each edge of an hour, a day, a month and a year that a pattern can have. */
const runsLookedAt = 300;

function comesSeldom(cron: string): boolean {
  try {
    const pattern = new Cron(cron, { ...options, timezone: 'UTC' });
    let last = pattern.nextRun(startOfLook);
    if (last === null) return false;
    for (let run = 1; run < runsLookedAt; run++) {
      const next = pattern.nextRun(last);
      if (next === null) return true;
      if (next.getTime() - last.getTime() < leastMs) return false;
      last = next;
    }
    return true;
  } catch {
    return false;
  }
}

const startOfLook = new Date('2024-01-01T00:00:00Z');
