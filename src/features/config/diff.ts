/** Unified diffs of configuration files, and how many lines came and went. */

export interface LineChange {
  kind: ' ' | '+' | '-';
  text: string;
}

/** More different lines than this are told as all gone and all new: nobody reads such a diff line by line. */
const mostEdits = 1_000;
const context = 3;

export function countChanges(
  before: string | null,
  after: string | null,
): { added: number; removed: number } {
  const changes = lineChanges(linesOf(before), linesOf(after));
  const count = (kind: LineChange['kind']) => changes.filter((one) => one.kind === kind).length;
  return { added: count('+'), removed: count('-') };
}

/** Empty when nothing differs. `/dev/null` stands for a file that is not there, as in `diff -u`. */
export function unifiedDiff(path: string, before: string | null, after: string | null): string {
  const changes = lineChanges(linesOf(before), linesOf(after));
  const hunks = hunksOf(changes);
  if (hunks.length === 0 && (before === null) === (after === null)) return '';
  const head = [
    before === null ? '--- /dev/null' : `--- a/${path}`,
    after === null ? '+++ /dev/null' : `+++ b/${path}`,
  ];
  return `${[...head, ...hunks].join('\n')}\n`;
}

function linesOf(text: string | null): string[] {
  if (text === null || text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : `${text}\n\\ No newline at end of file`).split('\n');
}

function lineChanges(before: readonly string[], after: readonly string[]): LineChange[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  const as = (kind: LineChange['kind'], lines: readonly string[]): LineChange[] =>
    lines.map((text) => ({ kind, text }));
  return [
    ...as(' ', before.slice(0, start)),
    ...shortest(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...as(' ', before.slice(before.length - end)),
  ];
}

/** The shortest way from one to the other, by Myers' greedy algorithm. */
function shortest(before: readonly string[], after: readonly string[]): LineChange[] {
  const rounds = roundsTo(before, after);
  if (rounds === null)
    return [
      ...before.map((text) => ({ kind: '-' as const, text })),
      ...after.map((text) => ({ kind: '+' as const, text })),
    ];
  const changes: LineChange[] = [];
  let [x, y] = [before.length, after.length];
  for (let edits = rounds.length; edits > 0; edits--) {
    const reached = rounds[edits - 1] ?? new Map<number, number>();
    const diagonal = x - y;
    const added = isAdded(reached, diagonal);
    const fromX = reached.get(added ? diagonal + 1 : diagonal - 1) ?? 0;
    const startX = added ? fromX : fromX + 1;
    for (; x > startX; y--) changes.push({ kind: ' ', text: before[--x] ?? '' });
    if (added) changes.push({ kind: '+', text: after[--y] ?? '' });
    else changes.push({ kind: '-', text: before[--x] ?? '' });
  }
  while (x > 0) changes.push({ kind: ' ', text: before[--x] ?? '' });
  return changes.toReversed();
}

/** How far each diagonal (lines gone minus lines new) came, before each edit; null after too many. */
function roundsTo(before: readonly string[], after: readonly string[]): Map<number, number>[] | null {
  const rounds: Map<number, number>[] = [];
  const slide = (from: number, diagonal: number): number => {
    let x = from;
    while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x++;
    return x;
  };
  let reached = new Map([[0, slide(0, 0)]]);
  const isThere = (): boolean => reached.get(before.length - after.length) === before.length;
  while (!isThere()) {
    const edits = rounds.length + 1;
    if (edits > mostEdits) return null;
    const next = new Map<number, number>();
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const from = isAdded(reached, diagonal)
        ? (reached.get(diagonal + 1) ?? 0)
        : (reached.get(diagonal - 1) ?? Infinity) + 1;
      if (from <= before.length && from - diagonal <= after.length) next.set(diagonal, slide(from, diagonal));
    }
    rounds.push(reached);
    reached = next;
  }
  return rounds;
}

/** Whether a diagonal is reached by a new line rather than by one that goes. */
function isAdded(reached: ReadonlyMap<number, number>, diagonal: number): boolean {
  const [gone, added] = [reached.get(diagonal - 1), reached.get(diagonal + 1)];
  return added !== undefined && (gone === undefined || gone < added);
}

function hunksOf(changes: readonly LineChange[]): string[] {
  const kept = changes.map((_, index) =>
    changes.slice(Math.max(0, index - context), index + context + 1).some(({ kind }) => kind !== ' '),
  );
  const lines: string[] = [];
  let [old, fresh] = [1, 1];
  for (let index = 0; index < changes.length;) {
    const end = kept.indexOf(kept[index] !== true, index);
    const run = changes.slice(index, end < 0 ? changes.length : end);
    const olds = run.filter(({ kind }) => kind !== '+').length;
    const news = run.filter(({ kind }) => kind !== '-').length;
    if (kept[index] === true) {
      lines.push(`@@ -${at(old, olds)} +${at(fresh, news)} @@`);
      lines.push(...run.map(({ kind, text }) => `${kind}${text}`));
    }
    [old, fresh] = [old + olds, fresh + news];
    index += run.length;
  }
  return lines;
}

/** An empty side is told by the line before it. */
const at = (line: number, count: number): string => `${count === 0 ? line - 1 : line},${count}`;
