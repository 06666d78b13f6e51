/** The stretch of time that a call asks for. */
import { invalidInput } from './errors.ts';
import { timeRange, type RangeName, type TimeRange } from './time-range.ts';

interface Asked {
  range: RangeName;
  from?: string | undefined;
  to?: string | undefined;
}

/** ms; no event lies before or after, and no calendar has to be asked of the year 1. */
const earliest = 0;
const latest = Date.UTC(2200, 0);

/** Throws 422 for a range that is empty or turned round. */
export function askedRange(query: Asked, now: number): TimeRange {
  const given = timeRange(query, now);
  const range = given && { from: Math.max(given.from, earliest), to: Math.min(given.to, latest) };
  if (range === null || range.from >= range.to) {
    throw invalidInput('The range of time is empty: `from` has to lie before `to`.', [
      { field: 'query.from', message: 'Not before `to`' },
    ]);
  }
  return range;
}
