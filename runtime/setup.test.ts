/** Set-up as a program, in projects of its own: what it does once, what it refuses, and how it ends. */
import { spawn, type ChildProcess } from 'node:child_process';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

interface Ended {
  code: number | null;
  output: string;
}

let root = '';
let fakes = '';
let children: ChildProcess[] = [];

beforeEach(async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'bangui-setup-')));
  root = join(folder, 'project');
  fakes = join(folder, 'bin');
  children = [];
  await mkdir(fakes);
  await mkdir(join(root, 'src'), { recursive: true });
  for (const name of await readdir(import.meta.dirname)) {
    if (name.endsWith('.mjs')) await cp(join(import.meta.dirname, name), join(root, 'runtime', name));
  }
  await writeFile(join(root, 'package.json'), '{"name": "sample", "version": "1.0.0"}');
  await writeLockfile('1.0.0');
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(join(root, '..'), { recursive: true, force: true });
});

const writeLockfile = (version: string): Promise<void> =>
  writeFile(
    join(root, 'package-lock.json'),
    JSON.stringify({
      name: 'sample',
      version,
      lockfileVersion: 3,
      packages: { '': { name: 'sample', version } },
    }),
  );

/** A program that is found before the real one of its name. */
async function fake(name: string, script: string): Promise<void> {
  await writeFile(join(fakes, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(fakes, name), 0o755);
}

function begin(
  args: readonly string[],
  cwd = root,
): { child: ChildProcess; ended: Promise<Ended>; said(): string } {
  const env = { ...process.env, PATH: `${fakes}${delimiter}${process.env['PATH']}` };
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  child.stderr.on('data', (text: Buffer) => (output += text.toString()));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, output })));
  return { child, ended, said: () => output };
}

const setUp = (...options: string[]): ReturnType<typeof begin> =>
  begin([join(root, 'runtime/setup.mjs'), '--no-pages', ...options]);

async function untilSaid(run: ReturnType<typeof begin>, text: string): Promise<void> {
  const giveUpAt = performance.now() + 20_000;
  while (!run.said().includes(text)) {
    if (performance.now() > giveUpAt) throw new Error(`"${text}" was not said, but: ${run.said()}`);
    await delay(20);
  }
}

const slowNpm = 'mkdir -p node_modules; echo $$ > ../npm-pid; exec sleep 60';

/** Once it runs. */
async function slowNpmPid(): Promise<number> {
  for (let tries = 0; tries < 500; tries += 1) {
    const text = await readFile(join(root, '../npm-pid'), 'utf8').catch(() => '');
    if (text.endsWith('\n')) return Number(text);
    await delay(20);
  }
  throw new Error('npm was not started');
}

describe('set-up', () => {
  test('installs what the lockfile says, and a second run does nothing, quickly', async () => {
    const first = await setUp().ended;
    expect(first).toMatchObject({ code: 0 });
    expect(first.output).toMatch(/installing packages.* done in \d+\.\d s/);
    const began = performance.now();
    expect(await setUp().ended).toEqual({ code: 0, output: '' });
    expect(performance.now() - began).toBeLessThan(1_500);
  });

  test('installs again when the lockfile changed', async () => {
    await fake('npm', 'mkdir -p node_modules; echo x >> ../npm-runs');
    await setUp().ended;
    await setUp().ended;
    await writeLockfile('1.0.1');
    await setUp().ended;
    expect(await readFile(join(root, '../npm-runs'), 'utf8')).toBe('x\nx\n');
  });

  test('asks npm for the development packages even where they are left out by default', async () => {
    await fake('npm', 'mkdir -p node_modules; echo "$*" > ../npm-arguments');
    await setUp().ended;
    expect(await readFile(join(root, '../npm-arguments'), 'utf8')).toMatch(/^ci --include=dev/);
  });

  test('takes packages that npm itself brought in step as they are', async () => {
    await fake('npm', 'echo x >> ../npm-runs');
    await mkdir(join(root, 'node_modules'));
    await writeFile(join(root, 'node_modules/.package-lock.json'), '{"packages": {}}');
    expect(await setUp().ended).toEqual({ code: 0, output: '' });
    await expect(stat(join(root, '../npm-runs'))).rejects.toThrow('ENOENT');
  });

  test('says what npm said when npm fails, and tries again the next time', async () => {
    await fake('npm', 'mkdir -p node_modules; echo "npm error network is down"; exit 1');
    const failed = await setUp().ended;
    expect(failed.code).toBe(1);
    expect(failed.output).toContain('network is down');
    await fake('npm', 'mkdir -p node_modules');
    expect(await setUp().ended).toMatchObject({ code: 0 });
  });

  test('run twice at once installs once: the second waits', async () => {
    await fake('npm', 'mkdir -p node_modules; echo x >> ../npm-runs; sleep 1');
    const first = setUp();
    await untilSaid(first, 'installing');
    const second = setUp();
    await untilSaid(second, 'waiting');
    expect(second.said()).toContain(String(first.child.pid));
    expect(await first.ended).toMatchObject({ code: 0 });
    expect(await second.ended).toMatchObject({ code: 0 });
    expect(await readFile(join(root, '../npm-runs'), 'utf8')).toBe('x\n');
  });

  test('that was killed is waited for until its npm has ended too, and then leaves nothing in the way', async () => {
    await fake('npm', slowNpm);
    const first = setUp();
    const npmPid = await slowNpmPid();
    first.child.kill('SIGKILL');
    await fake('npm', 'mkdir -p node_modules');
    const second = setUp();
    await untilSaid(second, 'waiting');
    process.kill(npmPid, 'SIGKILL');
    expect(await second.ended).toMatchObject({ code: 0 });
  });

  test.for([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('ends at %s, with npm, and without a stamp', async ([signal, code]) => {
    await fake('npm', slowNpm);
    const run = setUp();
    const npmPid = await slowNpmPid();
    run.child.kill(signal);
    const { code: ended, output } = await run.ended;
    expect(() => process.kill(npmPid, 0)).toThrow('ESRCH');
    expect(ended).toBe(code);
    expect(output).toContain(`stopped by ${signal}`);
    expect(await readdir(join(root, 'node_modules')).catch(() => [])).toEqual([]);
  });

  test('ends when the shell that started it is gone, as after a SIGTERM to npm', async () => {
    await fake('npm', slowNpm);
    const shell = spawn('sh', ['-c', `"$0" runtime/setup.mjs --no-pages; echo went on`, process.execPath], {
      cwd: root,
      env: { ...process.env, PATH: `${fakes}${delimiter}${process.env['PATH']}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(shell);
    let output = '';
    shell.stdout.on('data', (text: Buffer) => (output += text.toString()));
    shell.stderr.on('data', (text: Buffer) => (output += text.toString()));
    const closed = new Promise((resolve) => shell.once('close', resolve));
    await slowNpmPid();
    shell.kill('SIGKILL');
    await closed;
    expect(output).toContain('stopped by SIGTERM');
    expect(output).not.toContain('went on');
  });

  test('refuses to replace the packages under a running server, and names it', async () => {
    await setUp().ended;
    const mark = join(root, 'node_modules/untouched');
    await writeFile(mark, '');
    await writeFile(join(root, 'src/main.ts'), 'setInterval(() => undefined, 1000); console.log("up");');
    const server = begin(['src/main.ts']);
    await untilSaid(server, 'up');
    await writeLockfile('1.0.1');
    const refused = await setUp().ended;
    expect(refused.code).toBe(1);
    expect(refused.output).toContain(`process ${server.child.pid}`);
    expect((await stat(mark)).isFile()).toBe(true);
    server.child.kill('SIGKILL');
    await server.ended;
    expect(await setUp().ended).toMatchObject({ code: 0 });
  });

  test('in half a copy says so', async () => {
    await rm(join(root, 'package-lock.json'));
    const { code, output } = await setUp().ended;
    expect(code).toBe(1);
    expect(output).toContain('not a whole copy');
  });
});
