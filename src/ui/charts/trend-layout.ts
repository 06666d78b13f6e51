/** Where everything of a trend stands, in pixels: bars and their parts, the line of the time before, the marks. */
import { bucketTotal, type Bucket } from './buckets.ts';
import { countScale } from './scale.ts';
import { smoothPath } from './smooth-path.ts';

export const series = ['own', 'blocklist', 'manual'] as const;
export type SeriesName = (typeof series)[number];

interface BarPart {
  name: SeriesName;
  y: number;
  height: number;
}

interface Bar {
  x: number;
  width: number;
  parts: BarPart[];
}

export interface TrendLayout {
  /** Left end of the plot and its size. */
  left: number;
  width: number;
  height: number;
  /** Width that one bar and its gap take. */
  step: number;
  lines: { value: number; y: number }[];
  bars: Bar[];
  /** Path of the time before; '' when nothing is known of it. */
  before: string;
  /** Upper edge of a count. */
  y: (count: number) => number;
}

interface Room {
  width: number;
  height: number;
  /** Kept free at the left, for the scale. */
  left: number;
}

const gap = 3;
/** Parts are told apart by a line of the ground between them. */
const seam = 1;

export function layOutTrend(bars: readonly Bucket[], room: Room): TrendLayout {
  const width = Math.max(0, room.width - room.left);
  const highest = bars.reduce((most, bar) => Math.max(most, bucketTotal(bar), bar.before), 0);
  const scale = countScale(highest);
  const y = (count: number): number => room.height - (count / scale.top) * room.height;
  const step = bars.length === 0 ? width : width / bars.length;
  const space = step >= 9 ? gap : step >= 5 ? 2 : 1;
  const centre = (index: number): number => room.left + (index + 0.5) * step;
  const known = bars.some((bar) => bar.before > 0);
  return {
    left: room.left,
    width,
    height: room.height,
    step,
    lines: scale.lines.map((value) => ({ value, y: y(value) })),
    bars: bars.map((bar, index) => ({
      x: room.left + index * step + space / 2,
      width: Math.max(1, step - space),
      parts: stack(bar, y),
    })),
    before: known ? smoothPath(bars.map((bar, index) => [centre(index), y(bar.before)])) : '',
    y,
  };
}

function stack(bar: Bucket, y: (count: number) => number): BarPart[] {
  let below = 0;
  const parts: BarPart[] = [];
  for (const name of series) {
    const count = bar[name];
    if (count <= 0) continue;
    const upper = y(below + count);
    const lower = y(below) - (below > 0 ? seam : 0);
    // a single ban is still seen beside a thousand
    parts.push({ name, y: Math.min(upper, lower - 1), height: Math.max(1, lower - upper) });
    below += count;
  }
  return parts;
}

/** The bar under a horizontal place of the chart; the nearest one outside. */
export function barAt(x: number, { left, step, bars }: TrendLayout): number {
  return Math.max(0, Math.min(bars.length - 1, Math.floor((x - left) / step)));
}
