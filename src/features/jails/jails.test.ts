/** Jails over HTTP, against a real fail2ban: acts, ignore lists, and jails that go by themselves. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { startBangui, until, type RunningBangui } from '../../../test/bangui.ts';
import { startFail2ban, type RealFail2ban } from '../../../test/fail2ban/real-fail2ban.ts';
import { signIn, type Answer, type Operator } from '../../../test/operator.ts';
import * as contract from './contract.ts';
import * as ignore from './ignore-contract.ts';

const read = <S extends z.ZodType>(schema: S, answer: Answer): z.output<S> => {
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return schema.parse(answer.body);
};

describe('jails', { timeout: 60_000 }, () => {
  let fail2ban: RealFail2ban;
  let bangui: RunningBangui;
  let person: Operator;
  const post = (path: string, body: unknown = {}) => person.send('POST', `/api/v1/jails/${path}`, body);
  const list = async (query = '') =>
    read(contract.listJails.output, await person.get(`/api/v1/jails${query}`)).items;
  const one = async (name: string, query = '') => (await list(query)).find((jail) => jail.name === name);
  const ignored = async (name: string) =>
    read(ignore.listIgnored.output, await person.get(`/api/v1/jails/${name}/ignoreip`)).items;
  const held = async (name: string) => await fail2ban.client('get', name, 'ignoreip');

  beforeAll(async () => {
    fail2ban = await startFail2ban({
      jails: '[broken-action]\nenabled = true\nfilter = never\nlogpath = /dev/null\naction = failing\n',
      files: {
        'action.d/failing.conf': '[Definition]\nactionban = false\nactionunban = true\n',
        'jail.d/off.local': '[off]\nenabled = false\nfilter = never\nlogpath = /dev/null\n',
      },
    });
    bangui = await startBangui({
      socket: fail2ban.socket,
      env: { BANGUI_FAIL2BAN_CONFIG_DIR: fail2ban.configDir },
    });
    person = await signIn(bangui.url);
    await until('the jails are read', async () => (await list()).length > 4);
  }, 60_000);
  afterAll(async () => {
    await bangui.dispose();
    await fail2ban.remove();
  }, 60_000);

  test('those that are off are listed only when asked for', async () => {
    expect(await one('off')).toBeUndefined();
    expect(await one('off', '?include=inactive')).toMatchObject({ state: 'inactive', ban_seconds: null });
    expect(await one('sshd')).toMatchObject({ state: 'running', max_retry: 3, died: null });
  });

  test('a stopped jail stays listed, says how many bans ended, and comes back with them', async () => {
    await person.send('POST', '/api/v1/bans', {
      ips: ['203.0.113.5', '203.0.113.6'],
      jail: 'web',
      force: true,
    });
    const stopped = read(contract.stopJail.output, await post('web/stop'));
    expect(stopped).toMatchObject({ state: 'stopped', bans_ended: 2, acted: { by: 'admin' }, died: null });
    expect(await fail2ban.client('status')).not.toContain('web');
    expect(await one('web')).toMatchObject({ state: 'stopped' });
    expect(read(contract.stopJail.output, await post('web/stop')).bans_ended).toBe(0);
    expect((await post('web/reload')).status).toBe(404);
    const started = read(contract.startJail.output, await post('web/start'));
    expect(started).toMatchObject({ state: 'running', acted: null });
    await until('its bans are back', async () =>
      (await fail2ban.client('get', 'web', 'banip')).includes('203.0.113.6'),
    );
  });

  test('a jail idles until it is woken, reloaded, or fail2ban starts anew', async () => {
    expect(read(contract.idleJail.output, await post('manual/idle', { on: true })).state).toBe('idle');
    expect(await one('manual')).toMatchObject({ state: 'idle', acted: { by: 'admin' } });
    expect(read(contract.idleJail.output, await post('manual/idle', { on: false })).state).toBe('running');
    await post('manual/idle', { on: true });
    expect(read(contract.reloadJail.output, await post('manual/reload')).state).toBe('running');
    await post('manual/idle', { on: true });
    await fail2ban.stop();
    await fail2ban.start();
    await until('it runs', async () => (await one('manual'))?.state === 'running', 30_000);
  });

  test('what cannot be is refused with a sentence, and nothing changes', async () => {
    expect((await post('nojail/stop')).status).toBe(404);
    expect((await post('nojail/start')).status).toBe(404);
    expect(await post('off/start')).toMatchObject({ status: 409, body: { code: 'jail_inactive' } });
    expect((await post('loglevel/stop')).status).toBe(422);
    expect((await post('sshd/idle', { on: 'yes' })).status).toBe(422);
    expect((await list()).map(({ name }) => name)).toContain('sshd');
  });

  test('all jails are reloaded, and none is lost', async () => {
    const before = (await list()).map(({ name }) => name);
    const done = read(contract.reloadJails.output, await post('reload'));
    expect(done.lost).toEqual([]);
    expect(done.items.map(({ name }) => name)).toEqual(before);
  });

  test('a jail shows what the daemon runs it with beside what is configured, and where', async () => {
    const detail = read(contract.readJail.output, await person.get('/api/v1/jails/sshd'));
    expect(detail.runtime?.expressions.length).toBeGreaterThan(3);
    expect(detail.runtime?.ignored).toBe(2);
    expect(detail.log_paths).toMatchObject([{ path: fail2ban.authLog, state: 'there' }]);
    const time = detail.configured.find(({ option }) => option === 'bantime');
    expect(time).toMatchObject({ value: '10m', file: 'jail.local' });
    const action = read(contract.readJail.output, await person.get('/api/v1/jails/broken-action')).runtime;
    expect(action?.actions[0]?.name).toBe('failing');
    expect(action?.actions[0]?.properties).toContain('actionban');
  });

  test('an entry has an owner, a reason and an end; the configuration’s are told apart', async () => {
    const body = { entry: '198.51.100.7/24', reason: 'partner', duration: '1d' };
    const added = read(ignore.addIgnored.output, await post('sshd/ignoreip', body));
    expect(added.entry).toBe('198.51.100.0/24');
    expect(added.items.find(({ entry }) => entry === '198.51.100.0/24')).toMatchObject({
      source: 'bangui',
      actor: 'admin',
      reason: 'partner',
    });
    expect(added.items.find(({ entry }) => entry === '127.0.0.0/8')?.source).toBe('configuration');
    await fail2ban.client('set', 'sshd', 'addignoreip', '192.0.2.1');
    expect((await ignored('sshd')).find(({ entry }) => entry === '192.0.2.1')?.source).toBe('runtime');
    expect(await post('sshd/ignoreip', { entry: '192.0.2.1' })).toMatchObject({
      status: 409,
      body: { code: 'already_ignored' },
    });
    const gone = await person.send('DELETE', '/api/v1/jails/sshd/ignoreip?entry=127.0.0.0/8', {});
    expect(read(ignore.dropIgnored.output, gone).comes_back).toBe(true);
    const ours = await person.send('DELETE', '/api/v1/jails/sshd/ignoreip?entry=198.51.100.0/24', {});
    expect(read(ignore.dropIgnored.output, ours).comes_back).toBe(false);
    expect(await held('sshd')).not.toContain('198.51.100.0/24');
    const again = await person.send('DELETE', '/api/v1/jails/sshd/ignoreip?entry=198.51.100.0/24', {});
    expect(again.status).toBe(404);
  });

  test.each([
    ['10.1.2.3/33'],
    ['999.1.1.1'],
    ['10.1'],
    ['host; rm'],
    ['0.0.0.0/0'],
    ['::/0'],
    ['-x'],
    ['a<F2B_END_COMMAND>'],
  ])('%s is no entry, and fail2ban hears nothing of it', async (entry) => {
    const before = await held('incr');
    expect((await post('incr/ignoreip', { entry })).status).toBe(422);
    expect(await held('incr')).toBe(before);
  });

  test('an end in the past, two ends, and an unreadable one are refused', async () => {
    const entry = '192.0.2.9';
    const past = new Date(Date.now() - 1000).toISOString();
    const later = new Date(Date.now() + 60_000).toISOString();
    for (const end of [{ expires_at: past }, { expires_at: later, duration: 60 }, { duration: 'soon' }])
      expect((await post('incr/ignoreip', { entry, ...end })).status).toBe(422);
    expect(await held('incr')).not.toContain(entry);
  });

  test('a host name is taken, with a warning', async () => {
    const added = read(ignore.addIgnored.output, await post('incr/ignoreip', { entry: 'Home.Example.org' }));
    expect(added).toMatchObject({ entry: 'home.example.org', warning: expect.stringContaining('name') });
  });

  test('an address that is banned and ignored is said to be, in all jails that ban it', async () => {
    await person.send('POST', '/api/v1/bans', { ips: ['203.0.113.77'], jail: 'sshd', force: true });
    await person.send('POST', '/api/v1/bans', { ips: ['203.0.113.77'], jail: 'manual', force: true });
    const answer = await person.send('POST', '/api/v1/ignoreip', { entry: '203.0.113.64/26', jails: 'all' });
    const done = read(ignore.addIgnoredToJails.output, answer);
    expect(done.banned_in).toEqual(['manual', 'sshd']);
    expect(new Set(done.results.map(({ outcome }) => outcome))).toEqual(new Set(['added']));
    expect((await ignored('sshd')).find(({ entry }) => entry === '203.0.113.64/26')?.banned).toBe(true);
    expect((await ignored('incr')).find(({ entry }) => entry === '203.0.113.64/26')?.banned).toBe(false);
    const unknown = { entry: '203.0.113.1', jails: ['sshd', 'nojail'] };
    expect((await person.send('POST', '/api/v1/ignoreip', unknown)).status).toBe(404);
    expect(await held('sshd')).not.toContain('203.0.113.1\n');
  });

  test('entries made here are listed with their jails, and taken from all of them at once', async () => {
    const jails = (await list()).flatMap(({ name, state }) => (state === 'stopped' ? [] : [name]));
    const body = { entry: '192.0.2.60', jails: 'all', reason: 'office', duration: '1d' };
    await person.send('POST', '/api/v1/ignoreip', body);
    await post('web/ignoreip', { entry: '192.0.2.61' });
    const made = async () => read(ignore.listIgnoredInJails.output, await person.get('/api/v1/ignoreip'));
    const { items, running } = await made();
    expect(running).toBe(jails.length);
    expect(items.find(({ entry }) => entry === '192.0.2.60')).toMatchObject({
      jails: jails.toSorted(),
      everywhere: true,
      actor: 'admin',
      reason: 'office',
    });
    expect(items.find(({ entry }) => entry === '192.0.2.61')).toMatchObject({
      jails: ['web'],
      everywhere: false,
      expires_at: null,
    });

    const drop = (what: unknown) => person.send('DELETE', '/api/v1/ignoreip', what);
    expect((await drop({ entry: '192.0.2.61', jails: ['web', 'sshd'] })).status).toBe(404);
    expect(await held('web')).toContain('192.0.2.61');
    // by the configuration alone: not ours to take from all
    expect((await drop({ entry: '127.0.0.0/8', jails: 'all' })).status).toBe(404);
    await post('web/stop');
    const dropped = read(ignore.dropIgnoredInJails.output, await drop({ entry: '192.0.2.60', jails: 'all' }));
    expect(dropped.comes_back).toEqual([]);
    expect(new Map(dropped.results.map(({ jail, outcome }) => [jail, outcome]))).toEqual(
      new Map(jails.map((jail) => [jail, jail === 'web' ? 'forgotten' : 'dropped'])),
    );
    await post('web/start');
    await until('web ignores again whom it should', async () => (await held('web')).includes('192.0.2.61'));
    for (const jail of jails) expect(await held(jail)).not.toContain('192.0.2.60');
    expect((await made()).items.map(({ entry }) => entry)).not.toContain('192.0.2.60');
    expect((await drop({ entry: '192.0.2.60', jails: 'all' })).status).toBe(404);
  });

  test('failures are counted over time from the log, and nothing is said of what it does not reach', async () => {
    const failures = async (jail: string, query: string) =>
      read(contract.jailFailures.output, await person.get(`/api/v1/jails/${jail}/failures?${query}`));
    const sum = ({ points }: z.output<typeof contract.jailFailures.output>): number =>
      points.reduce((total, point) => total + (point.failures ?? 0), 0);
    const before = sum(await failures('sshd', 'range=1h'));
    await fail2ban.fail('sshd', '192.0.2.200', 2);
    await until('found', async () => sum(await failures('sshd', 'range=1h')) === before + 2, 20_000);
    const hour = await failures('sshd', 'range=1h');
    expect(hour.bucket_seconds).toBe(60);
    expect(hour.points.length).toBeGreaterThanOrEqual(60);
    expect(hour.unknown).toBeNull();
    expect(hour.points.at(-1)?.failures).not.toBeNull();
    expect(sum(await failures('manual', 'range=1h'))).toBe(0);
    const year = await failures('sshd', 'range=365d');
    expect(sum(year)).toBe(before + 2);
    expect(year.points[0]?.failures, 'long before the log').toBeNull();
    expect(Math.abs(Date.parse(year.known_from ?? '') - Date.now())).toBeLessThan(3_600_000);
    const past = await failures('sshd', 'from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z');
    expect(new Set(past.points.map((point) => point.failures))).toEqual(new Set([null]));
    expect(
      (await person.get('/api/v1/jails/sshd/failures?from=2020-01-02T00:00:00Z&to=2020-01-01T00:00:00Z'))
        .status,
    ).toBe(422);
    expect((await person.get('/api/v1/jails/nojail/failures')).status).toBe(404);
  });

  test('entries come back after a reload by hand and after a restart, and end when they expire', async () => {
    await post('incr/ignoreip', { entry: '192.0.2.50' });
    await fail2ban.client('reload', '--restart', 'incr');
    await until('put back', async () => (await held('incr')).includes('192.0.2.50'));
    await fail2ban.stop();
    await fail2ban.start();
    await until('put back', async () => (await held('incr')).includes('192.0.2.50'), 30_000);
    await post('incr/ignoreip', { entry: '192.0.2.51', duration: 2 });
    expect(await held('incr')).toContain('192.0.2.51');
    await until('ended', async () => !(await held('incr')).includes('192.0.2.51'), 20_000);
    expect((await ignored('incr')).map(({ entry }) => entry)).not.toContain('192.0.2.51');
  });

  test('an action that fails is the jail’s bad health, with its line’s time', async () => {
    await person.send('POST', '/api/v1/bans', { ips: ['203.0.113.90'], jail: 'broken-action', force: true });
    const failing = async () =>
      (await one('broken-action'))?.health.findings.find(({ code }) => code === 'action-failing');
    await until('seen', async () => (await failing()) !== undefined, 75_000, 1000);
    const found = await failing();
    expect(found?.message).toContain('failing');
    expect(Math.abs(Date.parse(found?.since ?? '') - Date.now())).toBeLessThan(90_000);
    const health = await person.get('/api/v1/jails/broken-action/health');
    expect(read(contract.jailHealth.output, health)).toMatchObject({ score: 'bad', measured: null });
  }, 100_000);

  test('expressions are timed on the log when asked', async () => {
    await fail2ban.fail('sshd', '203.0.113.91', 1);
    const answer = await person.get('/api/v1/jails/sshd/health?measure=true');
    const { measured, unknown } = read(contract.jailHealth.output, answer);
    expect(measured?.lines).toBeGreaterThan(0);
    expect(measured?.ms_per_line).toBeGreaterThan(0);
    expect(unknown.map(({ code }) => code)).toContain('kernel');
  });

  test('a broken file is not reloaded; a jail that another reload of it made go is dead, and lives again when it is mended', async () => {
    const file = join(fail2ban.configDir, 'jail.local');
    const before = await readFile(file, 'utf8');
    await until('settled', async () => (await one('incr')) !== undefined);
    await writeFile(file, before.replace('[incr]', '[incr]\nmaxretry = 5 # five'));
    for (const path of ['reload', 'incr/reload']) {
      const refused = await post(path);
      expect(refused).toMatchObject({ status: 422, body: { code: 'configuration_broken' } });
      expect(JSON.stringify(refused.body)).toContain('jail.local:');
    }
    expect(read(contract.reloadJail.output, await post('sshd/reload')).state).toBe('running');
    expect(await fail2ban.client('status')).toContain('incr, manual, sshd, web');
    await fail2ban.client('reload').catch(() => undefined);
    await until('dead', async () => ((await one('web'))?.died ?? null) !== null, 45_000, 500);
    expect(await one('web')).toMatchObject({ state: 'stopped', health: { score: 'bad' } });
    const dead = await person.get('/api/v1/jails/web/health');
    expect(read(contract.jailHealth.output, dead).findings[0]?.code).toBe('died');
    expect((await one('web'))?.died?.log_line).toContain('web');
    await writeFile(file, before);
    const back = read(contract.reloadJails.output, await post('reload'));
    expect(back.items.map(({ name }) => name)).toContain('incr');
    expect((await one('web'))?.state).toBe('running');
  }, 100_000);
});
