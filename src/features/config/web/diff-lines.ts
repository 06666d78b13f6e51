/** What differs between two texts, line by line, and within a line that was rewritten. */

export interface DiffLine {
  kind: 'same' | 'removed' | 'added';
  text: string;
  /** Numbers of the line in the two texts, counted from 1; null where it does not stand. */
  before: number | null;
  after: number | null;
}

/** Texts that differ in more lines than this are shown as wholly rewritten, so that no page stands still over them. */
const mostChanges = 800;

export function diffLines(before: string, after: string): DiffLine[] {
  const a = linesOf(before);
  const b = linesOf(after);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const kept = shortest(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  const all = [
    ...Array.from({ length: head }, (_, at) => [at, at] as const),
    ...kept.map(([x, y]) => [x + head, y + head] as const),
    ...Array.from({ length: tail }, (_, at) => [a.length - tail + at, b.length - tail + at] as const),
  ];
  return between(a, b, all);
}

/** A last line end is no line of its own. */
function linesOf(text: string): string[] {
  if (text === '') return [];
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The lines of both texts in one order, from the pairs of equal ones. */
function between(a: readonly string[], b: readonly string[], pairs: readonly (readonly [number, number])[]) {
  const lines: DiffLine[] = [];
  let x = 0;
  let y = 0;
  const upTo = (endX: number, endY: number): void => {
    for (; x < endX; x += 1) lines.push({ kind: 'removed', text: a[x] ?? '', before: x + 1, after: null });
    for (; y < endY; y += 1) lines.push({ kind: 'added', text: b[y] ?? '', before: null, after: y + 1 });
  };
  for (const [nextX, nextY] of pairs) {
    upTo(nextX, nextY);
    lines.push({ kind: 'same', text: b[nextY] ?? '', before: nextX + 1, after: nextY + 1 });
    x = nextX + 1;
    y = nextY + 1;
  }
  upTo(a.length, b.length);
  return lines;
}

/** Pairs of equal lines that leave the fewest others, in order: the algorithm of Myers. */
function shortest(a: readonly string[], b: readonly string[]): [number, number][] {
  const most = Math.min(a.length + b.length, mostChanges);
  const furthest = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let d = 0; d <= most; d += 1) {
    trace.push(new Map(furthest));
    for (let k = -d; k <= d; k += 2) {
      let x = startOf(furthest, k, d);
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      furthest.set(k, x);
      if (x >= a.length && x - k >= b.length) return walkBack(trace, a.length, b.length);
    }
  }
  return [];
}

/** A step down takes a line of the later text, a step aside drops one of the earlier. */
function goesDown(furthest: ReadonlyMap<number, number>, k: number, d: number): boolean {
  return k === -d || (k !== d && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
}

const startOf = (furthest: ReadonlyMap<number, number>, k: number, d: number): number =>
  goesDown(furthest, k, d) ? (furthest.get(k + 1) ?? 0) : (furthest.get(k - 1) ?? -1) + 1;

function walkBack(trace: readonly Map<number, number>[], endX: number, endY: number): [number, number][] {
  const pairs: [number, number][] = [];
  let x = endX;
  let y = endY;
  for (let d = trace.length - 1; d >= 0; d -= 1) {
    const furthest = trace[d] ?? new Map<number, number>();
    const k = x - y;
    const start = startOf(furthest, k, d);
    while (x > start && x > 0 && y > 0) {
      x -= 1;
      y -= 1;
      pairs.push([x, y]);
    }
    if (d === 0) break;
    if (goesDown(furthest, k, d)) y -= 1;
    else x -= 1;
  }
  return pairs.reverse();
}

export interface DiffCount {
  added: number;
  removed: number;
}

export const countDiff = (lines: readonly DiffLine[]): DiffCount => ({
  added: lines.filter(({ kind }) => kind === 'added').length,
  removed: lines.filter(({ kind }) => kind === 'removed').length,
});

/** Numbers of the lines of the later text that are not in the earlier one. */
export const changedLines = (lines: readonly DiffLine[]): number[] =>
  lines.flatMap(({ kind, after }) => (kind === 'added' && after !== null ? [after] : []));

export type DiffPart = { kind: 'lines'; lines: readonly DiffLine[] } | { kind: 'skipped'; count: number };

const context = 2;

/** Only what changed, with two lines around; the rest as a count. */
export function diffParts(lines: readonly DiffLine[]): DiffPart[] {
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - context), at + context + 1).some(({ kind }) => kind !== 'same'),
  );
  const parts: DiffPart[] = [];
  let from = 0;
  while (from < lines.length) {
    let to = from;
    while (to < lines.length && near[to] === near[from]) to += 1;
    if (near[from] === true) parts.push({ kind: 'lines', lines: lines.slice(from, to) });
    else parts.push({ kind: 'skipped', count: to - from });
    from = to;
  }
  return parts;
}

/** Removed lines beside the added ones that took their place; one side is null where there is none. */
export function besides(lines: readonly DiffLine[]): [DiffLine | null, DiffLine | null][] {
  const rows: [DiffLine | null, DiffLine | null][] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at];
    if (line === undefined) break;
    if (line.kind === 'same') {
      rows.push([line, line]);
      at += 1;
      continue;
    }
    const block = lines.slice(at).findIndex(({ kind }) => kind === 'same');
    const end = block === -1 ? lines.length : at + block;
    const removed = lines.slice(at, end).filter(({ kind }) => kind === 'removed');
    const added = lines.slice(at, end).filter(({ kind }) => kind === 'added');
    for (let row = 0; row < Math.max(removed.length, added.length); row += 1) {
      rows.push([removed[row] ?? null, added[row] ?? null]);
    }
    at = end;
  }
  return rows;
}

/** Where a line differs from the one whose place it took, in whole words: characters, counted from 0. Null: all over. */
export function changedSpan(text: string, other: string): { from: number; to: number } | null {
  let from = 0;
  while (from < text.length && from < other.length && text[from] === other[from]) from += 1;
  let end = 0;
  const room = Math.min(text.length, other.length) - from;
  while (end < room && text.at(-1 - end) === other.at(-1 - end)) end += 1;
  if (from === 0 && end === 0) return null;
  let to = text.length - end;
  while (from > 0 && word.test(text[from - 1] ?? '')) from -= 1;
  while (to < text.length && word.test(text[to] ?? '')) to += 1;
  return { from, to };
}

const word = /\w/;
