/** The rehearsal's engine when it is missing, hangs, says nonsense, or is asked too much. */
import { chmod, mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { changesOf, openRehearsalScene, type RehearsalScene } from '../../../test/rehearsal.ts';
import { createRehearser } from './rehearse.ts';

const edit = { 'jail.d/web.local': '[web]\nmaxretry = 9\n' };
let scene: RehearsalScene;
beforeAll(async () => {
  scene = await openRehearsalScene();
});
afterAll(() => scene.remove());
afterEach(async () => {
  const left = await scene.leftovers();
  if (left.length > 0) throw new Error(`left in the temporary folder: ${left.join(', ')}`);
});

/** A program whose Python is this shell script. */
async function engine(name: string, script: string): Promise<string> {
  const python = join(scene.dir, `python-${name}`);
  await writeFile(python, `#!/bin/sh\n${script}\n`);
  await chmod(python, 0o755);
  const program = join(scene.dir, `server-${name}`);
  await writeFile(program, `#!${python}\n`);
  return program;
}
const empty = { findings: [], starts: [], reloads: [], stops: [], enabled: [] };

test.each([
  ['that is not there', '/nowhere/fail2ban-server', /cannot be read/],
  ['that is no Python program', '/bin/true', /not fail2ban’s own Python program/],
])('an engine %s', async (_name, program, sentence) => {
  const rehearsal = await scene.rehearse(edit, { program });
  expect(rehearsal).toMatchObject({ ...empty, failure: expect.stringMatching(sentence) });
});

test.each([
  ['hangs', 'exec sleep 1000', /too much time/],
  ['says nonsense', 'echo nonsense', /not understood/],
  ['never stops talking', 'exec cat /dev/zero', /too long/],
  ['fails', 'echo something broke >&2; exit 3', /failed: something broke/],
  ['does not know fail2ban', 'echo "No module named \'fail2ban\'" >&2; exit 1', /does not know fail2ban/],
])('an engine that %s', async (name, script, sentence) => {
  const program = await engine(name.replaceAll(' ', '-'), script);
  const limits = { withinMs: 700, outputBytes: 100_000 };
  const began = performance.now();
  const rehearsal = await scene.rehearse(edit, { program, limits });
  expect(rehearsal).toMatchObject({ ...empty, failure: expect.stringMatching(sentence) });
  expect(performance.now() - began).toBeLessThan(10_000);
});

test('a folder that is not there', async () => {
  const { failure } = await scene.rehearse(edit, { configDir: '/nowhere/fail2ban' });
  expect(failure).toBe('The configuration folder /nowhere/fail2ban cannot be read.');
});

test('it ends when whoever asked is gone, and when it is closed', async () => {
  const program = await engine('slow', 'exec sleep 1000');
  const gone = new AbortController();
  const asked = scene.rehearse(edit, { program }, gone.signal);
  await sleep(300);
  gone.abort();
  expect((await asked).failure).toBe('The rehearsal was stopped.');

  const { configDir, dir } = scene;
  const rehearser = createRehearser({ configDir, program, allowedLogDirs: [] });
  // The third waits for the first two.
  const running = [1, 2, 3].map(() => rehearser.rehearse(changesOf(edit, dir), new AbortController().signal));
  await sleep(300);
  await rehearser.close();
  for (const one of await Promise.all(running)) expect(one.failure).toBe('The rehearsal was stopped.');
});

test('what a killed BanGUI left behind is removed, what another one is at is not', async () => {
  const [old, fresh] = ['bangui-rehearsal-old', 'bangui-rehearsal-fresh'].map((name) =>
    join(scene.dir, 'temporary', name),
  );
  if (old === undefined || fresh === undefined) throw new Error('no names');
  for (const one of [old, fresh]) await mkdir(one);
  const hourAgo = new Date(Date.now() - 3_600_000);
  await utimes(old, hourAgo, hourAgo);
  await scene.rehearse(edit);
  expect(await scene.leftovers()).toEqual(['bangui-rehearsal-fresh']);
  await rm(fresh, { recursive: true });
});

test('log paths that stand for half the machine are stopped, and the rest is still tried', async () => {
  const { failure, findings } = await scene.rehearse({
    'jail.d/web.local': `[web]\nlogpath = ${'/*/..'.repeat(12)}/*.log\n[sshd]\nmaxretry = x\n`,
  });
  expect(failure).toBeNull();
  expect(findings.map(({ jail, code, line }) => [jail, code, line])).toEqual([
    ['web', 'log-slow', 2],
    ['sshd', 'not-a-number', 4],
  ]);
});

test('processor time and memory end as well', async () => {
  const many = Array.from(
    { length: 8_000 },
    (_, index) => `[j${index}]\nenabled = true\nfilter = never\nlogpath = /dev/null\n`,
  );
  const files = { 'jail.d/web.local': many.join('') };
  const slow = await scene.rehearse(files, { limits: { cpuSeconds: 1 } });
  expect(slow.failure).toMatch(/too much time/);
  const large = await scene.rehearse(edit, { limits: { memoryBytes: 24 * 1024 * 1024 } });
  expect(large.failure).toMatch(/failed/);
});
