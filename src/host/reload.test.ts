/** fail2ban's own client, against a real daemon. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startFail2ban, type RealFail2ban } from '../../test/fail2ban/real-fail2ban.ts';
import { parseJailName } from './jail-name.ts';
import { createReloader } from './reload.ts';

let fail2ban: RealFail2ban;
beforeAll(async () => {
  fail2ban = await startFail2ban();
}, 60_000);
afterAll(() => fail2ban.remove());

const reloader = (client: string | null = null) =>
  createReloader({ client, configDir: fail2ban.configDir, socketPath: fail2ban.socket });
const name = (text: string) => parseJailName(text) ?? expect.fail();
const setting = async (jail: string) => (await fail2ban.client('get', jail, 'maxretry')).trim();

test('one jail takes up its new settings, and a jail that was stopped comes back', async () => {
  await writeFile(join(fail2ban.configDir, 'jail.d/x.local'), '[sshd]\nmaxretry = 7\n[web]\nmaxretry = 8\n');
  expect(await reloader().reload([name('sshd')])).toEqual({ ok: true });
  expect([await setting('sshd'), await setting('web')]).toEqual(['7', '3']);
  await fail2ban.client('stop', 'web');
  expect(await reloader().reload([name('web')])).toEqual({ ok: true });
  expect(await setting('web')).toBe('8');
});

test('everything is one reload', async () => {
  await writeFile(join(fail2ban.configDir, 'jail.d/x.local'), '[DEFAULT]\nmaxretry = 9\n');
  expect(await reloader().reload(null)).toEqual({ ok: true });
  expect([await setting('sshd'), await setting('web')]).toEqual(['9', '9']);
});

test('a jail that is in no file is told, without the words that the client says always', async () => {
  const end = await reloader().reload([name('nowhere')]);
  expect(end).toEqual({ ok: false, said: expect.stringContaining('nowhere') });
  expect(JSON.stringify(end)).not.toContain('allowipv6');
});

test('a client that is missing is a sentence with the setting that names it', async () => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  try {
    expect(await reloader().reload(null)).toEqual({
      ok: false,
      said: expect.stringContaining('BANGUI_FAIL2BAN_CLIENT'),
    });
  } finally {
    process.env['PATH'] = path;
  }
  const wrong = await reloader('/nowhere/fail2ban-client').reload(null);
  expect(wrong).toEqual({ ok: false, said: expect.stringContaining('BANGUI_FAIL2BAN_CLIENT') });
});
