import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFail2ban, type RealFail2ban } from '../../../test/fail2ban/real-fail2ban.ts';
import { parseAddress, type Address } from '../../base/address.ts';
import type { JailName } from '../host.ts';
import { parseJailName } from '../jail-name.ts';
import { createCommands, type Commands } from './commands.ts';
import { readHeldBan } from './held-ban.ts';
import { createDaemonSocket, type DaemonSocket } from './socket.ts';
import { DaemonError } from './wire-error.ts';

const address = (text: string): Address => parseAddress(text) ?? expect.unreachable(text);
const jail = (text: string): JailName => parseJailName(text) ?? expect.unreachable(text);

describe('against a real fail2ban', () => {
  let fail2ban: RealFail2ban;
  let socket: DaemonSocket;
  let commands: Commands;
  beforeAll(async () => {
    const jails = `[two words]\nenabled = true\nfilter = never\nlogpath = /dev/null\nbantime = 1mo\nfindtime = 1.5h\nmaxretry = 7\n`;
    fail2ban = await startFail2ban({ jails });
    socket = createDaemonSocket({ path: fail2ban.socket });
    commands = createCommands({ socket });
  }, 60_000);
  afterAll(async () => {
    socket.close();
    await fail2ban.remove();
  }, 60_000);

  test('server facts', async () => {
    await commands.ping(1000);
    expect(await commands.version()).toMatch(/^\d+\.\d+/);
    expect(await commands.databaseFile()).toBe(fail2ban.databaseFile);
    expect(await commands.logTarget()).toBe(fail2ban.logFile);
    expect(await commands.jailNames()).toEqual(['incr', 'manual', 'sshd', 'two words', 'web']);
  });

  test('settings of a jail, its name with a space in it', async () => {
    const name = jail('two words');
    expect(await commands.banSeconds(name)).toBe(2_629_800);
    expect(await commands.findSeconds(name)).toBe(5400);
    expect(await commands.maxRetry(name)).toBe(7);
    expect(await commands.increments(name)).toBe(false);
    expect(await commands.increments(jail('incr'))).toBe(true);
    expect(await commands.banSeconds(jail('manual'))).toBe(-1);
    expect(await commands.ignoreList(name)).toEqual(['127.0.0.0/8', '::1']);
  });

  test('counters follow failures in a log', async () => {
    await fail2ban.fail('web', '198.51.100.9', 2);
    await expect
      .poll(() => commands.jailCounters(jail('web')), { timeout: 15_000 })
      .toEqual({
        currentlyFailed: 1,
        totalFailed: 2,
        currentlyBanned: 0,
        totalBanned: 0,
        files: [fail2ban.webLog],
        journalMatches: [],
      });
  }, 30_000);

  test('a ban is held, told from one already held, and ended', async () => {
    const name = jail('sshd');
    const one = address('198.51.100.1');
    const range = address('2001:db8:7::/48');
    expect(await commands.ban(name, one)).toBe(true);
    expect(await commands.ban(name, one)).toBe(false);
    expect(await commands.ban(name, range)).toBe(true);
    expect(await commands.holds(name, [one, '198.51.100.2', range])).toEqual([true, false, true]);
    expect(await commands.holds(name, [one])).toEqual([true]);
    expect(await commands.holds(name, [])).toEqual([]);
    expect((await commands.jailCounters(name)).currentlyBanned).toBe(2);
    expect(await commands.unban(one, name)).toBe(1);
    expect(await commands.unban(one, name)).toBe(0);
    expect(await commands.unban(range, null)).toBe(1);
  });

  test('ending the bans of a network ends those inside it, in every jail', async () => {
    for (const name of ['sshd', 'manual']) await commands.ban(jail(name), address('198.51.100.77'));
    await commands.ban(jail('web'), address('198.51.101.1'));
    expect(await commands.unban(address('198.51.100.0/24'), null)).toBe(2);
    expect(await commands.unbanAll()).toBe(1);
    expect(await commands.unbanAll()).toBe(0);
  });

  test('ban times are those of the daemon', async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    await commands.ban(jail('sshd'), address('198.51.100.3'));
    await commands.ban(jail('manual'), address('2001:db8::3'));
    const [timed] = await commands.banTimes(jail('sshd'));
    expect(timed).toMatchObject({ ip: '198.51.100.3', seconds: 600 });
    expect(timed?.bannedAt).toBeGreaterThanOrEqual(before);
    expect(timed?.bannedAt).toBeLessThanOrEqual(Date.now());
    expect(await commands.banTimes(jail('manual'))).toMatchObject([{ ip: '2001:db8::3', seconds: -1 }]);
    expect(await commands.banTimes(jail('incr'))).toEqual([]);
    await commands.unbanAll();
  });

  test('a jail that does not run is fail2ban’s refusal', async () => {
    await expect(commands.jailCounters(jail('nojail'))).rejects.toThrow(DaemonError);
    await expect(commands.ban(jail('nojail'), address('198.51.100.3'))).rejects.toMatchObject({
      pyClass: 'fail2ban.exceptions.UnknownJailException',
    });
    expect(await fail2ban.client('banned')).not.toContain('198.51.100.3');
  }, 30_000);
});

test.each([
  ['192.0.2.7 \t2026-11-22 01:24:23 + 600 = 2026-11-22 01:34:23', '192.0.2.7', 600],
  ['::1 \t2026-11-22 01:24:23 + -1 = 9999-12-31 23:59:59', '::1', -1],
  ['a b\tc \t2026-11-22 01:24:23 + 5 = 2026-11-22 01:24:28', 'a b\tc', 5],
])('%j is one held ban', (line, ip, seconds) => {
  expect(readHeldBan(line)).toEqual({ ip, seconds, bannedAt: new Date(2026, 10, 22, 1, 24, 23).getTime() });
});

test('a line of another form is no held ban', () => {
  expect(readHeldBan('192.0.2.7')).toBeNull();
});
