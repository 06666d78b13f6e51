/** How fast a count grows, from its own last seconds. */
import { useState } from 'react';

const span = 5;

/** Units a second of a count that was read at `at` (ms); null until two values are known. */
export function useSpeed(value: number, at: number): number | null {
  const [points, setPoints] = useState<readonly { value: number; at: number }[]>([]);
  const last = points.at(-1);
  if (last === undefined || last.at < at) {
    // a count that starts anew is a new run
    const kept = last !== undefined && value < last.value ? [] : points;
    setPoints([...kept, { value, at }].slice(-span));
  }
  const first = points[0];
  if (first === undefined || last === undefined || last.at <= first.at) return null;
  return ((last.value - first.value) * 1000) / (last.at - first.at);
}
