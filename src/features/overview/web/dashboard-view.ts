/** The range and the origin that a page of figures is about, as they stand in the URL. */
import { readRangeView, type RangeView } from '../../../ui/range-view.ts';
import { oneOf } from '../../../ui/url-state.ts';

export const origins = ['own', 'blocklist', 'manual'] as const;

export interface DashboardView extends RangeView {
  /** Absent = all. */
  origin?: (typeof origins)[number];
}

/** Unknown names and values vanish; 24 h is what no range means. */
export function readDashboardView(search: Record<string, unknown>): DashboardView {
  const { range, ...own } = readRangeView(search);
  const origin = oneOf(origins, search['origin']);
  return {
    ...(range === undefined || range === usualRange ? {} : { range }),
    ...own,
    ...(origin === undefined ? {} : { origin }),
  };
}

export const usualRange = '24h';

/** Whether the range is a stretch of its own instead of a length that ends now. */
export const isOwnRange = (view: RangeView): boolean => view.from !== undefined || view.to !== undefined;

/** The range alone, as the history page and the map take it: they have usual ranges of their own. */
export function rangeOf({ range, from, to }: RangeView): RangeView {
  if (from !== undefined || to !== undefined) {
    return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  }
  return { range: range ?? usualRange };
}
