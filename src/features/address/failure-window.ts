/** How fail2ban counts failures over time, to tell which shorter findtime would not have led to a ban. */

/**
 * Whether failures at these times (seconds, in order) reach `maxretry`. As fail2ban's server/ticket.py, adjustTime:
 * once the first failure is older than the find time, the count is shrunk to what the rate so far amounts to in it.
 */
export function reaches(times: readonly number[], findtime: number, maxretry: number): boolean {
  const [start, ...rest] = times;
  if (start === undefined) return false;
  let first = start;
  let last = start;
  let count = 1;
  for (const time of rest) {
    if (count >= maxretry) return true;
    if (time > last) {
      if (first < time - findtime) {
        count = roundHalfEven((count / (time - first)) * findtime);
        first = time - findtime;
      }
      last = time;
    }
    count += 1;
  }
  return count >= maxretry;
}

/**
 * The longest find time in whole seconds with which these failures would not have been enough; null when none is, or
 * when they are not enough with `findtime` either (fail2ban then counted in a way that cannot be told from them).
 */
export function longestHarmless(
  times: readonly number[],
  { findtime, maxretry }: { findtime: number; maxretry: number },
): number | null {
  if (!reaches(times, findtime, maxretry)) return null;
  const within = Math.floor((times.at(-1) ?? 0) - (times[0] ?? 0));
  let low = 0;
  let high = Math.min(findtime, within);
  // The longer it is, the more is counted.
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (reaches(times, middle, maxretry)) high = middle - 1;
    else low = middle;
  }
  return low >= 1 && !reaches(times, low, maxretry) ? low : null;
}

/** Python's `round`. */
function roundHalfEven(value: number): number {
  const whole = Math.floor(value);
  const rest = value - whole;
  if (rest !== 0.5) return Math.round(value);
  return whole % 2 === 0 ? whole : whole + 1;
}
