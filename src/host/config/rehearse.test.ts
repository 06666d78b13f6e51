/** Wrong and good edits against the distribution's own configuration, tried by the real fail2ban's modules. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRehearsalScene, type RehearsalScene } from '../../../test/rehearsal.ts';
import { wrongEdits } from '../../../test/wrong-edits.ts';

let scene: RehearsalScene;
let before: Record<string, string>;
beforeAll(async () => {
  scene = await openRehearsalScene();
  before = await scene.contents();
});
afterAll(() => scene.remove());

async function nothingWasDone(): Promise<void> {
  expect(await scene.contents()).toEqual(before);
  expect(await scene.leftovers()).toEqual([]);
  // What the edits that hold code would have made.
  await expect(access(join(scene.dir, 'ran'))).rejects.toThrow('ENOENT');
}

test('the configuration as it is has no findings', async () => {
  const { findings, enabled, starts, reloads, stops, failure } = await scene.rehearse({});
  expect(failure).toBeNull();
  expect(findings).toEqual([]);
  expect(enabled).toEqual(['incr', 'manual', 'sshd', 'web']);
  expect([starts, reloads, stops]).toEqual([[], [], []]);
});

describe('a wrong edit is told with its place, and nothing is written:', () => {
  test('there are enough of them', () => {
    expect(wrongEdits.length).toBeGreaterThanOrEqual(60);
    expect(new Set(wrongEdits.map(({ name }) => name)).size).toBe(wrongEdits.length);
  });

  test.each(wrongEdits)('$name', async ({ files, finding }) => {
    const rehearsal = await scene.rehearse(files);
    expect(rehearsal.failure).toBeNull();
    const errors = rehearsal.findings.filter(({ severity }) => severity === 'error');
    expect(errors).toContainEqual(expect.objectContaining(finding));
    if (finding.jail !== undefined) expect(rehearsal.enabled).not.toContain(finding.jail);
    await nothingWasDone();
  });
});
