/** The configuration as a real fail2ban's readers tell it, and where our reader finds its lines. */
import { execFileSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createConfigReader, type ConfigReader } from './config-reader.ts';

const stock = '/etc/fail2ban';
let dir = '';
let reader: ConfigReader;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bangui-effective-'));
  reader = createConfigReader({ configDir: join(dir, 'etc'), program: null });
  await mkdir(join(dir, 'etc'));
});
afterEach(async () => {
  await reader.close();
  await rm(dir, { recursive: true });
});

async function write(files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, 'etc', name)), { recursive: true });
    await writeFile(join(dir, 'etc', name), text);
  }
}
/** What has changed a moment ago is not relied on: its next change may leave the same times. */
const settle = () => sleep(150);
const copyStock = () => cp(stock, join(dir, 'etc'), { recursive: true });

async function read() {
  const reading = await reader.read();
  const jail = (name: string) =>
    reading.jails.find((one) => one.name === name) ?? expect.fail(`no jail ${name}`);
  return { ...reading, jail };
}
const tiny = {
  'filter.d/web.conf': '[Definition]\nfailregex = ^failed <HOST>$\n',
  'action.d/note.conf': '[Definition]\nactionban = true\n[Init]\nport = ssh\n',
};

test('Debian’s configuration: every jail of jail.conf opens, off ones too, and values name their lines', async () => {
  await copyStock();
  const { jails, findings, failure, jail, definitions } = await read();
  expect(failure).toBeNull();
  expect(findings).toEqual([]);
  expect(jails.length).toBeGreaterThan(80);
  expect(jails.filter((one) => one.enabled).map((one) => one.name)).toEqual(['sshd']);
  const sshd = jail('sshd');
  expect(sshd).toMatchObject({ own: false, filter: 'sshd', actions: ['iptables-multiport'] });
  expect(sshd.value('enabled')).toMatchObject({
    value: 'true',
    origin: { file: 'jail.d/defaults-debian.conf', line: 2 },
    overrides: [{ file: 'jail.conf', value: 'false' }],
  });
  // Through paths-debian.conf to paths-common.conf.
  expect(sshd.value('logpath')).toMatchObject({ value: '/var/log/auth.log', written: '%(sshd_log)s' });
  expect(sshd.value('sshd_log')?.overrides[0]?.file ?? sshd.value('sshd_log')?.origin?.file).toBe(
    'paths-common.conf',
  );
  expect(sshd.value('failregex')).toMatchObject({ origin: { file: 'filter.d/sshd.conf' } });
  expect(sshd.value('failregex')?.value).toContain('[aA]uthentication (?:failure|error|failed)');
  expect(jail('apache-auth').value('logpath')?.value).toBe('/var/log/apache2/*error.log');
  expect(definitions.get('filter.d/sshd')).toEqual(['filter.d/common.conf', 'filter.d/sshd.conf']);
});

test('later layers win, a section wins over the defaults, and what is overridden is told nearest first', async () => {
  await write({
    ...tiny,
    'jail.conf':
      '[DEFAULT]\nbantime = 1h\nfilter = web\naction = note\n[web]\nbantime = 2h\n[other]\nenabled = no\n',
    'jail.d/a.conf': '[web]\nbantime = 3h\n',
    'jail.local':
      '[DEFAULT]\nbantime = 4h\n[web]\nenabled = true\n[mine]\nfindtime = %(bantime)s\nextra = 100%%\n',
    'jail.d/z.local': '[web]\nbantime: 5h ; why\n',
  });
  const { jail, findings } = await read();
  expect(findings).toEqual([]);
  expect(jail('web').value('bantime')).toEqual({
    option: 'bantime',
    value: '5h',
    written: '5h',
    origin: { file: 'jail.d/z.local', line: 2 },
    overrides: [
      { file: 'jail.d/a.conf', line: 2, value: '3h' },
      { file: 'jail.conf', line: 6, value: '2h' },
      { file: 'jail.local', line: 2, value: '4h' },
      { file: 'jail.conf', line: 2, value: '1h' },
    ],
  });
  expect(jail('mine')).toMatchObject({ own: true, enabled: false });
  expect(jail('mine').value('findtime')).toMatchObject({
    value: '4h',
    written: '%(bantime)s',
    origin: { line: 6 },
  });
  expect(jail('mine').value('extra')).toMatchObject({ value: '100%', written: '100%%' });
  expect(jail('web').value('maxretry')).toBeNull();
  expect(jail('web').value('constructor')).toBeNull();
});

test('a jail takes over from its filter, with the filter’s parameters, and known/ adds to it', async () => {
  await write({
    'filter.d/web.conf':
      '[Definition]\nfailregex = ^<mode> <HOST>$\nmaxlines = 3\njournalmatch = _SYSTEMD_UNIT=<unit>\n[Init]\nmode = failed\nunit = web.service\n',
    'filter.d/web.local': '[Init]\nunit = other.service\n',
    'jail.local':
      '[web]\nenabled = true\nbackend = systemd\nfilter = web[mode=refused]\n[more]\nfilter = web\nfailregex = %(known/failregex)s\n            ^more <HOST>$\n',
  });
  const { jail } = await read();
  expect(jail('web').value('failregex')).toMatchObject({
    value: '^refused <HOST>$',
    origin: { file: 'filter.d/web.conf', line: 2 },
  });
  expect(jail('web').value('journalmatch')?.value).toBe('_SYSTEMD_UNIT=other.service');
  expect(jail('web').value('maxlines')).toMatchObject({ value: '3', origin: { line: 3 } });
  expect(jail('more').value('failregex')).toMatchObject({
    value: '^failed <HOST>$\n^more <HOST>$',
    origin: { file: 'jail.local', line: 7 },
    overrides: [{ file: 'filter.d/web.conf', line: 2 }],
  });
});

test('a file with a mistake is named with its line, and all others still answer', async () => {
  await write({
    ...tiny,
    'jail.conf': '[DEFAULT]\nfilter = web\naction = note\n[web]\nenabled = true\n',
    'jail.d/a.conf': 'bantime = 1h\n',
    'jail.d/b.conf': '[web]\nbantime = 2h\nbantime = 3h\n',
    'jail.d/c.conf': '[web]\n[web]\n',
    'jail.d/d.conf': '[web]\nfindtime = 7m\nno setting\n',
    'jail.d/e.conf': Buffer.from('[web]\n# na\xefve\nfindtime = 8m\n', 'latin1'),
    'jail.d/f.conf': '\ufeff[web]\nfindtime = 9m\n',
    'jail.d/g.conf': '[web]\nmaxretry = 4\n',
  });
  const { jail, findings } = await read();
  expect(jail('web').value('maxretry')?.value).toBe('4');
  expect(jail('web').value('findtime')).toBeNull();
  const places = findings.map(({ code, file, line, severity }) => [code, file, line, severity]);
  expect(places).toEqual([
    ['no-section', 'jail.d/a.conf', 1, 'error'],
    ['duplicate-key', 'jail.d/b.conf', 3, 'error'],
    ['duplicate-section', 'jail.d/c.conf', 2, 'error'],
    ['bad-line', 'jail.d/d.conf', 3, 'error'],
    ['wrong-encoding', 'jail.d/e.conf', 2, 'error'],
    ['no-section', 'jail.d/f.conf', 1, 'error'],
  ]);
});

test('what is wrong with one jail is told of that jail, and is only a warning while it is off', async () => {
  await write({
    ...tiny,
    'jail.local': `[DEFAULT]
filter = web
action = note
unused = %(nowhere)s
[web]
enabled = true
filter = webb
[times]
enabled = true
bantime = 10 minuets
maxretry = 5 # five
[circle]
bantime = %(findtime)s
findtime = %(bantime)s
[gone]
enabled = true
logpath = %(nowhere)s
[act]
enabled = true
action = noote[port=1]
[fine]
enabled = true
`,
  });
  const { jails, findings } = await read();
  const told = findings.map((one) => [
    one.jail,
    one.code,
    one.option,
    one.line,
    one.severity,
    one.suggestion,
  ]);
  expect(told).toEqual(
    expect.arrayContaining([
      ['web', 'filter-missing', 'filter', 7, 'error', 'web'],
      ['times', 'bad-time', 'bantime', 10, 'error', null],
      ['times', 'not-a-number', 'maxretry', 11, 'error', null],
      ['circle', 'bad-reference', 'bantime', 13, 'warning', null],
      ['circle', 'bad-reference', 'findtime', 14, 'warning', null],
      ['gone', 'bad-reference', 'logpath', 17, 'error', null],
      ['act', 'action-missing', 'action', 20, 'error', 'note'],
    ]),
  );
  expect(told).toHaveLength(7);
  expect(jails.find((one) => one.name === 'fine')?.findings).toEqual([]);
  expect(findings.find((one) => one.code === 'not-a-number')?.message).toContain('a line of its own');
});

test('includes outside of the folder, links that lead outside, pipes and huge files are never read', async () => {
  await writeFile(join(dir, 'secret'), '[web]\nport = stolen\nthe secret line\n');
  await writeFile(join(dir, 'other'), '[web]\nport = stolen\n');
  await write({
    ...tiny,
    'jail.conf': `[INCLUDES]\nbefore = ${join(dir, 'secret')}\n         ../other\n         gone.conf\n[web]\nfilter = web\naction = note\nbantime = 1h\n`,
    'jail.d/huge.local': `[web]\n${'#'.repeat(1_100_000)}\nbantime = 2h\n`,
    'inner/real.conf': '[web]\nfindtime = 3h\n',
  });
  await symlink(join(dir, 'other'), join(dir, 'etc/jail.d/linked.local'));
  await symlink('../inner/real.conf', join(dir, 'etc/jail.d/inside.conf'));
  execFileSync('mkfifo', [join(dir, 'etc/jail.d/pipe.local')]);
  const { jail, findings } = await read();
  expect(jail('web').value('port')).toBeNull();
  expect(jail('web').value('bantime')?.value).toBe('1h');
  expect(jail('web').value('findtime')).toMatchObject({
    value: '3h',
    origin: { file: 'jail.d/inside.conf' },
  });
  expect(JSON.stringify(findings)).not.toMatch(/stolen|secret line/);
  const codes = findings.map((one) => [one.code, one.line]);
  expect(codes).toEqual(
    expect.arrayContaining([
      ['include-outside', null],
      ['too-large', null],
      ['no-file', null],
      ['include-missing', 4],
    ]),
  );
  expect(findings.filter((one) => one.code === 'include-outside')).toHaveLength(3);
});

test('linuxserver’s layout, and a folder that is itself a link', async () => {
  await write({
    ...tiny,
    'jail.conf': '[DEFAULT]\nbantime = 1h\naction = note\n',
    'jail.d/web.conf': '[web]\nenabled = false\nfilter = web\n',
    'jail.d/web.local': '[web]\nenabled = true\n',
    'filter.d/web.local': '[Definition]\nfailregex = ^ours <HOST>$\n',
  });
  await symlink('etc', join(dir, 'config'));
  const linked = createConfigReader({ configDir: join(dir, 'config'), program: null });
  const { jails, findings } = await linked.read();
  await linked.close();
  expect(findings).toEqual([]);
  expect(jails[0]).toMatchObject({ name: 'web', enabled: true, own: false });
  expect(jails[0]?.value('failregex')).toMatchObject({
    value: '^ours <HOST>$',
    origin: { file: 'filter.d/web.local', line: 2 },
    overrides: [{ file: 'filter.d/web.conf', line: 2 }],
  });
});

test('the answer is kept until a file changes, comes or goes', async () => {
  await write({ ...tiny, 'jail.local': '[web]\nfilter = web\naction = note\nbantime = 1h\n' });
  await settle();
  const first = await reader.read();
  expect(await reader.read()).toBe(first);
  await write({ 'jail.local': '[web]\nfilter = web\naction = note\nbantime = 2h\n' });
  const stamp = new Date(1_000);
  await utimes(join(dir, 'etc/jail.local'), stamp, stamp);
  const second = await reader.read();
  expect(second.jails[0]?.value('bantime')?.value).toBe('2h');
  await write({ 'jail.d/web.local': '[web]\nbantime = 3h\n' });
  await settle();
  const [third, again] = await Promise.all([reader.read(), reader.read()]);
  expect(third.jails[0]?.value('bantime')?.value).toBe('3h');
  expect(again).toBe(third);
  await rm(join(dir, 'etc/jail.d/web.local'));
  expect((await reader.read()).jails[0]?.value('bantime')?.value).toBe('2h');
});

test('a change is seen however soon one asks, and a file that was broken is read when it is mended', async () => {
  await write({ ...tiny, 'jail.conf': '[web]\nfilter = web\naction = note\n' });
  for (let count = 1; count < 10; count++) {
    await write({ 'jail.d/web.local': `[web]\nmaxretry = ${count}\n` });
    expect((await read()).jail('web').value('maxretry')?.value).toBe(String(count));
  }
  await write({ 'filter.d/web.local': 'no section\n' });
  expect((await read()).findings).toMatchObject([{ code: 'no-section', file: 'filter.d/web.local' }]);
  await write({ 'jail.d/web.local': '[web]\nmaxretry = 3\n' });
  expect((await read()).findings).toMatchObject([{ code: 'no-section', file: 'filter.d/web.local' }]);
  await write({ 'filter.d/web.local': '[Definition]\nmaxlines = 7\n' });
  const mended = await read();
  expect([mended.findings, mended.jail('web').value('maxlines')?.value]).toEqual([[], '7']);
});

test('a folder that is not there, and a program that is not fail2ban’s, are told and not thrown', async () => {
  const nowhere = createConfigReader({ configDir: join(dir, 'nowhere'), program: null });
  expect((await nowhere.read()).findings).toMatchObject([{ severity: 'error', code: 'unreadable' }]);
  await nowhere.close();
  const engineless = createConfigReader({ configDir: stock, program: join(dir, 'fail2ban-server') });
  const { jails, failure } = await engineless.read();
  expect(jails).toEqual([]);
  expect(failure).toMatch(/cannot be read/);
  await engineless.close();
});

test('a filter shows its options with the lines that set them, and its parameters with their defaults', async () => {
  await write({
    'filter.d/base.conf': '[DEFAULT]\n_daemon = web\n[Definition]\nmaxlines = 1\n',
    'filter.d/web.conf':
      '[INCLUDES]\nbefore = base.conf\n[Definition]\nfailregex = ^%(_daemon)s <mode>\n            ^second <HOST>\n[Init]\nmode = normal\n[Init?family=inet6]\nmode = six\n',
    'filter.d/web.local': '[Definition]\nmaxlines = 2\n',
  });
  await settle();
  const outcome = await reader.definition('filter', 'web');
  const { definition } = outcome.kind === 'read' ? outcome : expect.fail(outcome.kind);
  expect(definition.files).toEqual(['filter.d/base.conf', 'filter.d/web.conf', 'filter.d/web.local']);
  const option = (section: string, name: string) =>
    definition.options.find((one) => one.section === section && one.option === name);
  expect(option('Definition', 'failregex')).toMatchObject({
    value: '^web <mode>\n^second <HOST>',
    written: '^%(_daemon)s <mode>\n^second <HOST>',
    lines: [{ line: 4 }, { line: 5, text: '^second <HOST>' }],
  });
  expect(option('Definition', 'maxlines')).toMatchObject({
    value: '2',
    origin: { file: 'filter.d/web.local' },
    overrides: [{ file: 'filter.d/base.conf', line: 4, value: '1' }],
  });
  expect(option('Init', 'mode')).toMatchObject({ value: 'normal', origin: { line: 7 } });
  expect(option('Init', 'mode?family=inet6')).toMatchObject({ value: 'six', origin: { line: 9 } });
  expect(option('DEFAULT', '_daemon')).toMatchObject({
    value: 'web',
    origin: { file: 'filter.d/base.conf' },
  });
  expect(await reader.definition('filter', 'web')).toBe(outcome);
  for (const name of ['nothing', '../jail', 'a/b', 'web\0', 'wеb', ''])
    expect(await reader.definition('filter', name)).toEqual({ kind: 'missing' });
});

test('every filter and every action that ships opens', { timeout: 300_000 }, async () => {
  const shipped = createConfigReader({ configDir: stock, program: null });
  for (const kind of ['filter', 'action'] as const) {
    const names = (await readdir(join(stock, `${kind}.d`))).filter((name) => name.endsWith('.conf'));
    expect(names.length).toBeGreaterThan(50);
    for (const name of names) {
      const outcome = await shipped.definition(kind, name.replace('.conf', ''));
      expect([name, outcome]).toMatchObject([name, { kind: 'read', definition: { findings: [] } }]);
      if (outcome.kind === 'read') expect(outcome.definition.options.length).toBeGreaterThan(0);
    }
  }
  await shipped.close();
});

test('a folder and a file that are closed to us are named, and the rest still answers', async () => {
  await write({
    ...tiny,
    'jail.conf': '[web]\nfilter = web\naction = note\nbantime = 1h\n',
    'jail.local': '[web]\nbantime = 2h\n',
    'jail.d/a.local': '[web]\nbantime = 3h\n',
  });
  await chmod(dir, 0o755);
  await chmod(join(dir, 'etc/jail.local'), 0o600);
  await chmod(join(dir, 'etc/jail.d'), 0o700);
  // The project's own folder may be closed to others.
  for (const name of ['read-config.py', 'read_config_files.py', 'read_jails.py'])
    await cp(join(import.meta.dirname, name), join(dir, name));
  const limits = JSON.stringify({ memoryBytes: 400_000_000, cpuSeconds: 10 });
  // Tests run as root, to whom nothing is closed.
  const nobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];
  const program = ['/usr/bin/python3', '-I', join(dir, 'read-config.py'), limits];
  const input = JSON.stringify({ configDir: join(dir, 'etc'), jails: { known: [] }, paths: [] });
  const answer: unknown = JSON.parse(
    execFileSync('setpriv', [...nobody, ...program], { input, encoding: 'utf8', cwd: '/' }),
  );
  expect(answer).toMatchObject({
    jails: [{ told: { name: 'web', options: { bantime: '1h' } } }],
    findings: [
      { code: 'closed', file: join(dir, 'etc/jail.d') },
      { code: 'closed', file: join(dir, 'etc/jail.local') },
    ],
  });
});
