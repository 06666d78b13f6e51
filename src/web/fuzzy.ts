/** How well typed letters fit a name, so that `nbs` finds `nginx-botsearch`. */

/**
 * Null when the letters do not occur in this order. Higher is better: the whole name, its beginning, the beginnings of
 * its words and letters side by side count most.
 */
export function fuzzyScore(typed: string, name: string): number | null {
  const wanted = typed.toLowerCase().replaceAll(/\s+/g, '');
  const text = name.toLowerCase();
  if (wanted === '') return 0;
  const whole = text.indexOf(typed.trim().toLowerCase());
  if (whole >= 0) return 1000 - whole - text.length / 100 + (beginsWord(text, whole) ? 500 : 0);
  let score = 0;
  let at = -1;
  for (const letter of wanted) {
    const next = bestNext(text, letter, at + 1);
    if (next < 0) return null;
    score += next === at + 1 ? 8 : beginsWord(text, next) ? 6 : 1;
    at = next;
  }
  return score - text.length / 100;
}

/** Those that fit, the best first; equal ones stay in their order. */
export function fuzzySort<T>(typed: string, items: readonly T[], nameOf: (item: T) => string): T[] {
  return items
    .flatMap((item) => {
      const score = fuzzyScore(typed, nameOf(item));
      return score === null ? [] : [{ item, score }];
    })
    .toSorted((a, b) => b.score - a.score)
    .map(({ item }) => item);
}

const beginsWord = (text: string, at: number): boolean => at === 0 || /[\s\-_.]/.test(text.charAt(at - 1));

/** The next place of a letter: right here, at the beginning of a word, or anywhere. */
function bestNext(text: string, letter: string, from: number): number {
  const first = text.indexOf(letter, from);
  if (first === from || first < 0) return first;
  for (let at = first; at >= 0; at = text.indexOf(letter, at + 1)) {
    if (beginsWord(text, at)) return at;
  }
  return first;
}
