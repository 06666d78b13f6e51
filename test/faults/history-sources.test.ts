/** The history when only some of fail2ban's socket, log and database can be read: what it still knows, and what it says. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startBangui, until, type RunningBangui } from '../bangui.ts';
import { startFail2ban, type RealFail2ban } from '../fail2ban/real-fail2ban.ts';
import { signIn, type Operator } from '../operator.ts';

const page = z.object({
  items: z.array(
    z.object({
      ip: z.string(),
      jail: z.string(),
      action: z.enum(['ban', 'unban']),
      at: z.iso.datetime(),
      duration_seconds: z.number().nullable(),
      origin: z.string(),
      actor: z.string().nullable(),
      reason: z.string().nullable(),
      matches: z.array(z.string()),
      failures: z.number(),
    }),
  ),
});
const state = z.object({ state: z.string(), limits: z.array(z.string()) });

describe('the sources of the history', { timeout: 120_000 }, () => {
  let fail2ban: RealFail2ban;
  let bangui: RunningBangui;
  let operator: Operator;
  let next = 0;
  const newIp = (): string => `45.9.${(next += 1)}.1`;

  beforeAll(async () => {
    fail2ban = await startFail2ban();
  }, 60_000);
  afterEach(async () => {
    await bangui.dispose();
    await fail2ban.client('set', 'logtarget', fail2ban.logFile);
    await fail2ban.client('set', 'dbpurgeage', '86400');
  });
  afterAll(() => fail2ban.remove());

  async function start(env: Record<string, string> = {}): Promise<void> {
    bangui = await startBangui({ socket: fail2ban.socket, env });
    operator = await signIn(bangui.url);
    await until('fail2ban is followed', async () => (await read()).state === 'current', 30_000);
  }
  const read = async () => state.parse((await operator.get('/api/v1/history/state')).body);
  const eventsOf = async (ip: string) =>
    page.parse((await operator.get(`/api/v1/history?ip=${ip}`)).body).items;
  /** The newest event of the address, once there are so many. */
  async function event(ip: string, action: 'ban' | 'unban', withinMs = 15_000) {
    let found: z.output<typeof page>['items'] = [];
    await until(
      `the ${action} of ${ip} is a row`,
      async () => (found = (await eventsOf(ip)).filter((one) => one.action === action)).length > 0,
      withinMs,
    );
    expect(found).toHaveLength(1);
    return found[0];
  }
  const ban = (ip: string) => fail2ban.client('set', 'sshd', 'banip', ip);
  const unban = (ip: string) => fail2ban.client('set', 'sshd', 'unbanip', ip);

  test('all of them: a ban is a row within a second of its log line, its lines follow, and nothing is missing', async () => {
    await start();
    expect((await read()).limits).toEqual([]);
    const [first, second] = [newIp(), newIp()];
    await ban(first);
    expect((await event(first, 'ban', 3_000))?.duration_seconds).toBe(600);
    await fail2ban.fail('sshd', second, 3);
    await until('the lines are there', async () => (await eventsOf(second))[0]?.matches.length === 3);
    expect((await event(second, 'ban'))?.failures).toBe(3);
  });

  test('what an operator does here says who, and why', async () => {
    await start();
    const ip = newIp();
    await operator.send('POST', '/api/v1/bans', { ips: [ip], jail: 'sshd', reason: 'on purpose' });
    expect(await event(ip, 'ban')).toMatchObject({ origin: 'manual', actor: 'admin', reason: 'on purpose' });
    await operator.send('DELETE', '/api/v1/bans', { ips: [ip], jail: 'sshd' });
    expect(await event(ip, 'unban')).toMatchObject({ origin: 'manual', actor: 'admin', reason: null });
    const other = newIp();
    await ban(other);
    expect(await event(other, 'ban')).toMatchObject({ origin: 'own', actor: null });
  });

  test('no database: bans and unbans from the log, without lines', async () => {
    await start({ BANGUI_FAIL2BAN_DATABASE: '/nowhere/fail2ban.sqlite3' });
    const ip = newIp();
    await ban(ip);
    expect(await event(ip, 'ban')).toMatchObject({ duration_seconds: 600, matches: [] });
    await unban(ip);
    await event(ip, 'unban');
    expect((await read()).limits).toEqual([
      expect.stringMatching(/database cannot be read .* from its log only/),
    ]);
  });

  test('no log file: bans from the database, unbans as the daemon shows them', async () => {
    await fail2ban.client('set', 'logtarget', 'STDOUT');
    await start();
    const [banned, failed] = [newIp(), newIp()];
    await ban(banned);
    await event(banned, 'ban');
    await unban(banned);
    await event(banned, 'unban', 60_000);
    await fail2ban.fail('sshd', failed, 3);
    expect(await event(failed, 'ban', 30_000)).toMatchObject({ failures: 3, duration_seconds: 600 });
    expect((await read()).limits).toEqual([expect.stringMatching(/logs to STDOUT, not to a file/)]);
  });

  test('neither: what the daemon holds', async () => {
    await fail2ban.client('set', 'logtarget', 'STDOUT');
    await start({ BANGUI_FAIL2BAN_DATABASE: '/nowhere/fail2ban.sqlite3' });
    const ip = newIp();
    await ban(ip);
    await event(ip, 'ban', 60_000);
    await unban(ip);
    await event(ip, 'unban', 30_000);
    expect((await read()).limits).toEqual([expect.stringMatching(/Neither/)]);
  });

  test('no socket: the files it named before are read on', async () => {
    await start();
    await bangui.stop();
    const ip = newIp();
    await ban(ip);
    await fail2ban.stop();
    try {
      bangui = await bangui.restart();
      operator = await signIn(bangui.url);
      expect((await event(ip, 'ban'))?.jail).toBe('sshd');
    } finally {
      await fail2ban.start();
    }
  });

  test('a fail2ban that forgets too soon is a warning', async () => {
    await fail2ban.client('set', 'dbpurgeage', '3600');
    await start();
    expect((await read()).limits).toEqual([expect.stringMatching(/forgets bans after 1 h/)]);
  });
});
