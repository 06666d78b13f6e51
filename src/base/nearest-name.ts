/** What somebody probably meant to write. */

/** The known name that differs in the fewest letters. `known` must not be empty. */
export function nearestName(name: string, known: readonly string[]): string {
  return known.reduce((best, each) => (distance(name, each) < distance(name, best) ? each : best));
}

/** Nobody meant a name by what is longer. */
const longestName = 100;

/** The nearest known name, or null when none is so near that it was probably meant. */
export function nearName(name: string, known: readonly string[]): string | null {
  if (known.length === 0 || name.length > longestName) return null;
  const nearest = nearestName(name, known);
  return distance(name, nearest) <= Math.max(1, Math.floor(name.length / 3)) ? nearest : null;
}

/** Levenshtein's: how many letters must be added, taken away or changed. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of from.split('').entries()) {
    const next = [i + 1];
    for (let j = 1; j <= to.length; j++) {
      const change = (row[j - 1] ?? 0) + (letter === to[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
