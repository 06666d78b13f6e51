/** A line through points that never swings above or below them (monotone cubic, Fritsch and Carlson). */

export type Point = readonly [x: number, y: number];

/** An SVG path; '' for no points. */
export function smoothPath(points: readonly Point[]): string {
  const [start] = points;
  if (start === undefined) return '';
  const slopes = tangents(points);
  let path = `M${show(start[0])},${show(start[1])}`;
  for (let index = 1; index < points.length; index += 1) {
    const [x0, y0] = points[index - 1] ?? start;
    const [x1, y1] = points[index] ?? start;
    const third = (x1 - x0) / 3;
    const bend0 = y0 + third * (slopes[index - 1] ?? 0);
    const bend1 = y1 - third * (slopes[index] ?? 0);
    path += `C${show(x0 + third)},${show(bend0)},${show(x1 - third)},${show(bend1)},${show(x1)},${show(y1)}`;
  }
  return path;
}

function tangents(points: readonly Point[]): number[] {
  const secants: number[] = [];
  for (let index = 1; index < points.length; index += 1) {
    const [x0, y0] = points[index - 1] ?? [0, 0];
    const [x1, y1] = points[index] ?? [0, 0];
    secants.push(x1 === x0 ? 0 : (y1 - y0) / (x1 - x0));
  }
  return points.map((_, index) => {
    const left = secants[index - 1];
    const right = secants[index];
    if (left === undefined || right === undefined) return left ?? right ?? 0;
    // at a peak or in a valley the line lies flat
    if (left * right <= 0) return 0;
    return (2 * left * right) / (left + right);
  });
}

const show = (value: number): string => value.toFixed(1);
