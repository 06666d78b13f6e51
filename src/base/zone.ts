/** Clocks of a time zone on the server: what they show at a moment, and the moment of what they show. */

const hour = 3_600_000;
const day = 24 * hour;

export interface Zone {
  /** IANA name. */
  name: string;
  /** ms that its clocks are ahead of UTC. */
  offsetAt(ms: number): number;
  /** The moment when its clocks show this time, given as if it were UTC; the first one after a gap. */
  momentOf(shown: number): number;
}

/** A name that is not known is UTC. */
export function zoneOf(name: string): Zone {
  const format = formatOf(name) ?? formatOf('UTC');
  if (format === null) throw new Error('this Node knows no time zones');
  /** By day UTC: its offset, or null on a day when the clocks change. */
  const days = new Map<number, number | null>();

  const offsetAt = (ms: number): number => {
    const start = Math.floor(ms / day) * day;
    let known = days.get(start);
    if (known === undefined) {
      const offset = readOffset(format, start);
      known = offset === readOffset(format, start + day) ? offset : null;
      days.set(start, known);
    }
    return known ?? readOffset(format, ms);
  };
  return {
    name: format.resolvedOptions().timeZone,
    offsetAt,
    momentOf(shown) {
      const guess = shown - offsetAt(shown);
      const moment = shown - offsetAt(guess);
      // In a gap the two disagree for ever: the clocks go on at the later one.
      return moment + offsetAt(moment) === shown ? moment : Math.max(moment, guess);
    },
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      era: 'short',
    });
  } catch {
    return null;
  }
}

function readOffset(format: Intl.DateTimeFormat, ms: number): number {
  const seconds = Math.floor(ms / 1000) * 1000;
  const shown = new Map(format.formatToParts(seconds).map(({ type, value }) => [type, value]));
  const part = (name: Intl.DateTimeFormatPartTypes): number => Number(shown.get(name));
  const year = shown.get('era') === 'BC' ? 1 - part('year') : part('year');
  const date = new Date(0);
  date.setUTCFullYear(year, part('month') - 1, part('day'));
  date.setUTCHours(part('hour'), part('minute'), part('second'));
  return date.getTime() - seconds;
}
