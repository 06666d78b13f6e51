/** The secret beside the database. */
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepSessionSecret } from './session-secret.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bangui-secret-'));
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

test('is made once, readable by nobody else, with nothing left beside it', () => {
  const first = keepSessionSecret(join(folder, 'bangui.db'));
  expect(first.length).toBeGreaterThanOrEqual(32);
  expect(keepSessionSecret(join(folder, 'bangui.db'))).toBe(first);
  expect(readdirSync(folder)).toEqual(['session-secret']);
  expect(statSync(join(folder, 'session-secret')).mode & 0o777).toBe(0o600);
});

test('a file that was cut short is an error, not a reason to sign everybody out', () => {
  writeFileSync(join(folder, 'session-secret'), 'short');
  expect(() => keepSessionSecret(join(folder, 'bangui.db'))).toThrow(
    /session-secret.*fewer than 32 characters/,
  );
});

test('a folder that is not there is an error with the name of the file', () => {
  expect(() => keepSessionSecret(join(folder, 'gone', 'bangui.db'))).toThrow(
    join(folder, 'gone', 'session-secret'),
  );
});
