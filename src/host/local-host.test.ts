import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectionsTo } from '../../test/fail2ban/connections.ts';
import { startFail2ban, type RealFail2ban } from '../../test/fail2ban/real-fail2ban.ts';
import { scriptedPeer } from '../../test/fail2ban/scripted-peer.ts';
import { parseAddress, type Address } from '../base/address.ts';
import { silentLog } from '../base/log.ts';
import type { HostState, HostStatus, JailName } from './host.ts';
import { parseJailName } from './jail-name.ts';
import { createLocalHost, type LocalHost } from './local-host.ts';
import { encodePickle, type Picklable } from './wire/pickle-encode.ts';

const address = (text: string): Address => parseAddress(text) ?? expect.unreachable(text);
const jail = (text: string): JailName => parseJailName(text) ?? expect.unreachable(text);
const many = (count: number): Address[] =>
  Array.from({ length: count }, (_, n) => address(`198.18.${n >> 8}.${n & 255}`));

const slowAction = `[Definition]
actionban = sleep 0.3
actionunban = true
`;

describe('the fail2ban of this machine', { timeout: 60_000 }, () => {
  let fail2ban: RealFail2ban;
  let host: LocalHost;
  let states: HostState[];
  const msUntil = async (state: HostState): Promise<number> => {
    const began = performance.now();
    await expect.poll(() => host.status().state, { timeout: 20_000, interval: 10 }).toBe(state);
    return performance.now() - began;
  };
  const connections = (): number => connectionsTo(fail2ban.socket);

  beforeAll(async () => {
    const jails =
      '[slow]\nenabled = true\nfilter = never\nlogpath = /dev/null\naction = slow\n[instant]\nenabled = true\nfilter = never\nlogpath = /dev/null\nbantime = 0\n';
    fail2ban = await startFail2ban({ extraJails: 3, jails, files: { 'action.d/slow.conf': slowAction } });
  }, 60_000);
  afterAll(() => fail2ban.remove(), 60_000);
  beforeEach(async () => {
    host = createLocalHost({ id: 'local', socketPath: fail2ban.socket, log: silentLog, now: Date.now });
    states = [];
    host.onStatus(({ state }) => void (states.at(-1) === state || states.push(state)));
    host.start();
    await msUntil('online');
  });
  afterEach(async () => {
    await host.unbanAll().catch(() => 0);
    await host.close();
  });

  test('the status holds every jail with its figures', async () => {
    const began = Date.now();
    await host.ban(jail('manual'), many(3));
    const status = await host.refresh();
    expect(status).toMatchObject({
      state: 'online',
      reason: null,
      remedy: null,
      databaseFile: fail2ban.databaseFile,
      logTarget: fail2ban.logFile,
    });
    expect(status.version).toMatch(/^\d/);
    expect(status.asOf).toBeGreaterThanOrEqual(began);
    expect(status.upSince).toBeLessThan(began);
    expect(status.upSince).toBeGreaterThan(began - 600_000);
    expect(status.jails.map(({ name }) => name)).toEqual([
      'extra-1',
      'extra-2',
      'extra-3',
      'incr',
      'instant',
      'manual',
      'slow',
      'sshd',
      'web',
    ]);
    expect(status.jails.find(({ name }) => name === 'manual')).toMatchObject({
      currentlyBanned: 3,
      banSeconds: -1,
      findSeconds: 600,
      maxRetry: 3,
      increments: false,
      files: [fail2ban.webLog],
    });
    expect(status.jails.find(({ name }) => name === 'incr')).toMatchObject({
      banSeconds: 5,
      increments: true,
    });
  });

  test('callers who ask together share one look', async () => {
    const listened: HostStatus[] = [];
    host.onStatus((status) => void listened.push(status));
    await host.ban(jail('web'), many(1));
    const answers = await Promise.all(Array.from({ length: 50 }, () => host.refresh()));
    expect(new Set(answers).size).toBe(1);
    expect(listened.length).toBe(1);
    await host.refresh();
    expect(listened.length).toBe(1);
    expect(host.connectionFigures()).toMatchObject({ open: 1, opened: 1 });
  });

  test('each address has its outcome: new, already held, named twice', async () => {
    const [one, two] = [address('203.0.113.7'), address('2001:db8:1::/48')];
    expect(await host.ban(jail('sshd'), [one])).toEqual([{ address: one, outcome: 'banned', detail: null }]);
    expect((await host.ban(jail('sshd'), [one, two, one])).map(({ outcome }) => outcome)).toEqual([
      'already_banned',
      'banned',
      'already_banned',
    ]);
    expect(await host.holds(jail('sshd'), [one, two, '203.0.113.8'])).toEqual([true, true, false]);
    expect(await host.unban([one, two, one], jail('sshd'))).toBe(2);
  });

  test('a jail whose bans end at once says so instead of calling them held', async () => {
    const [reply] = await host.ban(jail('instant'), many(1));
    expect(reply).toMatchObject({ outcome: 'failed' });
    expect(reply?.detail).toContain('ban time');
  });

  test('many addresses are looked up in their order', async () => {
    await host.ban(jail('manual'), many(120));
    const asked = many(180);
    expect(await host.holds(jail('manual'), asked)).toEqual(asked.map((_, n) => n < 120));
  });

  test('a jail that does not run is 404, and nothing is banned', async () => {
    await expect(host.ban(jail('nojail'), many(1))).rejects.toMatchObject({ status: 404, code: 'not_found' });
    await expect(host.ignoreList(jail('nojail'))).rejects.toMatchObject({ status: 404 });
    expect(await host.unbanAll()).toBe(0);
  });

  test('a jail stopped meanwhile leaves the status, and one that comes back is in it again', async () => {
    await fail2ban.client('stop', 'extra-3');
    expect((await host.refresh()).jails.map(({ name }) => name)).not.toContain('extra-3');
    await fail2ban.client('reload', '--if-exists', 'extra-3');
    await expect
      .poll(async () => (await host.refresh()).jails.some(({ name }) => name === 'extra-3'), {
        timeout: 15_000,
      })
      .toBe(true);
  });

  test('a changed ban time is seen without waiting for the settings', async () => {
    await fail2ban.client('set', 'extra-1', 'bantime', '123');
    expect((await host.refresh()).jails.find(({ name }) => name === 'extra-1')?.banSeconds).toBe(123);
  });

  test('bans with a slow action leave room for signs of life between them', async () => {
    const replies = await host.ban(jail('slow'), many(8));
    expect(replies.every(({ outcome }) => outcome === 'banned')).toBe(true);
    expect(states).toEqual(['online']);
    expect(host.connectionFigures()).toMatchObject({ open: 1, opened: 1 });
  });

  test('a hung daemon is unresponsive within 3 s, verbs end within their deadline, and it recovers', async () => {
    const held = (await host.refresh()).jails.length;
    fail2ban.pause();
    try {
      expect(await msUntil('unresponsive')).toBeLessThan(3000);
      expect(host.status()).toMatchObject({ state: 'unresponsive', jails: { length: held } });
      expect(host.status().reason).toBeTruthy();
      for (const verb of [
        () => host.ban(jail('manual'), many(100)),
        () => host.unban(many(5), null),
        () => host.banTimes(jail('sshd')),
      ]) {
        const began = performance.now();
        await expect(verb()).rejects.toMatchObject({ status: 503, code: 'fail2ban_unreachable' });
        expect(performance.now() - began).toBeLessThan(3000);
      }
      const began = performance.now();
      expect((await host.refresh()).state).toBe('unresponsive');
      expect(performance.now() - began).toBeLessThan(4500);
    } finally {
      fail2ban.resume();
    }
    expect(await msUntil('online')).toBeLessThan(4500);
    expect((await host.ban(jail('manual'), many(2))).map(({ outcome }) => outcome)).toEqual([
      'banned',
      'banned',
    ]);
  });

  test('hung before anybody noticed, a ban still ends within its deadline', async () => {
    fail2ban.pause();
    try {
      const began = performance.now();
      await expect(host.ban(jail('manual'), many(10))).rejects.toMatchObject({ status: 503 });
      expect(performance.now() - began).toBeLessThan(4500);
    } finally {
      fail2ban.resume();
    }
    await msUntil('online');
  });

  test('killed it is unreachable within 3 s, and found again after its start', async () => {
    const before = await host.refresh();
    await fail2ban.kill();
    expect(await msUntil('unreachable')).toBeLessThan(3000);
    expect(host.status()).toMatchObject({
      jails: before.jails,
      asOf: before.asOf,
    });
    expect(host.status().remedy).toContain(fail2ban.socket);
    await expect(host.ban(jail('manual'), many(1))).rejects.toMatchObject({
      status: 503,
    });
    await rm(fail2ban.socket);
    expect((await host.refresh()).reason).toContain('no fail2ban socket');
    await fail2ban.start();
    expect(await msUntil('online')).toBeLessThan(4500);
    expect(host.status().upSince).toBeGreaterThan(before.upSince ?? 0);
    expect(states).toEqual(['online', 'unreachable', 'online']);
  });

  test('a peer that speaks garbage is garbled, and fail2ban is found again afterwards', async () => {
    await fail2ban.stop();
    await msUntil('unreachable');
    const peer = await scriptedPeer(
      (to) => void to.write(Buffer.concat([randomBytes(64), Buffer.from('<F2B_END_COMMAND>')])),
      fail2ban.socket,
    );
    try {
      await msUntil('garbled');
      await expect(host.ban(jail('manual'), many(1))).rejects.toMatchObject({ status: 503 });
      expect(peer.open()).toBeLessThanOrEqual(1);
    } finally {
      await peer.close();
    }
    await fail2ban.start();
    await msUntil('online');
  });

  test('a fail2ban that takes a third of a second for everything is not waited for jail by jail', async () => {
    const answers = { status: [['Jail list', Array.from({ length: 40 }, (_, n) => `jail-${n}`).join(', ')]] };
    const answerTo = (request: string): Picklable => {
      if (request.includes('ping')) return 'pong';
      if (request.includes('short'))
        return [
          [
            'Filter',
            [
              ['Currently failed', 0],
              ['Total failed', 0],
            ],
          ],
          [
            'Actions',
            [
              ['Currently banned', 0],
              ['Total banned', 0],
            ],
          ],
        ];
      if (request.includes('status')) return answers.status;
      const isNumber =
        request.includes('dbpurgeage') || (request.includes('get') && request.includes('jail'));
      return isNumber ? 3 : '1.0.2';
    };
    const peer = await scriptedPeer((to, _, request) => {
      const bytes = Buffer.concat([encodePickle([0, answerTo(request)]), Buffer.from('<F2B_END_COMMAND>')]);
      setTimeout(() => to.write(bytes), 330);
    });
    const slow = createLocalHost({ id: 'slow', socketPath: peer.path, log: silentLog, now: Date.now });
    const began = performance.now();
    expect(await slow.refresh()).toMatchObject({
      state: 'unresponsive',
      reason: 'fail2ban answers too slowly to be read.',
    });
    expect(performance.now() - began).toBeLessThan(20_000);
    await slow.close();
    await peer.close();
  });

  test('after hangs, kills and many callers fail2ban has one connection of ours', async () => {
    await host.close();
    await expect.poll(connections, { timeout: 10_000 }).toBe(0);
    host = createLocalHost({ id: 'local', socketPath: fail2ban.socket, log: silentLog, now: Date.now });
    for (let round = 0; round < 4; round++) {
      fail2ban.pause();
      await Promise.all(Array.from({ length: 20 }, () => host.refresh()));
      fail2ban.resume();
      await expect.poll(async () => (await host.refresh()).state, { timeout: 10_000 }).toBe('online');
    }
    await expect.poll(connections, { timeout: 10_000 }).toBe(1);
    await host.close();
    await expect.poll(connections, { timeout: 10_000 }).toBe(0);
  });

  test('a socket we may not open is refused, with the command that grants access', async () => {
    const root = process.getuid?.() === 0;
    const asked = (): unknown => {
      const script = `
        import { createLocalHost } from ${JSON.stringify(join(import.meta.dirname, 'local-host.ts'))};
        const log = { debug() {}, info() {}, warn() {}, error() {} };
        // only now: the program and its modules may lie where that user may not look
        if (process.getuid() === 0) for (const act of ['setgroups', 'setgid', 'setuid'])
          process[act](act === 'setgroups' ? [] : 65_534);
        const host = createLocalHost({ id: 'local', socketPath: process.argv[1], log, now: Date.now });
        console.log(JSON.stringify(await host.refresh()));
        await host.close();`;
      return JSON.parse(
        execFileSync(process.execPath, ['--input-type=module', '-e', script, fail2ban.socket], {
          cwd: '/',
        }).toString(),
      );
    };
    const user = root ? 'nobody' : execFileSync('id', ['-un']).toString().trim();
    await chmod(fail2ban.socket, 0o600);
    if (!root) await chmod(fail2ban.socket, 0o000);
    await chmod(fail2ban.dir, root ? 0o711 : 0o700);
    expect(asked()).toMatchObject({
      state: 'refused',
      jails: [],
      remedy: `sudo setfacl -m u:${user}:rw ${fail2ban.socket}`,
    });
    await chmod(fail2ban.dir, root ? 0o700 : 0o600);
    expect(asked()).toMatchObject({
      state: 'refused',
      remedy: `sudo setfacl -m u:${user}:x ${fail2ban.dir} && sudo setfacl -m u:${user}:rw ${fail2ban.socket}`,
    });
    await chmod(fail2ban.dir, 0o700);
    await chmod(fail2ban.socket, 0o700);
  });
});
