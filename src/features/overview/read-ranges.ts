/** What an overview is asked for, read once: its range and filters, and the operator's zone. */
import type { Kysely } from 'kysely';
import type { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { invalidInput } from '../../base/errors.ts';
import { timeRange, type TimeRange } from '../../base/time-range.ts';
import { zoneOf, type Zone } from '../../base/zone.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { rangeQuery } from './contract.ts';
import type { Chosen } from './read-sums.ts';

type Query = z.output<typeof rangeQuery>;

export interface View {
  range: TimeRange;
  chosen: Chosen;
  /** As every answer repeats it. */
  shown: { from: string; to: string };
}

/** ms; no event lies before or after, and no calendar has to be asked of the year 1. */
const earliest = 0;
const latest = Date.UTC(2200, 0);

/** Throws 422 for a range that is empty or turned round. */
export function viewOf({ range: name, from, to, origin, jail, country }: Query, now: Clock): View {
  const given = timeRange({ range: name, from, to }, now());
  const range = given && { from: Math.max(given.from, earliest), to: Math.min(given.to, latest) };
  if (range === null || range.from >= range.to) {
    throw invalidInput('The range of time is empty: `from` has to lie before `to`.', [
      { field: 'query.from', message: 'Not before `to`' },
    ]);
  }
  return {
    range,
    chosen: {
      origin: origin === 'all' ? null : origin,
      jail: jail === undefined || jail === '' ? null : jail,
      country: country === undefined || country === '' ? null : countryOf(country),
    },
    shown: { from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString() },
  };
}

/** Codes are upper case, `private`, `reserved` and `unknown` are not. */
const countryOf = (text: string): string => (text.length === 2 ? text.toUpperCase() : text.toLowerCase());

/** What was chosen at set-up, else this machine's. */
export async function readZone(db: Kysely<Database>): Promise<Zone> {
  const row = await db
    .selectFrom('settings')
    .select('value')
    .where('key', '=', 'timezone')
    .executeTakeFirst();
  return zoneOf(row?.value ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
}
