/** Every wrong edit we know of, sent through the whole change: told with its place, and nothing is another than before. */
import { access, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openChangesScene, type ChangesScene } from '../../../test/changes-scene.ts';
import { wrongEdits } from '../../../test/wrong-edits.ts';

let scene: ChangesScene;
let temporary = '';
let before: Record<string, string>;
let logBefore = '';
const log = () => readFile(scene.fail2ban.logFile, 'utf8');
beforeAll(async () => {
  scene = await openChangesScene({});
  temporary = join(scene.fail2ban.dir, 'temporary');
  await mkdir(temporary);
  [before, logBefore] = [await scene.contents(), await log()];
  vi.stubEnv('TMPDIR', temporary);
}, 60_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await scene.close();
});

test('there are enough of them', () => {
  expect(wrongEdits.length).toBeGreaterThanOrEqual(60);
  expect(new Set(wrongEdits.map(({ name }) => name)).size).toBe(wrongEdits.length);
});

// A log level and the like are checked for jails of this very folder.
test.each(wrongEdits.map((edit) => [edit.name, edit] as const))('%s', async (_name, edit) => {
  const end = await scene.apply(edit.files);
  expect(end.result).toBe('refused');
  const errors = end.findings.filter(({ severity }) => severity === 'error');
  expect(end.findings[0]).toEqual(errors[0]);
  expect(errors).toContainEqual(expect.objectContaining(edit.finding));
  expect(await scene.contents()).toEqual(before);
  // fail2ban was told nothing: it logs every start, stop and reload.
  expect(await log()).toBe(logBefore);
  // What was tried is gone, and so is what the edits that hold code would have made.
  expect(await readdir(temporary)).toEqual([]);
  await expect(access(join(scene.fail2ban.dir, 'ran'))).rejects.toThrow('ENOENT');
});

test('after all of them the same jails run', async () => {
  expect(await scene.jails()).toBe('incr, manual, sshd, web');
});
