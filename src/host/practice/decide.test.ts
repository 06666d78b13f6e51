import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decidePractice } from './decide.ts';
import { practiceMark } from './find-servers.ts';

let dir = '';
let processFolder = '';

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bangui-decide-'));
  processFolder = join(dir, 'proc');
  await mkdir(processFolder);
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const decide = (
  question: Partial<Parameters<typeof decidePractice>[0]> = {},
): ReturnType<typeof decidePractice> =>
  decidePractice({
    setting: 'auto',
    socketConfigured: false,
    socketPath: join(dir, 'run', 'fail2ban.sock'),
    processFolder,
    ...question,
  });

async function pretendProcess(pid: number, ...words: string[]): Promise<void> {
  await mkdir(join(processFolder, String(pid)));
  await writeFile(join(processFolder, String(pid), 'cmdline'), words.map((word) => `${word}\0`).join(''));
}

describe('practice is used', () => {
  test('when nothing is configured, no socket exists and no fail2ban runs', async () => {
    await pretendProcess(1, '/sbin/init');
    await pretendProcess(7, 'vim', '/etc/fail2ban/jail.local');
    expect(await decide()).toMatchObject({ use: true });
  });

  test('whatever is there when the setting is always', async () => {
    await pretendProcess(40, '/usr/bin/python3', '/usr/bin/fail2ban-server', '-xf', 'start');
    expect(await decide({ setting: 'always', socketConfigured: true })).toMatchObject({ use: true });
  });

  test('when the only fail2ban here is the practice server of a BanGUI', async () => {
    const etc = join(dir, 'etc');
    await mkdir(etc);
    await writeFile(join(etc, practiceMark), '');
    await pretendProcess(41, '/usr/bin/python3', '/usr/bin/fail2ban-server', '-f', '-c', etc, 'start');
    expect(await decide()).toMatchObject({ use: true });
  });
});

describe('practice is not used', () => {
  test('when the setting is never', async () => {
    expect(await decide({ setting: 'never' })).toMatchObject({ use: false });
  });

  test('when a socket is configured, though nothing is there', async () => {
    const answer = await decide({ socketConfigured: true });
    expect(answer.use).toBe(false);
    expect(answer.reason).toContain('fail2ban.sock');
  });

  test('when a socket file exists that nobody listens on', async () => {
    await mkdir(join(dir, 'run'));
    await writeFile(join(dir, 'run', 'fail2ban.sock'), '');
    expect(await decide()).toMatchObject({ use: false });
  });

  test('when a socket exists that refuses us', async () => {
    await mkdir(join(dir, 'run'), { mode: 0o700 });
    const socketPath = join(dir, 'run', 'fail2ban.sock');
    const server = createServer((connection) => connection.destroy());
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
    try {
      expect(await decide({ socketPath })).toMatchObject({ use: false });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test('when it cannot be known whether a socket exists', async () => {
    // Too long for any file system: the answer is an error other than "no such file".
    expect(await decide({ socketPath: join(dir, 'x'.repeat(300)) })).toMatchObject({ use: false });
  });

  test.for([
    ['by its script', ['/usr/bin/python3', '/usr/bin/fail2ban-server', '-xf', 'start']],
    [
      'with options of python',
      ['python3', '-s', '/opt/f2b/bin/fail2ban-server', '-b', '-c', '/opt/etc', 'start'],
    ],
    ['as a program of its own', ['/usr/bin/fail2ban-server', '-b']],
  ] as const)('when a fail2ban runs, started %s', async ([, words]) => {
    await pretendProcess(4711, ...words);
    const answer = await decide();
    expect(answer.use).toBe(false);
    expect(answer.reason).toContain('4711');
  });
});
