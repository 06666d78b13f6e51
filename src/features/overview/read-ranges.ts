/** What an overview is asked for, read once: its range and filters. */
import type { z } from 'zod';
import { askedRange } from '../../base/asked-range.ts';
import type { Clock } from '../../base/clock.ts';
import type { TimeRange } from '../../base/time-range.ts';
import type { rangeQuery } from './contract.ts';
import type { Chosen } from './read-sums.ts';

type Query = z.output<typeof rangeQuery>;

export interface View {
  range: TimeRange;
  chosen: Chosen;
  /** As every answer repeats it. */
  shown: { from: string; to: string };
}

/** Throws 422 for a range that is empty or turned round. */
export function viewOf({ origin, jail, country, ...asked }: Query, now: Clock): View {
  const range = askedRange(asked, now());
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
