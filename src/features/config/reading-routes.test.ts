/** Reading a real fail2ban's configuration over HTTP, and what a form makes of it. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile as readBytes, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startFail2ban, type RealFail2ban } from '../../../test/fail2ban/real-fail2ban.ts';
import { ownRateLimiter } from '../../../test/limits.ts';
import { operator, type Operator } from '../../../test/operator.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import type { FileChange } from '../../host/config/change.ts';
import { createConfigReader } from '../../host/config/config-reader.ts';
import { createLocalHost } from '../../host/local-host.ts';
import { createServer } from '../../platform/http/server.ts';
import { listFiles, readFile } from './contract.ts';
import { effective, readDefinition } from './effective-contract.ts';
import {
  listConfigJails,
  listJailOptions,
  listTemplates,
  logPath,
  readConfigJail,
  validateConfigJail,
} from './jails-contract.ts';
import { configFormRoutes } from './form-routes.ts';
import { configReadingRoutes } from './reading-routes.ts';

let outside = '';
let fail2ban: RealFail2ban;
let http: Operator;
let close: () => Promise<void>;
/** What the forms hand to the transaction. */
let changes: { files: FileChange[]; action: string; reason: string | null }[] = [];

beforeAll(async () => {
  outside = await mkdtemp(join(tmpdir(), 'bangui-outside-'));
  await writeFile(join(outside, 'secret.local'), '[DEFAULT]\nsecret = stolen\n');
  fail2ban = await startFail2ban({
    action: 'to-file',
    files: {
      'jail.conf': `[INCLUDES]
before = paths-debian.conf
[DEFAULT]
bantime = 1h
filter = %(__name__)s
logpath = $DIR/auth.log
backend = polling
[nginx-http-auth]
port = http,https
logpath = $DIR/*.log
[apache-auth]
logpath = /var/log/none-of-this/*.log
`,
      'jail.d/web.local': '# mine\n[web]\nmaxretry = 4\n',
      'filter.d/latin.local': '[Definition]\nfailregex = ^x <HOST>\n',
    },
  });
  const { configDir } = fail2ban;
  await writeFile(
    join(configDir, 'filter.d/latin.local'),
    Buffer.from('[Definition]\n# na\xefve\n', 'latin1'),
  );
  await symlink(join(outside, 'secret.local'), join(configDir, 'jail.d/link.local'));
  await symlink('web.local', join(configDir, 'jail.d/inner.local'));
  const host = createLocalHost({
    id: 'local',
    socketPath: fail2ban.socket,
    log: silentLog,
    now: systemClock,
  });
  await host.refresh();
  const reader = createConfigReader({ configDir, program: null });
  const server = await createServer({
    log: silentLog,
    identify: async (cookie) =>
      cookie === 'good'
        ? {
            sessionId: 's',
            actor: { userId: 1, name: 'admin', role: 'admin' },
            expiresAt: Date.now() + 600_000,
          }
        : null,
    limiter: ownRateLimiter({ perMinute: 1_000_000, now: systemClock }),
    trustedProxies: [],
    allowedOrigins: [],
    pages: import.meta.dirname,
    version: '0',
  });
  const deps = { mount: server.mount, host, reader, configDir, allowedLogDirs: [fail2ban.dir] };
  configReadingRoutes(deps);
  configFormRoutes({
    ...deps,
    version: ({ request }) => request.headers['if-match']?.replaceAll('"', '') ?? null,
    change: async (_, wanted) => {
      changes.push(wanted);
      return { result: 'applied', revision: 1, steps: [], findings: [], jails: [], etag: null };
    },
    check: async () => ({ ok: true, ms: 1, findings: [], starts: [], reloads: [], stops: [], commands: [] }),
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  http = operator(url, 'bangui_session=good');
  close = async () => {
    await server.close(100);
    await reader.close();
    await host.close();
  };
});
beforeEach(() => {
  changes = [];
});
afterAll(async () => {
  await close();
  await fail2ban.remove();
  await rm(outside, { recursive: true });
});

async function get(path: string): Promise<unknown> {
  const answer = await http.get(`/api/v1/config/${path}`);
  expect([path, answer.status, answer.body]).toMatchObject([path, 200, {}]);
  return answer.body;
}
const status = async (path: string) => (await http.get(`/api/v1/config/${path}`)).status;

test('files are listed with who uses them, their twin, and whether they may be written', async () => {
  const { items, total, read_only } = listFiles.output.parse(await get('files'));
  expect(read_only).toBeNull();
  expect(total).toBe(items.length);
  const file = (path: string) => items.find((one) => one.path === path);
  expect(file('jail.conf')).toMatchObject({
    layer: 'conf',
    writable: false,
    twin: 'jail.local',
    kind: 'jail',
  });
  expect(file('jail.d/web.local')).toMatchObject({
    layer: 'local',
    writable: true,
    twin: null,
    used_by: ['web'],
  });
  // sshd runs, and its filter is made of these.
  expect(file('filter.d/sshd.conf')?.used_by).toEqual(['incr', 'sshd']);
  expect(file('filter.d/common.conf')?.used_by).toEqual(expect.arrayContaining(['incr', 'sshd']));
  expect(file('action.d/to-file.conf')?.used_by.slice(0, 4)).toEqual(['incr', 'manual', 'sshd', 'web']);
  expect(file('jail.d/inner.local')).toMatchObject({ writable: false, used_by: ['web'] });
  expect(file('fail2ban.local')).toMatchObject({ kind: 'server', writable: true });
  // A link that leads outside is not there for us.
  expect(file('jail.d/link.local')).toBeUndefined();
  const filters = listFiles.output.parse(await get('files?kind=filter'));
  expect(new Set(filters.items.map((one) => one.kind))).toEqual(new Set(['filter']));
});

test('a file is read with the hash of its bytes as its version, whatever it is written in', async () => {
  const answer = await http.get('/api/v1/config/files/jail/web.local');
  const file = readFile.output.parse(answer.body);
  const bytes = await readBytes(join(fail2ban.configDir, 'jail.d/web.local'));
  const hash = `"${createHash('sha256').update(bytes).digest('hex')}"`;
  expect(file).toMatchObject({ content: bytes.toString(), etag: hash, encoding: 'utf-8', findings: [] });
  expect(answer.headers.get('etag')).toBe(hash);
  expect(readFile.output.parse(await get('files/filter/latin.local'))).toMatchObject({
    content: '[Definition]\n# na\u00efve\n',
    encoding: 'latin-1',
    findings: [{ code: 'wrong-encoding' }],
  });
});

test('names that lead elsewhere, links to outside and unknown kinds are refused, and nothing is told of them', async () => {
  for (const name of [
    '..%2Fjail.conf',
    'a%00.conf',
    'jаil.local',
    'x.txt',
    '.hidden.conf',
    'a..b.conf',
    '%2Fetc%2Fpasswd',
  ])
    expect([name, await status(`files/jail/${name}`)]).toEqual([name, 422]);
  const linked = await http.get('/api/v1/config/files/jail/link.local');
  expect(linked.status).toBe(404);
  expect(JSON.stringify(linked.body)).not.toContain('stolen');
  expect(JSON.stringify(await get('effective?jail=web'))).not.toContain('stolen');
  expect(await status('files/jail/nothing.local')).toBe(404);
  expect(await status('files/wrong/web.local')).toBe(422);
  expect(await status('jails/nothing')).toBe(404);
  expect(await status('effective?jail=nothing')).toBe(404);
});

test('effective values are those that the daemon has', async () => {
  const { items, findings } = effective.output.parse(await get('effective'));
  for (const jail of ['sshd', 'web', 'incr', 'manual']) {
    const value = (option: string) =>
      items.find((one) => one.jail === jail)?.values.find((one) => one.option === option)?.value ?? '';
    for (const option of ['maxretry', 'usedns']) {
      const said = (await fail2ban.client('get', jail, option)).trim();
      // jail.d/web.local was there before the daemon started.
      expect([jail, option, value(option)]).toEqual([jail, option, said]);
    }
    const seconds = await fail2ban.client('--str2sec', value('bantime'));
    expect((await fail2ban.client('get', jail, 'bantime')).trim()).toBe(seconds.trim());
  }
  expect(findings.map((one) => [one.code, one.file])).toContainEqual([
    'include-outside',
    'jail.d/link.local',
  ]);
  const one = effective.output.parse(await get('effective?jail=web&option=maxretry'));
  expect(one.items).toEqual([
    {
      jail: 'web',
      enabled: true,
      values: [
        expect.objectContaining({
          value: '4',
          origin: { file: 'jail.d/web.local', line: 3 },
          overrides: [
            expect.objectContaining({ file: 'jail.d/inner.local', value: '4' }),
            expect.objectContaining({ file: 'jail.local', value: '3' }),
          ],
        }),
      ],
    },
  ]);
});

test('jails are listed, off ones too; a form shows values as written and as read, and its log files', async () => {
  const { items } = listConfigJails.output.parse(await get('jails'));
  expect(items.find((one) => one.name === 'web')).toMatchObject({ enabled: true, active: true, own: true });
  expect(items.find((one) => one.name === 'apache-auth')).toMatchObject({
    enabled: false,
    active: false,
    own: false,
  });
  const web = readConfigJail.output.parse(await get('jails/web'));
  expect(web.options['maxretry']).toEqual({
    value: '4',
    written: '4',
    origin: { file: 'jail.d/web.local', line: 3 },
    own: true,
  });
  expect(web.log_paths).toEqual([{ path: fail2ban.webLog, exists: true, files: 1, allowed: true }]);
  expect(web.etag).toMatch(/^"[0-9a-f]{64}"$/);
  const off = readConfigJail.output.parse(await get('jails/apache-auth'));
  expect(off).toMatchObject({ file: 'jail.d/apache-auth.local', etag: null, filter: 'apache-auth' });
  expect(off.options['filter']).toMatchObject({ value: 'apache-auth', written: '%(__name__)s', own: false });
  expect(off.log_paths).toEqual([
    { path: '/var/log/none-of-this/*.log', exists: false, files: 0, allowed: false },
  ]);
});

test('filters, templates, options and log paths answer', async () => {
  const sshd = readDefinition.output.parse(await get('definitions/filter/sshd'));
  expect(sshd.files).toEqual(['filter.d/common.conf', 'filter.d/sshd.conf']);
  expect(sshd.used_by).toEqual(['incr', 'sshd']);
  const action = readDefinition.output.parse(await get('definitions/action/to-file'));
  expect(action.parameters).toMatchObject([{ option: 'out', value: fail2ban.actionsLog }]);
  expect(await status('definitions/filter/..%2Fjail')).toBe(404);
  const { items } = listTemplates.output.parse(await get('templates'));
  expect(items.map((one) => [one.name, one.likely])).toEqual([
    ['nginx-http-auth', true],
    ['apache-auth', false],
    [null, false],
  ]);
  expect(items[0]?.options).toEqual({
    enabled: 'true',
    port: 'http,https',
    logpath: `${fail2ban.dir}/*.log`,
  });
  const options = listJailOptions.output.parse(await get('jail-options'));
  expect(options.items.find((one) => one.name === 'ignorecommand')).toMatchObject({ runs_code: true });
  expect(options.items.find((one) => one.name === 'bantime')).toMatchObject({
    type: 'duration',
    runs_code: false,
  });
  const path = encodeURIComponent(`${fail2ban.dir}/auth*.log`);
  expect(logPath.output.parse(await get(`log-paths?path=${path}`))).toMatchObject({
    files: 2,
    allowed: true,
  });
  expect(await get('log-paths?path=%2Fetc%2Fpasswd')).toMatchObject({
    exists: false,
    files: 0,
    allowed: false,
    names: [],
  });
});

const put = async (jail: string, options: Record<string, string | null>) => {
  const answer = await http.send('PUT', `/api/v1/config/jails/${encodeURIComponent(jail)}`, {
    options,
    reason: 'why',
  });
  return { ...answer, text: JSON.stringify(answer.body) };
};

test('a form becomes one file with its comments kept, which fail2ban reads as it was meant', async () => {
  const answer = await put('web', {
    maxretry: '6',
    bantime: '2h',
    logpath: `${fail2ban.webLog}\n${fail2ban.authLog}`,
  });
  expect([answer.status, answer.text]).toMatchObject([200, expect.stringContaining('applied')]);
  const content = changes[0]?.files[0]?.content ?? '';
  expect(changes).toMatchObject([
    { action: 'form', reason: 'why', files: [{ file: { path: 'jail.d/web.local' } }] },
  ]);
  expect(content).toBe(
    `# mine\n[web]\nmaxretry = 6\nbantime = 2h\nlogpath = ${fail2ban.webLog}\n          ${fail2ban.authLog}\n`,
  );
  await writeFile(join(fail2ban.configDir, 'jail.d/web.local'), content);
  await rm(join(fail2ban.configDir, 'jail.d/link.local'));
  await fail2ban.client('reload', 'web');
  expect((await fail2ban.client('get', 'web', 'maxretry')).trim()).toBe('6');
  expect((await fail2ban.client('get', 'web', 'bantime')).trim()).toBe('7200');
  expect(await fail2ban.client('get', 'web', 'logpath')).toContain(fail2ban.authLog);
  const web = readConfigJail.output.parse(await get('jails/web'));
  expect(web.options['bantime']).toMatchObject({ value: '2h', own: true });
});

test('what an option may not hold is refused by name, and nothing is handed on', async () => {
  const wrong: [string, string][] = [
    ['bantime', '10 minuets'],
    ['bantime', "[__import__('os').system('id'),600][1]"],
    ['bantime', '%(nowhere)s'],
    ['findtime', '-1'],
    ['maxretry', '5 # five'],
    ['maxretry', '%(failregex)s'],
    ['enabled', 'maybe'],
    ['port', 'ssh; id'],
    ['port', '$(id)'],
    ['logpath', '/etc/shadow'],
    ['logpath', '/var/log/../../etc/shadow'],
    ['logpath', `${fail2ban.dir}/a;id`],
    ['logpath', '/etc/%(__name__)s'],
    ['ignoreip', '10.0.0.300'],
    ['usedns', 'perhaps'],
    ['failregex', '^a\n\n^b'],
    ['failregex', '^a\n# b'],
    ['failregex', '^a ; b'],
    ['failregex', '^100% <HOST>'],
    ['failregex', '^a\r[DEFAULT]'],
    ['fail\nregex', 'x'],
    ['a=b', 'x'],
    ['[DEFAULT]', 'x'],
  ];
  for (const [option, value] of wrong) {
    const answer = await put('web', { [option]: value });
    expect([option, value, answer.status]).toEqual([option, value, 422]);
    expect(answer.text).toContain(JSON.stringify(`body.options.${option}`));
  }
  for (const name of ['jail', 'DEFAULT', 'INCLUDES', 'paths-debian', 'a b', '../x', 'wеb', '--all'])
    expect([name, (await put(name, { maxretry: '3' })).status]).toEqual([name, 422]);
  expect(changes).toEqual([]);
});

test('references are followed, through the very change too', async () => {
  expect((await put('web', { findtime: '%(bantime)s', bantime: '3h' })).status).toBe(200);
  expect((await put('web', { findtime: '%(bantime)s', bantime: '-1' })).status).toBe(422);
  expect((await put('web', { failregex: '%(known/failregex)s\n^more <HOST>' })).status).toBe(200);
  expect((await put('web', { own_word: '100%%' })).status).toBe(200);
});

test('jails are switched on and off, a new one is made of a template, and what overrules the form is told', async () => {
  const post = (path: string, body: unknown) => http.send('POST', `/api/v1/config/jails/${path}`, body);
  expect((await post('apache-auth/activate', { options: { logpath: fail2ban.webLog } })).status).toBe(200);
  expect((await post('web/deactivate', {})).status).toBe(200);
  expect(
    (await post('brand-new/activate', { options: { filter: 'sshd', logpath: fail2ban.authLog } })).status,
  ).toBe(200);
  expect((await post('unknown/activate', {})).status).toBe(404);
  expect((await post('unknown/deactivate', {})).status).toBe(404);
  expect(changes.map((one) => [one.action, one.files[0]?.before === null, one.files[0]?.content])).toEqual([
    ['activate', true, `[apache-auth]\nlogpath = ${fail2ban.webLog}\nenabled = true\n`],
    ['deactivate', false, expect.stringContaining('\nenabled = false\n')],
    ['activate', true, `[brand-new]\nfilter = sshd\nlogpath = ${fail2ban.authLog}\nenabled = true\n`],
  ]);
  await mkdir(join(fail2ban.configDir, 'jail.d'), { recursive: true });
  await writeFile(join(fail2ban.configDir, 'jail.d/zz.local'), '[web]\nfindtime = 9m\n');
  const tried = await post('web/validate', { options: { findtime: '8m', maxretry: '7' } });
  expect(validateConfigJail.output.parse(tried.body)).toMatchObject({
    content: expect.stringContaining('findtime = 8m'),
    findings: [{ code: 'overruled', option: 'findtime', file: 'jail.d/zz.local', line: 2 }],
  });
});
