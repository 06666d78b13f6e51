/** Whether a new version of a list may take the place of the one before, or waits for a person. */

/** Below so many entries a list may do what it likes: halving is nothing unusual there. */
const judgedFrom = 100;

/** A sentence when it shrank or grew by more than half; null: it may. Counts are entries after merging. */
export function judgeChange(before: number | null, after: number): string | null {
  if (before === null || before < judgedFrom) return null;
  const share = Math.round((Math.abs(after - before) / before) * 100);
  const figures = `from ${written(before)} to ${written(after)} entries`;
  if (after * 2 < before) return `It shrank by ${share} %, ${figures}.`;
  if (after * 2 > before * 3) return `It grew by ${share} %, ${figures}.`;
  return null;
}

const written = (count: number): string => count.toLocaleString('en');

/** What stands there instead of a list, as a sentence; null: it is one. */
export function noList(looksLike: 'list' | 'html' | 'empty' | 'binary'): string | null {
  switch (looksLike) {
    case 'list':
      return null;
    case 'html':
      return 'A web page came instead of a list. The version before stays in force.';
    case 'binary':
      return 'What came is no text. The version before stays in force.';
    case 'empty':
      return 'Not one address or network could be read from it. The version before stays in force.';
  }
}
