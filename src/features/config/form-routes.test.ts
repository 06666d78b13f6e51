/** Jails changed by their form, in the whole program, with a real fail2ban that takes the change over. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBangui, until, type RunningBangui } from '../../../test/bangui.ts';
import { startFail2ban, type RealFail2ban } from '../../../test/fail2ban/real-fail2ban.ts';
import { signIn, type Operator } from '../../../test/operator.ts';
import { changeEnd } from './contract.ts';
import { effective } from './effective-contract.ts';
import { readConfigJail, validateConfigJail } from './jails-contract.ts';

let fail2ban: RealFail2ban;
let bangui: RunningBangui;
let operator: Operator;

beforeAll(async () => {
  fail2ban = await startFail2ban({ extraJails: 100, action: 'to-file' });
  bangui = await startBangui({
    socket: fail2ban.socket,
    env: { BANGUI_FAIL2BAN_CONFIG_DIR: fail2ban.configDir, BANGUI_ALLOWED_LOG_DIRS: fail2ban.dir },
  });
  operator = await signIn(bangui.url);
  await until('fail2ban is online', async () => (await operator.get('/api/v1/health')).status === 200);
}, 120_000);
afterAll(async () => {
  await bangui.dispose();
  await fail2ban.remove();
}, 60_000);

const form = async (jail: string) =>
  readConfigJail.output.parse((await operator.get(`/api/v1/config/jails/${jail}`)).body);
const said = async (jail: string, option: string) => (await fail2ban.client('get', jail, option)).trim();

async function put(jail: string, options: Record<string, string | null>, version: Record<string, string>) {
  const answer = await fetch(`${bangui.url}/api/v1/config/jails/${jail}`, {
    method: 'PUT',
    headers: {
      cookie: operator.cookie,
      'content-type': 'application/json',
      'x-bangui-request': '1',
      ...version,
    },
    body: JSON.stringify({ options }),
  });
  const body: unknown = await answer.json();
  return { status: answer.status, body, etag: answer.headers.get('etag') };
}

test('options are changed, seen by the daemon, changed again with the version before, and taken away', async () => {
  const opened = await form('web');
  expect(opened.etag).toBeNull();
  expect((await put('web', { maxretry: '7' }, {})).status).toBe(428);
  const made = await put('web', { maxretry: '7', bantime: '2h' }, { 'if-none-match': '*' });
  expect([made.status, made.body]).toMatchObject([200, { result: 'applied', jails: ['web'] }]);
  expect([await said('web', 'maxretry'), await said('web', 'bantime')]).toEqual(['7', '7200']);
  const again = await form('web');
  expect(again.etag).toBe(made.etag);
  expect(again.options['bantime']).toMatchObject({ value: '2h', own: true });

  const path = join(fail2ban.configDir, 'jail.d/web.local');
  await writeFile(path, `# by hand\n${await readFile(path, 'utf8')}`);
  expect((await put('web', { maxretry: '8' }, { 'if-match': again.etag ?? '' })).status).toBe(412);
  const fresh = await form('web');
  const taken = await put('web', { maxretry: null }, { 'if-match': fresh.etag ?? '' });
  expect([taken.status, taken.body]).toMatchObject([200, { result: 'applied' }]);
  expect(await readFile(path, 'utf8')).toBe('# by hand\n[web]\nbantime = 2h\n');
  expect(await said('web', 'maxretry')).toBe('3');
}, 60_000);

test('a change is tried first: it says what it would do, and what fail2ban refuses is not written', async () => {
  const tried = await operator.send('POST', '/api/v1/config/jails/incr/validate', {
    options: { failregex: '^broken (<HOST>$' },
  });
  expect(validateConfigJail.output.parse(tried.body)).toMatchObject({
    ok: false,
    findings: [{ code: 'bad-regex', jail: 'incr', option: 'failregex', file: 'jail.d/incr.local', line: 2 }],
    content: '[incr]\nfailregex = ^broken (<HOST>$\n',
  });
  const refused = await put('incr', { failregex: '^broken (<HOST>$' }, { 'if-none-match': '*' });
  expect(refused.status).toBe(422);
  expect((await form('incr')).etag).toBeNull();
  // What runs code needs the password again.
  const command = await put('incr', { ignorecommand: '/bin/true' }, { 'if-none-match': '*' });
  expect([command.status, command.body]).toMatchObject([403, { code: 'confirmation_required' }]);
  expect((await form('incr')).etag).toBeNull();
}, 60_000);

test('a jail is switched off and on, and a new one is made', async () => {
  const send = async (path: string, body: unknown) =>
    changeEnd.parse((await operator.send('POST', `/api/v1/config/jails/${path}`, body)).body);
  expect(await send('manual/deactivate', {})).toMatchObject({ result: 'applied', jails: ['manual'] });
  await expect(fail2ban.client('status', 'manual')).rejects.toThrow();
  expect(await send('manual/activate', { reason: 'again' })).toMatchObject({ result: 'applied' });
  expect(await said('manual', 'bantime')).toBe('-1');
  const options = { filter: 'sshd', logpath: fail2ban.authLog, backend: 'polling', bantime: '5m' };
  expect(await send('brand-new/activate', { options })).toMatchObject({ result: 'applied' });
  expect(await said('brand-new', 'bantime')).toBe('300');
  expect(await form('brand-new')).toMatchObject({ own: true, enabled: true, filter: 'sshd' });
}, 60_000);

test('effective values of more than a hundred jails come in one answer, and show the last change', async () => {
  const path = '/api/v1/config/effective';
  for (const maxretry of ['4', '5']) {
    await writeFile(join(fail2ban.configDir, 'jail.d/zz.local'), `[DEFAULT]\nmaxretry = ${maxretry}\n`);
    const { items } = effective.output.parse((await operator.get(path)).body);
    const enabled = items.filter((one) => one.enabled);
    expect(enabled.length).toBeGreaterThan(100);
    const values = enabled.flatMap((one) => one.values.filter(({ option }) => option === 'maxretry'));
    expect(new Set(values.map(({ value }) => value))).toContain(maxretry);
  }
}, 60_000);
