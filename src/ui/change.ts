/** How a count moved against the one of the time before. */
import { formatCount } from './numbers.ts';

/** Whole percent, or null when there was nothing before: nothing grows from zero by a percentage. */
export const percentChange = (value: number, before: number): number | null =>
  before === 0 ? (value === 0 ? 0 : null) : Math.round(((value - before) / before) * 100);

/** From here on a change stands out. */
const notable = 25;

export const isNotable = (percent: number | null): boolean =>
  percent === null || Math.abs(percent) >= notable;

/** `+12 %`, `−9 %`, `0 %`; twelve times as many and more: `×12`. Null when there was nothing before. */
export function changeText(value: number, before: number): string | null {
  const percent = percentChange(value, before);
  if (percent === null) return null;
  if (percent >= 1000) return `×${formatCount(Math.round(value / before))}`;
  return `${percent > 0 ? '+' : ''}${formatCount(percent)}\u00a0%`;
}
