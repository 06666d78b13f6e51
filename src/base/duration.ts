/** Lengths of time as fail2ban writes them. fail2ban evaluates time values as code, so nothing else gets past here. */

/** Seconds; -1 stands for "permanent" wherever a ban's length is meant. */
export const permanent = -1;

/**
 * A repeated ban prolongs it to the jail's ban time from then on. That must be done in time, also when BanGUI is busy:
 * where bans last fewer seconds than this, longer ones are refused.
 */
export const shortestKept = 10;

const second = 1;
const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const week = 7 * day;
/** fail2ban counts leap years in: a year is 365.25 days and a month a twelfth of it (server/mytime.py, str2seconds). */
const year = 365.25 * day;
const month = year / 12;

const shortestDuration = second;
const longestDuration = 10 * year;

/** fail2ban's own spellings; `m` is minutes, `mo` months. */
const units: readonly [RegExp, number][] = [
  [/^(?:days?|da|dd?)$/, day],
  [/^(?:weeks?|wee?|ww?)$/, week],
  [/^(?:months?|mon?)$/, month],
  [/^(?:years?|yea?|yy?)$/, year],
  [/^(?:seconds?|sec?|ss?)$/, second],
  [/^(?:minutes?|min?|mm?)$/, minute],
  [/^(?:hours?|hou?|hh?)$/, hour],
];

const wholeNumber = /^(?:0|[1-9]\d{0,9})$/;
const timeExpression = /^(?:\d{1,6} ?[a-z]{1,7} ?){1,8}$/i;

/**
 * Whole seconds from `-1` (permanent), a whole number of seconds, or a fail2ban time expression such as `1d12h` or
 * `1w 2d`. Null for anything else and for lengths outside 1 s to 10 years.
 */
export function parseDuration(input: string | number): number | null {
  const seconds = typeof input === 'number' ? input : readText(input);
  if (seconds === permanent) return permanent;
  if (seconds === null || !Number.isInteger(seconds)) return null;
  return seconds >= shortestDuration && seconds <= longestDuration ? seconds : null;
}

/** Whether fail2ban's evaluation of it is nothing but a length of time, of whatever length. */
export const isTimeExpression = (text: string): boolean => readText(text) !== null;

/** `90000` as `1d 1h`, -1 as `permanent`; what it writes for a length, `parseDuration` reads as the same length. */
export function formatDuration(seconds: number): string {
  if (seconds === permanent) return 'permanent';
  const parts: string[] = [];
  let rest = Math.max(0, Math.round(seconds));
  for (const [size, letter] of [
    [day, 'd'],
    [hour, 'h'],
    [minute, 'm'],
    [second, 's'],
  ] as const) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${letter}`);
  }
  return parts.length === 0 ? '0s' : parts.join(' ');
}

function readText(text: string): number | null {
  if (text === '-1') return permanent;
  if (wholeNumber.test(text)) return Number(text);
  if (!timeExpression.test(text) || text.endsWith(' ')) return null;
  let total = 0;
  for (const [, digits = '', word = ''] of text.matchAll(/(\d+) ?([a-z]+)/gi)) {
    // Python refuses 08 as a number, and so would fail2ban.
    if (digits.length > 1 && digits.startsWith('0')) return null;
    const unit = units.find(([spelling]) => spelling.test(word.toLowerCase()));
    if (unit === undefined) return null;
    total += Number(digits) * unit[1];
  }
  return total;
}
