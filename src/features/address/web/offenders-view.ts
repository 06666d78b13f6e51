/** What of the repeat offenders is shown, as it stands in the URL. */
import { rangeNames, type RangeName } from '../../../base/time-range.ts';
import { oneOf } from '../../../ui/url-state.ts';

/** Fewest bans of an address, or fewest addresses in a range. */
export const leasts = ['2', '3', '5', '10', '25'] as const;

export interface OffendersView {
  /** Absent = all there is. */
  range?: RangeName;
  at_least?: (typeof leasts)[number];
}

export function readOffendersView(search: Record<string, unknown>): OffendersView {
  const range = oneOf(rangeNames, search['range']);
  const least = oneOf(leasts, search['at_least']);
  return {
    ...(range === undefined ? {} : { range }),
    ...(least === undefined ? {} : { at_least: least }),
  };
}
