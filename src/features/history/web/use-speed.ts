/** How fast a count grows, from its own last seconds. */
import { useState } from 'react';

const span = 5;

/** Units a second; null until two values are known. */
export function useSpeed(value: number): number | null {
  const [points, setPoints] = useState<readonly { value: number; at: number }[]>([]);
  const last = points.at(-1);
  if (last === undefined || last.value !== value) {
    // a count that starts anew is a new run
    const kept = last !== undefined && value < last.value ? [] : points;
    setPoints([...kept, { value, at: Date.now() }].slice(-span));
  }
  const first = points[0];
  if (first === undefined || last === undefined || last.at <= first.at) return null;
  return ((last.value - first.value) * 1000) / (last.at - first.at);
}
