/** The units for a machine without containers: systemd's own check, and the drop-in's command on real files. */
import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { projectRoot } from './image-store.ts';

const run = promisify(execFile);
const source = join(projectRoot, 'deploy/systemd');
let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bangui-systemd-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** As on a machine, but with our checkout in the place of /opt/bangui. */
async function unitText(change: (text: string) => string = (text) => text): Promise<string> {
  const text = await readFile(join(source, 'bangui.service'), 'utf8');
  return change(text.replaceAll('/opt/bangui', projectRoot));
}
const verify = async (text: string): Promise<string> => {
  const file = join(dir, 'bangui.service');
  await writeFile(file, text);
  const { stdout, stderr } = await run('systemd-analyze', [
    'verify',
    '--recursive-errors=no',
    '--man=no',
    file,
  ]).catch((error) => error);
  return `${stdout}${stderr}`;
};

test('the unit of BanGUI is one that systemd takes without a word', async () => {
  expect(await verify(await unitText())).toBe('');
  expect(await verify(await unitText((text) => text.replace('ProtectHome=', 'ProtectHomes=')))).toContain(
    'ProtectHomes',
  );
});

test('the unit gives BanGUI little to break, and Node what it needs', async () => {
  const text = await unitText();
  const file = join(dir, 'bangui.service');
  await writeFile(file, text);
  const { stdout } = await run('systemd-analyze', ['security', '--offline=yes', '--no-pager', file]);
  const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1]);
  expect(exposure).toBeGreaterThan(0);
  expect(exposure).toBeLessThan(2.5);
  expect(text).not.toMatch(/^MemoryDenyWriteExecute=/m);
  expect(text).toMatch(/^TimeoutStopSec=30$/m);
  expect(text).toMatch(/^Environment=BANGUI_PRACTICE=never$/m);
  expect(text).toMatch(/^ProtectSystem=strict$/m);
});

test('the drop-in waits for fail2ban and then opens its socket and database to the group', async () => {
  const text = await readFile(join(source, 'fail2ban.service.d/bangui.conf'), 'utf8');
  const command = /^ExecStartPost=-\/bin\/sh -c '([^']+)'$/m.exec(text)?.[1] ?? '';
  expect(command).not.toMatch(/(?<!\$)\$(?!\$)/);
  // any group that is there will do, and no file of this machine's own fail2ban is touched
  const here = command
    .replaceAll('$$', '$')
    .replaceAll('bangui ', 'daemon ')
    .replaceAll('/run/fail2ban', join(dir, 'run'))
    .replaceAll('/var/lib/fail2ban', join(dir, 'lib'));
  await mkdir(join(dir, 'run'));
  await mkdir(join(dir, 'lib'));
  const ended = run('sh', ['-c', here]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const server = createServer();
  const socket = join(dir, 'run/fail2ban.sock');
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const database = join(dir, 'lib/fail2ban.sqlite3');
  await writeFile(database, '', { mode: 0o600 });
  await ended;
  const { stdout } = await run('stat', ['-c', '%a %G', socket, database]);
  expect(stdout).toBe('660 daemon\n640 daemon\n');
  expect((await stat(database)).uid).toBe(process.getuid?.());
  await new Promise((resolve) => server.close(resolve));
});
