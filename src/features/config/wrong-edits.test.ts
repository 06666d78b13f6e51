/** Every wrong edit we know of, sent through the whole change: nothing of fail2ban is another than before. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChangesScene, type ChangesScene } from '../../../test/changes-scene.ts';
import { wrongEdits } from '../../../test/wrong-edits.ts';

let scene: ChangesScene;
beforeAll(async () => {
  scene = await openChangesScene({});
}, 60_000);
afterAll(() => scene.close());

// A log level and the like are checked for jails of this very folder.
test.each(wrongEdits.map((edit) => [edit.name, edit] as const))('%s', async (_name, edit) => {
  const before = await scene.contents();
  const end = await scene.apply(edit.files);
  expect(end.result).toBe('refused');
  expect(end.findings[0]).toMatchObject({ severity: 'error' });
  expect(end.findings).toContainEqual(expect.objectContaining(edit.finding));
  expect(await scene.contents()).toEqual(before);
  expect(await scene.jails()).toBe('incr, manual, sshd, web');
});
