/** Union, intersection and difference of sorted ranges: one walk over the bounds of both. */
import { step, type Width } from './width.ts';

/** Whether what lies in `a`, or not, and in `b`, or not, belongs to the result. */
export type Keep = (inA: boolean, inB: boolean) => boolean;

/** Both are sorted and merged, and so is the result. `keep` must leave out what is in neither. */
export function combineRanges(a: Uint32Array, b: Uint32Array, width: Width, keep: Keep): Uint32Array {
  const { words, compare, follows } = width;
  // each bound of the result is one of a or b
  const result = new Uint32Array(a.length + b.length);
  let atA = 0;
  let atB = 0;
  let length = 0;
  let kept = false;
  while (atA < a.length || atB < b.length) {
    const order = atA >= a.length ? 1 : atB >= b.length ? -1 : compareBounds();
    const from = order <= 0 ? a : b;
    const at = order <= 0 ? atA : atB;
    // bounds at the same place count together: ranges that touch become one
    if (order <= 0) atA += words;
    if (order >= 0) atB += words;
    const keeps = keep(isLast(atA), isLast(atB));
    if (keeps === kept) continue;
    kept = keeps;
    for (let word = 0; word < words; word++) result[length + word] = from[at + word] ?? 0;
    // it begins after the last of another, or ends before the first of another
    if (keeps === isLast(at)) step(result, length, words, keeps ? 1 : -1);
    length += words;
  }
  return result.slice(0, length);

  /** Each second bound is the last of a range; before it we are inside. */
  function isLast(bound: number): boolean {
    return (bound & words) !== 0;
  }

  /** A last one stands for the place after it. */
  function compareBounds(): number {
    const order = compare(a, atA, b, atB);
    if (isLast(atA) === isLast(atB)) return order;
    if (isLast(atA)) return order >= 0 ? 1 : follows(b, atB, a, atA) ? 0 : -1;
    return order <= 0 ? -1 : follows(a, atA, b, atB) ? 0 : 1;
  }
}
