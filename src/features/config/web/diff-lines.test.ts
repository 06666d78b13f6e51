import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { besides, changedLines, changedSpan, countDiff, diffLines, diffParts } from './diff-lines.ts';

const old = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].join('\n');

test('a rewritten line is one removed and one added, all others stay', () => {
  const lines = diffLines(old, old.replace('d', 'D'));
  expect(countDiff(lines)).toEqual({ added: 1, removed: 1 });
  expect(changedLines(lines)).toEqual([4]);
  expect(lines.find(({ kind }) => kind === 'removed')).toEqual({
    kind: 'removed',
    text: 'd',
    before: 4,
    after: null,
  });
});

test('both texts can be told from the difference of any two, and it is the shortest for a single insertion', () => {
  const texts = fc.array<string>(fc.constantFrom('x', 'y', 'z', ''), { maxLength: 30 });
  fc.assert(
    fc.property(texts, texts, (a, b) => {
      const lines = diffLines(`${a.join('\n')}\n`, `${b.join('\n')}\n`);
      const before = lines.filter(({ kind }) => kind !== 'added').map(({ text }) => text);
      const after = lines.filter(({ kind }) => kind !== 'removed').map(({ text }) => text);
      const none = (all: string[]) => (all.length === 0 ? [''] : all);
      expect(none(before)).toEqual(none(a));
      expect(none(after)).toEqual(none(b));
    }),
  );
  fc.assert(
    fc.property(texts, fc.nat(30), (a, at) => {
      const b = a.toSpliced(at, 0, 'new');
      expect(countDiff(diffLines(`${a.join('\n')}\n`, `${b.join('\n')}\n`)).removed).toBe(
        a.length === 0 ? 1 : 0,
      );
    }),
  );
});

test('two lines around a change are shown, the rest is counted', () => {
  const parts = diffParts(diffLines(old, old.replace('h', 'H')));
  expect(parts[0]).toEqual({ kind: 'skipped', count: 5 });
  expect(parts[1]).toMatchObject({ kind: 'lines' });
  expect(parts).toHaveLength(2);
});

test('side by side, what was removed stands beside what took its place', () => {
  const rows = besides(diffLines('a\nb\nc', 'a\nx\ny\nc'));
  expect(rows.map((row) => row.map((line) => line?.text ?? null))).toEqual([
    ['a', 'a'],
    ['b', 'x'],
    [null, 'y'],
    ['c', 'c'],
  ]);
});

test('within a rewritten line only the changed words are marked', () => {
  expect(changedSpan('maxretry = 5', 'maxretry = 30')).toEqual({ from: 11, to: 12 });
  expect(changedSpan('abc', 'xyz')).toBeNull();
  expect(changedSpan('banaction = nftables-multiprot', 'banaction = nftables-multiport')).toEqual({
    from: 21,
    to: 30,
  });
});

test('texts that have nothing in common are shown as rewritten, however long they are', () => {
  const long = (sign: string) => Array.from({ length: 20_000 }, (_, at) => `${sign}${at}`).join('\n');
  const began = performance.now();
  expect(countDiff(diffLines(long('a'), long('b')))).toEqual({ added: 20_000, removed: 20_000 });
  expect(performance.now() - began).toBeLessThan(5000);
});
