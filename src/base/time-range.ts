/** The stretch of time a view is about: a length that ends now, or two instants. */

export const rangeNames = ['1h', '24h', '7d', '30d', '365d'] as const;
export type RangeName = (typeof rangeNames)[number];

/** ms; `from` belongs to it, `to` does not. */
export interface TimeRange {
  from: number;
  to: number;
}

const hour = 3_600_000;
const lengths: Record<RangeName, number> = {
  '1h': hour,
  '24h': 24 * hour,
  '7d': 7 * 24 * hour,
  '30d': 30 * 24 * hour,
  '365d': 365 * 24 * hour,
};

export const rangeLength = (name: RangeName): number => lengths[name];

/**
 * `from` and `to` win over `range`; one of them alone is open to the present, or goes back the length of `range`.
 * Null when it is empty or turned round.
 */
export function timeRange(
  { range, from, to }: { range: RangeName; from?: string | undefined; to?: string | undefined },
  now: number,
): TimeRange | null {
  const end = to === undefined ? now : Date.parse(to);
  const start = from === undefined ? end - lengths[range] : Date.parse(from);
  return start < end ? { from: start, to: end } : null;
}

/** The stretch of the same length right before it. */
export const rangeBefore = ({ from, to }: TimeRange): TimeRange => ({ from: from - (to - from), to: from });
