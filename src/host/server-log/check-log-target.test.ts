/** Which targets fail2ban may be told to log to. */
import { link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkLogTarget } from './check-log-target.ts';

let dir: string;
let logs: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bangui-target-'));
  logs = join(dir, 'logs');
  await mkdir(logs);
  await mkdir(join(dir, 'secret'));
  await mkdir(join(dir, 'logs-of-others'));
  await mkdir(join(dir, 'own'));
  await writeFile(
    join(logs, 'old.log'),
    '2026-11-22 01:34:29,123 fail2ban.server         [1]: INFO    Starting\n',
  );
  await writeFile(join(logs, 'empty.log'), '');
  await writeFile(join(logs, 'auth.log'), 'Nov 22 01:34:29 host sshd[1]: Accepted password\n');
  await symlink(join(dir, 'secret/file'), join(logs, 'link.log'));
  await symlink(join(dir, 'secret'), join(logs, 'out'));
});
afterAll(() => rm(dir, { recursive: true }));

const check = (target: string) =>
  checkLogTarget(target.replace('$', dir), {
    allowedDirs: [logs],
    own: ['STDOUT', join(dir, 'own/fail2ban.log')],
  });

test.each(['SYSLOG', 'syslog', 'STDOUT', 'STDERR', 'SYSOUT', 'SYSTEMD-JOURNAL'])(
  'the word %s',
  async (word) => {
    expect(await check(word)).toEqual({ ok: true, target: word.toUpperCase() });
  },
);

test.each(['$/logs/new.log', '$/logs/old.log', '$/logs/empty.log', '$/own/other.log', '$/own/fail2ban.log'])(
  'the file %s',
  async (target) => {
    expect(await check(target)).toEqual({ ok: true, target: target.replace('$', dir) });
  },
);

test.each([
  ['$/logs/auth.log', /no log of fail2ban/],
  ['$/logs/link.log', /symbolic link/],
  ['$/logs/out/new.log', /nowhere else/],
  ['$/secret/new.log', /nowhere else/],
  ['$/logs-of-others/new.log', /nowhere else/],
  ['$/logs/../secret/new.log', /absolute path/],
  ['$/logs', /nowhere else/],
  ['$/logs/', /absolute path/],
  ['$/nowhere/new.log', /no folder/],
  ['/etc/passwd', /nowhere else/],
  ['logs/new.log', /absolute path/],
  ['$/logs/new.log[padding=off]', /absolute path/],
  ['$/logs/%(x)s.log', /absolute path/],
  ['$/logs/a\nloglevel = DEBUG', /absolute path/],
  ['$/logs/a\u0000b', /absolute path/],
  ['$/logs/a<F2B_END_COMMAND>', /absolute path/],
  ['', /absolute path/],
])('%j is refused', async (target, reason) => {
  const answer = await check(target);
  expect(answer).toMatchObject({ ok: false });
  expect(answer.ok ? '' : answer.reason).toMatch(reason);
});

test('a folder is no file, and a hard link to a foreign file is seen by its first line', async () => {
  await mkdir(join(logs, 'folder'));
  await link(join(logs, 'auth.log'), join(logs, 'hard.log'));
  expect(await check('$/logs/folder')).toMatchObject({ ok: false, reason: 'It is no file.' });
  expect(await check('$/logs/hard.log')).toMatchObject({ ok: false });
});
