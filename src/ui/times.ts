/** Moments in the operator's own zone: absolute on this day, dated otherwise. */

export interface Times {
  zone: string;
  /** `12:04:31` */
  clock(at: number): string;
  /** `12:04` today, `21 Nov 16:20` on another day, with the year when it is another one. */
  moment(at: number, now: number): string;
  /** `12:04:31` today, else as `moment`. */
  exact(at: number, now: number): string;
  /** `17 Jun 2026` */
  day(at: number): string;
  /** The whole of it, for a tooltip: `Sat, 22 Nov 2026, 12:04:31 Europe/Berlin`. */
  full(at: number): string;
}

/** `zone` is an IANA name; one that the browser does not know falls back to the browser's own. */
export function createTimes(zone: string, locale = 'en-GB'): Times {
  const timeZone = known(zone) ? zone : Intl.DateTimeFormat().resolvedOptions().timeZone;
  const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, { timeZone, hourCycle: 'h23', ...options });
  const seconds = format({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const minutes = format({ hour: '2-digit', minute: '2-digit' });
  const day = format({ day: 'numeric', month: 'short' });
  const year = format({ year: 'numeric' });
  const wholeDay = format({ day: 'numeric', month: 'short', year: 'numeric' });
  const whole = format({ dateStyle: 'medium', timeStyle: 'medium' });

  const date = (at: number, now: number): string =>
    year.format(at) === year.format(now) ? day.format(at) : `${day.format(at)} ${year.format(at)}`;
  const sameDay = (at: number, now: number): boolean =>
    day.format(at) === day.format(now) && year.format(at) === year.format(now);
  const moment = (at: number, now: number): string =>
    sameDay(at, now) ? minutes.format(at) : `${date(at, now)} ${minutes.format(at)}`;
  return {
    zone: timeZone,
    clock: (at) => seconds.format(at),
    moment,
    exact: (at, now) => (sameDay(at, now) ? seconds.format(at) : moment(at, now)),
    day: (at) => wholeDay.format(at),
    full: (at) => `${whole.format(at)} ${timeZone}`,
  };
}

function known(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}
