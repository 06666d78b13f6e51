import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startFail2ban, type RealFail2ban } from './real-fail2ban.ts';

let fail2ban: RealFail2ban;
beforeAll(async () => {
  fail2ban = await startFail2ban({ extraJails: 2 });
}, 60_000);
afterAll(() => fail2ban.remove(), 60_000);

test('it runs the jails it was asked for', async () => {
  const status = await fail2ban.client('status');
  expect(status).toContain('Number of jail:\t6');
  expect(status).toContain('extra-1, extra-2, incr, manual, sshd, web');
}, 30_000);

test.each(['sshd', 'web', 'incr'] as const)(
  'three failures in the log of %s are a ban',
  async (jail) => {
    await fail2ban.fail(jail, '192.0.2.77', 3);
    await expect
      .poll(() => fail2ban.client('get', jail, 'banip'), { timeout: 20_000, interval: 200 })
      .toContain('192.0.2.77');
  },
  40_000,
);

test('it comes back with its bans after a kill', async () => {
  await fail2ban.client('set', 'manual', 'banip', '192.0.2.78');
  await sleep(500);
  const before = fail2ban.pid;
  await fail2ban.kill();
  expect(fail2ban.pid).toBe(-1);
  await fail2ban.start();
  expect(fail2ban.pid).not.toBe(before);
  await sleep(1500);
  expect(await fail2ban.client('get', 'manual', 'banip')).toContain('192.0.2.78');
}, 60_000);
