/** The vertical scale of a chart of counts: zero included, three or four lines at round numbers. */

interface CountScale {
  /** Value at the upper end. */
  top: number;
  /** Values of the lines above zero, upwards; the last is `top`. */
  lines: number[];
}

/** Room above the highest bar, for its label. */
const headroom = 1.08;

export function countScale(highest: number): CountScale {
  const wanted = Math.max(1, highest * headroom);
  const step = roundStep(wanted / 4);
  const count = step * 3 >= wanted ? 3 : 4;
  const lines = Array.from({ length: count }, (_, index) => step * (index + 1));
  return { top: step * count, lines };
}

/** The smallest of 1, 2, 2.5, 5 × 10ⁿ that is at least `least` and whole: half a ban is none. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  const steps = [1, 2, 2.5, 5, 10].map((factor) => factor * power).filter(Number.isInteger);
  return steps.find((step) => step >= least) ?? power * 10;
}
