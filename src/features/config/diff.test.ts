/** Unified diffs, checked against `diff -u`. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { countChanges, unifiedDiff } from './diff.ts';

/** What `patch` makes of the old text and our diff. */
function patched(before: string, diff: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'bangui-diff-'));
  try {
    writeFileSync(join(dir, 'x'), before);
    execFileSync('patch', ['-s', '-u', join(dir, 'x'), '-o', join(dir, 'y')], { input: diff });
    return execFileSync('cat', [join(dir, 'y')], { encoding: 'utf8' });
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Numbers that look random and are the same in each run. */
function* numbers(): Generator<number, void> {
  for (let seed = 7; ; seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) yield seed;
}

test('a patch made of it leads from the old text to the new one', () => {
  const random = numbers();
  const next = (most: number): number => Math.floor(((random.next().value ?? 0) / 2 ** 31) * most);
  for (let round = 0; round < 30; round++) {
    const before = Array.from({ length: 1 + next(40) }, () => `line ${next(8)}`);
    const after = before.flatMap((line) =>
      next(4) === 0 ? [] : next(5) === 0 ? [line, `new ${next(9)}`] : [line],
    );
    const [old, fresh] = [`${before.join('\n')}\n`, `${after.join('\n')}\n`];
    const diff = unifiedDiff('jail.local', old, fresh);
    if (old === fresh) expect(diff).toBe('');
    else expect(patched(old, diff)).toBe(fresh);
  }
});

test('it tells files that come and go, and the end of a file', () => {
  expect(unifiedDiff('x.local', null, '[web]\na = 1\n')).toBe(
    '--- /dev/null\n+++ b/x.local\n@@ -0,0 +1,2 @@\n+[web]\n+a = 1\n',
  );
  expect(unifiedDiff('x.local', 'a\n', null)).toBe('--- a/x.local\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a\n');
  expect(unifiedDiff('x.local', 'a', 'a\n')).toContain('\\ No newline at end of file');
});

test('it counts lines, also of files in which nearly everything is different', () => {
  expect(countChanges('a\nb\nc\n', 'a\nc\nd\n')).toEqual({ added: 1, removed: 1 });
  expect(countChanges(null, 'a\nb\n')).toEqual({ added: 2, removed: 0 });
  const many = (word: string): string => Array.from({ length: 3_000 }, (_, n) => `${word} ${n}\n`).join('');
  expect(countChanges(many('a'), many('b'))).toEqual({ added: 3_000, removed: 3_000 });
});
