/** fail2ban itself as an operator sees it, on the real program beside a real fail2ban. */
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startBangui, until, type RunningBangui } from '../../../test/bangui.ts';
import { startFail2ban, type RealFail2ban } from '../../../test/fail2ban/real-fail2ban.ts';
import { signIn, type Operator } from '../../../test/operator.ts';
import {
  readRestart,
  readServerHealth,
  readServerLog,
  readSettings,
  startRestart,
  writeSettings,
} from './contract.ts';

let fail2ban: RealFail2ban;
let bangui: RunningBangui;
let operator: Operator;
beforeAll(async () => {
  fail2ban = await startFail2ban();
  const files = `-c ${fail2ban.configDir} -s ${fail2ban.socket} -p ${fail2ban.pidFile}`;
  bangui = await startBangui({
    socket: fail2ban.socket,
    env: {
      BANGUI_FAIL2BAN_CONFIG_DIR: fail2ban.configDir,
      BANGUI_ALLOWED_LOG_DIRS: fail2ban.dir,
      BANGUI_FAIL2BAN_START_COMMAND: `fail2ban-client ${files} start`,
    },
  });
  operator = await signIn(bangui.url);
  await until('fail2ban is online', async () => (await operator.get('/api/v1/health')).status === 200);
}, 90_000);
afterAll(async () => {
  await bangui.dispose();
  await fail2ban.client('stop').catch(() => '');
  await fail2ban.remove();
}, 60_000);

const settings = async () => readSettings.output.parse((await operator.get('/api/v1/server/settings')).body);
const put = (body: unknown) => operator.send('PUT', '/api/v1/server/settings', body);
const log = async (query = '') =>
  readServerLog.output.parse((await operator.get(`/api/v1/server/log${query}`)).body);
const health = async () => readServerHealth.output.parse((await operator.get('/api/v1/server/health')).body);
const codeOf = (body: unknown): string => z.object({ code: z.string() }).parse(body).code;

test('settings tell what runs, what is configured and where', async () => {
  expect(await settings()).toMatchObject({
    log_level: 'INFO',
    log_target: fail2ban.logFile,
    db_purge_age: 86_400,
    db_max_matches: 10,
    configured: { log_level: { value: 'INFO', file: 'fail2ban.local', line: 2 } },
    differs: [],
    warnings: [],
  });
});

test('a changed setting runs at once, and what it costs is said', async () => {
  const answer = await put({ log_level: 'error', db_purge_age: '7d', db_max_matches: 20 });
  expect(answer.status).toBe(200);
  const changed = writeSettings.output.parse(answer.body);
  expect(changed).toMatchObject({
    log_level: 'ERROR',
    db_purge_age: 604_800,
    db_max_matches: 20,
    differs: [],
  });
  expect([changed.kept, changed.detail]).toEqual([true, expect.stringContaining('fail2ban.local')]);
  expect(changed.revision).toEqual(expect.any(Number));
  expect(await readFile(join(fail2ban.configDir, 'fail2ban.local'), 'utf8')).toContain('dbpurgeage = 604800');
  expect(changed.warnings).toEqual([expect.stringContaining('no bans and unbans')]);
  expect(await fail2ban.client('get', 'loglevel')).toContain('ERROR');
  expect(await fail2ban.client('get', 'dbpurgeage')).toContain('604800');
  await put({ log_level: 'INFO', db_purge_age: 86_400, db_max_matches: 10 });
});

test.each([
  [{ log_level: 'LOUD' }, 'body.log_level'],
  [{ log_target: '/etc/passwd' }, 'body.log_target'],
  [{ log_target: 'x.log' }, 'body.log_target'],
  [{ db_purge_age: '5m' }, 'body.db_purge_age'],
  [{ db_purge_age: -1 }, 'body.db_purge_age'],
  [{ db_max_matches: -1 }, 'body.db_max_matches'],
  [{ log_level: 'DEBUG', log_target: '/etc/shadow' }, 'body.log_target'],
])('%j is refused and nothing is changed', async (body, field) => {
  const answer = await put(body);
  expect(answer.status).toBe(422);
  expect(JSON.stringify(answer.body)).toContain(field);
  expect(await settings()).toMatchObject({
    log_level: 'INFO',
    log_target: fail2ban.logFile,
    db_max_matches: 10,
  });
});

test('the log is read and filtered on the server, and its health is told', async () => {
  await operator.send('POST', '/api/v1/bans', { ips: ['8.8.4.77'], jail: 'manual' });
  await until('the ban is in the log', async () => (await log('?filter=8.8.4.77')).items.length > 0);
  const page = await log('?filter=BAN%208.8.4.77&jail=manual&level=NOTICE');
  expect(page.items).toMatchObject([
    { level: 'NOTICE', jail: 'manual', address: '8.8.4.77', message: '[manual] Ban 8.8.4.77' },
  ]);
  const some = await log('?lines=3');
  const more = await log(`?lines=3&before=${some.next_cursor}`);
  expect(new Set([...some.items, ...more.items].map(({ id }) => id)).size).toBe(6);
  expect((await operator.get('/api/v1/server/log?lines=5001')).status).toBe(422);
  expect(codeOf((await operator.get(`/api/v1/server/log?before=${'0'.repeat(32)}.5`)).body)).toBe(
    'log_rotated_away',
  );
  const now = await health();
  expect(now.socket.state).toBe('online');
  expect(now.log.levels['NOTICE']).toBeGreaterThan(0);
  expect(now.database.bytes).toBeGreaterThan(0);
  expect(now.database.last_purge_at).toBeNull();
});

test('what attackers write is told as it is and does no harm', async () => {
  const hostile =
    '2026-11-22 10:00:00,000 fail2ban.filter         [1]: INFO    [sshd] Found <img src=x> \u001b[31m';
  await appendFile(fail2ban.logFile, `${hostile}\n`);
  expect((await log('?filter=%3Cimg')).items[0]).toMatchObject({ address: null, jail: 'sshd' });
});

test('new entries come live, filtered, and the stream ends with its session', async () => {
  const other = await signIn(bangui.url);
  const answer = await fetch(`${bangui.url}/api/v1/server/log/live?jail=manual`, {
    headers: { cookie: other.cookie },
  });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  let heard = '';
  const done = (async () => {
    const decoder = new TextDecoder();
    for await (const part of answer.body ?? []) heard += decoder.decode(part);
  })();
  await until('it reads', () => heard.includes('event: state'));
  await operator.send('POST', '/api/v1/bans', { ips: ['8.8.4.78'], jail: 'sshd' });
  await operator.send('POST', '/api/v1/bans', { ips: ['8.8.4.79'], jail: 'manual' });
  await until('the ban is told', () => heard.includes('8.8.4.79'));
  expect(heard).not.toContain('8.8.4.78');
  await other.send('POST', '/api/v1/auth/logout', {});
  await done;
});

test('without a session there is no log', async () => {
  for (const path of ['log', 'log/live', 'health', 'settings', 'restart'])
    expect((await fetch(`${bangui.url}/api/v1/server/${path}`)).status).toBe(401);
});

test('the log is flushed', async () => {
  expect((await operator.send('POST', '/api/v1/server/flush-logs', {})).status).toBe(200);
  await until('it says so', async () =>
    (await readFile(fail2ban.logFile, 'utf8')).includes('rollover performed'),
  );
});

test('the log goes elsewhere, the page says why it cannot be read, and its health stays', async () => {
  expect((await put({ log_target: 'STDOUT' })).status).toBe(200);
  expect((await log()).unreadable?.remedy).toContain('log target');
  const now = await health();
  expect(now.log.unreadable?.reason).toContain('STDOUT');
  expect(now.socket.state).toBe('online');
  expect((await put({ log_target: fail2ban.logFile })).status).toBe(200);
  expect((await log()).unreadable).toBeNull();
});

test('a reload takes up a new jail', async () => {
  await writeFile(
    join(fail2ban.configDir, 'jail.d/new.local'),
    '[new]\nenabled = true\nfilter = never\nlogpath = /dev/null\n',
  );
  const answer = await operator.send('POST', '/api/v1/server/reload', {});
  expect(answer.body).toMatchObject({ rehearsed: true, missing: [], jails: 5 });
});

test('a configuration with errors is neither reloaded nor started: they are told, and every jail runs on', async () => {
  const file = join(fail2ban.configDir, 'jail.d/wrong.local');
  await writeFile(file, '[wrong]\nenabled = true\nfilter = never\nlogpath = /dev/null\nbantime = often\n');
  for (const act of ['reload', 'restart']) {
    const answer = await operator.send('POST', `/api/v1/server/${act}`, {});
    expect([answer.status, codeOf(answer.body)]).toEqual([422, 'configuration_broken']);
    expect(JSON.stringify(answer.body)).toContain('jail.d/wrong.local:5');
  }
  expect(await fail2ban.client('status')).toContain('Number of jail:\t5');
  await rm(file);
});

test('a restart is a run of its own that tells each step, and a second one is refused meanwhile', async () => {
  const state = async () => readRestart.output.parse((await operator.get('/api/v1/server/restart')).body);
  expect(await state()).toMatchObject({ state: 'never', forecast: { jails: 5, bans: 3, seconds: 1 } });
  const begun = await operator.send('POST', '/api/v1/server/restart', {});
  expect(begun.status).toBe(202);
  const second = await operator.send('POST', '/api/v1/server/restart', {});
  expect([second.status, codeOf(second.body)]).toEqual([409, 'restart_running']);
  await until('it is over', async () => (await state()).state !== 'running', 60_000, 200);
  const end = await state();
  expect(end).toMatchObject({
    state: 'done',
    run_id: startRestart.output.parse(begun.body).run_id,
    actor: 'admin',
    jails: { back: 5, of: 5 },
    bans: { back: 3, of: 3 },
    missing: [],
  });
  expect(end.steps.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(
    ['stop', 'gone', 'start', 'jails', 'bans'].map((name) => `${name} done`),
  );
}, 90_000);
