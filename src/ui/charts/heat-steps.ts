/** Steps of colour for a heat map: six, the lowest for nothing at all. */

/** Lowest counts of steps 1 to 5, rising; for few bans one step a ban. */
export function heatThresholds(highest: number): number[] {
  if (highest <= 5) return [1, 2, 3, 4, 5];
  return [1, ...[0.2, 0.4, 0.6, 0.8].map((part) => Math.max(2, Math.ceil(highest * part)))];
}

/** 0 = nothing; else the number of thresholds reached. */
export const stepOf = (count: number, thresholds: readonly number[]): number =>
  thresholds.filter((threshold) => count >= threshold).length;

/** `0`, `1–9`, …, `200 +`: what each step holds. */
export function stepLabels(thresholds: readonly number[], show: (count: number) => string): string[] {
  const first = thresholds[0] ?? 1;
  const labels = [first <= 1 ? show(0) : `${show(0)}–${show(first - 1)}`];
  for (const [index, threshold] of thresholds.entries()) {
    const next = thresholds[index + 1];
    if (next === undefined) labels.push(`${show(threshold)}\u00a0+`);
    else labels.push(next - threshold <= 1 ? show(threshold) : `${show(threshold)}–${show(next - 1)}`);
  }
  return labels;
}

const hour = 3_600_000;

/** Hours of the week that a range touches, as `day * 24 + hour` with Monday = 0; null when it is all of them. */
export function coveredHours(from: number, to: number, zone: string): Set<number> | null {
  if (to - from >= 7 * 24 * hour) return null;
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    hourCycle: 'h23',
  });
  const covered = new Set<number>();
  const add = (at: number): void => {
    const words = new Map(parts.formatToParts(at).map(({ type, value }) => [type, value]));
    const day = weekdays.indexOf(words.get('weekday') ?? '');
    covered.add(day * 24 + Number(words.get('hour')));
  };
  for (let at = from; at < to; at += hour) add(at);
  add(to - 1);
  return covered;
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
