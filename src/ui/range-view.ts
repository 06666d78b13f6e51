/** The stretch of time of a page as it stands in the URL: `range`, or `from` and `to`. */
import { rangeNames, type RangeName } from '../base/time-range.ts';
import { oneOf } from './url-state.ts';

export interface RangeView {
  range?: RangeName;
  /** ISO instants; they win over `range`. */
  from?: string;
  to?: string;
}

/** Unknown names, unreadable instants and a range turned round vanish. */
export function readRangeView(search: Record<string, unknown>): RangeView {
  const from = instant(search['from']);
  const to = instant(search['to']);
  if (from !== undefined && to !== undefined && from >= to) return {};
  if (from !== undefined || to !== undefined) {
    return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  }
  const range = oneOf(rangeNames, search['range']);
  return range === undefined ? {} : { range };
}

function instant(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^\d{4}-/.test(value)) return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}
