/** Bans that last longer than their jail bans for: kept alive through everything but somebody's own unban. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startBangui, until, type RunningBangui } from '../../../test/bangui.ts';
import { startFail2ban, type RealFail2ban } from '../../../test/fail2ban/real-fail2ban.ts';
import { signIn, type Operator } from '../../../test/operator.ts';

const jailSeconds = 12;
const shortJail = `
[short]
enabled = true
filter = never
logpath = /dev/null
bantime = ${jailSeconds}
`;
const listed = z.object({
  items: z.array(z.object({ ip: z.string(), expires_at: z.string().nullable(), ends_early: z.boolean() })),
});

describe('a ban longer than its jail’s', { timeout: 120_000 }, () => {
  let fail2ban: RealFail2ban;
  let bangui: RunningBangui;
  let operator: Operator;
  beforeAll(async () => {
    fail2ban = await startFail2ban({ jails: shortJail });
  }, 60_000);
  afterAll(() => fail2ban.remove(), 60_000);
  beforeEach(async () => {
    bangui = await startBangui({ socket: fail2ban.socket });
    operator = await signIn(bangui.url);
    await until('fail2ban is online', async () => (await operator.get('/api/v1/health')).status === 200);
  }, 60_000);
  afterEach(async () => {
    await bangui.dispose();
    await fail2ban.client('unban', '--all');
  }, 60_000);

  const ban = async (duration: number | string, jail = 'short') =>
    operator.send('POST', '/api/v1/bans', { ips: ['8.8.4.4'], jail, duration });
  const held = async (jail = 'short') => (await fail2ban.client('get', jail, 'banip')).includes('8.8.4.4');
  const shown = async () => listed.parse((await operator.get('/api/v1/bans/active')).body).items;
  const restart = async () => {
    bangui = await bangui.restart();
    operator = await signIn(bangui.url);
  };
  /** Longer than the jail's ban time and everything that BanGUI waits for before it bans again. */
  const longEnough = (jailSeconds + 15) * 1000;

  test('outlives it without a gap, shows its own end, and ends then', async () => {
    const began = Date.now();
    expect((await ban('40s')).status).toBe(201);
    while (Date.now() - began < 38_000) {
      expect(await held()).toBe(true);
      const [row] = await shown();
      expect(Math.abs(Date.parse(row?.expires_at ?? '') - began - 40_000)).toBeLessThan(3_000);
      expect(row?.ends_early).toBe(false);
      await sleep(500);
    }
    await until('it is ended', async () => !(await held()));
    expect(Date.now() - began).toBeGreaterThan(39_000);
    await until('the list says so', async () => (await shown()).length === 0);
  });

  test('is made again when it ran out while BanGUI was dead, and after restarts of fail2ban', async () => {
    await ban('1h');
    await bangui.kill();
    await until('it runs out', async () => !(await held()), longEnough);
    await restart();
    await until('it is back', held, longEnough);
    await fail2ban.stop();
    await sleep(jailSeconds * 1000);
    await fail2ban.start();
    expect(await held()).toBe(false);
    await until('it is back after an orderly restart', held, longEnough);
    await fail2ban.kill();
    await fail2ban.start();
    await until('it is back after kill -9', held, longEnough);
    const [row] = await shown();
    expect(Date.parse(row?.expires_at ?? '') - Date.now()).toBeGreaterThan(3_400_000);
  });

  test('is over for good once somebody ended it with fail2ban-client', async () => {
    await ban(-1);
    await sleep(3_000);
    await fail2ban.client('set', 'short', 'unbanip', '8.8.4.4');
    await until('the list says so', async () => (await shown()).length === 0);
    await sleep(longEnough);
    expect(await held()).toBe(false);
  });

  test('is over for good once somebody ended it while BanGUI was dead', async () => {
    await ban(-1);
    await until('fail2ban has written it', async () =>
      (await fail2ban.client('get', 'short', 'banip', '--with-time')).includes('8.8.4.4'),
    );
    await bangui.kill();
    await sleep(2_000);
    await fail2ban.client('set', 'short', 'unbanip', '8.8.4.4');
    await sleep(jailSeconds * 1000);
    await restart();
    await sleep(longEnough);
    expect(await held()).toBe(false);
    expect(await shown()).toEqual([]);
  });

  test('is over once it is ended here', async () => {
    await ban(-1);
    await operator.send('DELETE', '/api/v1/bans', { ips: ['8.8.4.4'] });
    await sleep(longEnough);
    expect(await held()).toBe(false);
  });

  test('can be permanent in a jail that bans for 10 minutes, also after a restart of fail2ban', async () => {
    await ban(-1, 'sshd');
    expect(await shown()).toMatchObject([{ ip: '8.8.4.4', expires_at: null }]);
    await fail2ban.stop();
    await fail2ban.start();
    await until('fail2ban has it', () => held('sshd'));
    const end = async () =>
      Number(/(\d+) = /.exec(await fail2ban.client('get', 'sshd', 'banip', '--with-time'))?.[1]);
    expect(await end()).toBe(600);
    await until('it was renewed at once', async () => {
      const status = listed.parse((await operator.get('/api/v1/bans/active')).body).items;
      return status[0]?.expires_at === null && (await prolonged());
    });
  });
  /** fail2ban's own word on the end: later than 10 minutes after the ban. */
  const prolonged = async () => {
    const times = await fail2ban.client('get', 'sshd', 'banip', '--with-time');
    const [, from = '', to = ''] = /(\S+ \S+) \+ \d+ = (\S+ \S+)/.exec(times) ?? [];
    return Date.parse(to) - Date.parse(from) > 602_000;
  };
});
