/** A schedule as the interface writes it, taken apart for words, for a form, and for its next times. */
import { Cron } from 'croner';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

export type Schedule =
  | { kind: 'none' }
  | { kind: 'hourly' }
  | { kind: 'daily'; time: string }
  | { kind: 'weekly'; day: Weekday; time: string }
  | { kind: 'cron'; text: string };

export type ScheduleKind = Schedule['kind'];

/** Whatever is none of the words is taken for cron. */
export function readSchedule(text: string | null): Schedule {
  if (text === null || text.trim() === '') return { kind: 'none' };
  const [word = '', second = '', third = ''] = text.trim().split(/\s+/);
  if (word === 'hourly' && second === '') return { kind: 'hourly' };
  if (word === 'daily' && clock.test(second)) return { kind: 'daily', time: second };
  const day = weekdays.find((name) => name === second);
  if (word === 'weekly' && day !== undefined && clock.test(third))
    return { kind: 'weekly', day, time: third };
  return { kind: 'cron', text: text.trim() };
}

export function writeSchedule(schedule: Schedule): string | null {
  switch (schedule.kind) {
    case 'none':
      return null;
    case 'hourly':
      return 'hourly';
    case 'daily':
      return `daily ${schedule.time}`;
    case 'weekly':
      return `weekly ${schedule.day} ${schedule.time}`;
    case 'cron':
      return schedule.text.trim();
  }
}

// a pattern with a step of hours, as in most published lists; null when it is anything less plain
export function everyHours(cron: string): number | null {
  const found = /^\d{1,2} \*\/(\d{1,2}) \* \* \*$/.exec(cron);
  return found === null ? null : Number(found[1]);
}

/** ms of the next times, at most three, none without a schedule; null when it cannot be understood. */
export function nextTimes(schedule: Schedule, zone: string, after: number): number[] | null {
  if (schedule.kind === 'none') return [];
  const pattern = cronOf(schedule);
  if (pattern.split(/\s+/).length !== 5) return null;
  try {
    const times = new Cron(pattern, { timezone: zone }).nextRuns(3, new Date(after));
    return times.map((time) => time.getTime());
  } catch {
    return null;
  }
}

const clock = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

function cronOf(schedule: Exclude<Schedule, { kind: 'none' }>): string {
  if (schedule.kind === 'cron') return schedule.text.trim();
  if (schedule.kind === 'hourly') return '0 * * * *';
  const [hour, minute] = schedule.time.split(':').map(Number);
  const day = schedule.kind === 'weekly' ? (weekdays.indexOf(schedule.day) + 1) % 7 : '*';
  return `${minute} ${hour} * * ${day}`;
}
