/** What a rehearsal tells: of edits that may be written, what they start, reload and stop; of others see wrong-edits.test.ts. */
import { appendFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRehearsalScene, type Files, type RehearsalScene } from '../../../test/rehearsal.ts';

let scene: RehearsalScene;
beforeEach(async () => {
  scene = await openRehearsalScene();
});
afterEach(() => scene.remove());

const good: readonly [
  name: string,
  files: Files,
  jails: Partial<Record<'starts' | 'reloads' | 'stops', string[]>>,
][] = [
  ['a longer ban time', { 'jail.d/web.local': '[web]\nbantime = 1w 2d 3h\n' }, { reloads: ['web'] }],
  ['a permanent ban', { 'jail.d/web.local': '[web]\nbantime = -1\n' }, { reloads: ['web'] }],
  [
    'a comment behind a semicolon',
    { 'jail.d/web.local': '[web]\nmaxretry = 5 ; five\n' },
    { reloads: ['web'] },
  ],
  ['lines that end as on Windows', { 'jail.d/web.local': '[web]\r\nmaxretry = 5\r\n' }, { reloads: ['web'] }],
  [
    'umlauts in a comment',
    { 'jail.d/web.local': '# für Ümläute\n[web]\nmaxretry = 5\n' },
    { reloads: ['web'] },
  ],
  [
    'a section indented as a whole',
    { 'jail.d/web.local': '[web]\n  maxretry = 5\n  findtime = 1h\n' },
    { reloads: ['web'] },
  ],
  ['a comment only', { 'jail.d/web.local': '# nothing\n[web]\n' }, {}],
  ['an empty file', { 'jail.d/web.local': '' }, {}],
  ['the same value again', { 'jail.d/web.local': '[web]\nmaxretry = 3\n' }, {}],
  ['a jail switched off', { 'jail.d/web.local': '[web]\nenabled = false\n' }, { stops: ['web'] }],
  [
    'a jail switched on',
    { 'jail.d/new.local': '[pure-ftpd]\nenabled = yes\nlogpath = $DIR/auth.log\n' },
    { starts: ['pure-ftpd'] },
  ],
  [
    'a find time for all',
    { 'jail.d/all.local': '[DEFAULT]\nmaxmatches = 7\n' },
    { reloads: ['incr', 'manual', 'sshd', 'web'] },
  ],
  [
    'a filter that two jails use',
    { 'filter.d/sshd.local': '[Definition]\nmaxlines = 2\n' },
    { reloads: ['incr', 'sshd'] },
  ],
  ['a filter that nobody uses', { 'filter.d/own.local': '[Definition]\nfailregex = ^own <HOST>$\n' }, {}],
  [
    'an expression added to what is known',
    {
      'filter.d/tinyweb.local': '[Definition]\nfailregex = %(known/failregex)s\n            ^more <HOST>$\n',
    },
    { reloads: ['web'] },
  ],
  [
    'every kind of incremental ban time',
    {
      'jail.d/web.local':
        '[web]\nbantime.increment = true\nbantime.factor = 1.5\nbantime.formula = ban.Time * (1<<(ban.Count if ban.Count<20 else 20)) * banFactor\nbantime.multipliers = 1 5 30 60\nbantime.maxtime = 1mo\nbantime.rndtime = 10m\nbantime.overalljails = no\n',
    },
    { reloads: ['web'] },
  ],
  [
    'an action with parameters',
    {
      'jail.d/web.local':
        "[web]\naction = to-file[name=web, out='$DIR/a, b.log', timeout=2m]\n         %(action_)s\n",
    },
    { reloads: ['web'] },
  ],
  [
    'several log paths, one from its end',
    { 'jail.d/web.local': '[web]\nlogpath = $DIR/web.log tail\n          $DIR/auth*.log\n' },
    { reloads: ['web'] },
  ],
  [
    'a jail of the journal’s options',
    { 'jail.d/web.local': '[web]\njournalmatch = _SYSTEMD_UNIT=web.service + _COMM=web\n' },
    { reloads: ['web'] },
  ],
  [
    'settings of the server',
    { 'fail2ban.d/x.local': '[Definition]\nloglevel = debug\ndbpurgeage = 30d\nlogtarget = SYSLOG\n' },
    {},
  ],
  [
    'an include beside the file',
    { 'jail.d/web.local': '[INCLUDES]\nbefore = ../paths-debian.conf\n[web]\nmaxretry = 4\n' },
    { reloads: ['web'] },
  ],
];

test('the configuration as it is has no findings', async () => {
  const { findings, enabled, starts, reloads, stops, failure } = await scene.rehearse({});
  expect([findings, failure]).toEqual([[], null]);
  expect(enabled).toEqual(['incr', 'manual', 'sshd', 'web']);
  expect([starts, reloads, stops]).toEqual([[], [], []]);
});

test.each(good)('%s has no findings', async (_name, files, { starts = [], reloads = [], stops = [] }) => {
  const rehearsal = await scene.rehearse(files);
  expect(rehearsal.failure).toBeNull();
  expect(rehearsal.findings).toEqual([]);
  expect(rehearsal.starts).toEqual(starts);
  expect(rehearsal.reloads).toEqual(reloads);
  expect(rehearsal.stops).toEqual(stops);
});

test('a file deleted: its jail goes, and nothing else is touched', async () => {
  await writeFile(
    join(scene.configDir, 'jail.d/extra.local'),
    `[extra]\nenabled = true\nfilter = never\nlogpath = ${scene.dir}/web.log\n`,
  );
  const { findings, stops, reloads } = await scene.rehearse({ 'jail.d/extra.local': null });
  expect([findings, stops, reloads]).toEqual([[], ['extra'], []]);
});

const warned: readonly [name: string, files: Files, warning: object][] = [
  [
    'an entry of ignoreip that is no address',
    { 'jail.d/web.local': '[web]\nignoreip = 192.0.2.1 10.1.2.3/33\n' },
    { code: 'not-an-address', jail: 'web', option: 'ignoreip', line: 2 },
  ],
  [
    'a jail’s name with a space',
    { 'jail.d/web.local': '[my web]\nmaxretry = 5\n' },
    { code: 'odd-jail-name', jail: 'my web', line: 1 },
  ],
  [
    'a jail’s name of 26 letters',
    { 'jail.d/web.local': `[${'w'.repeat(26)}]\nmaxretry = 5\n` },
    { code: 'odd-jail-name', line: 1 },
  ],
  [
    'an option spelled wrong',
    { 'jail.d/web.local': '[web]\nmaxrety = 5\n' },
    { code: 'unknown-option', option: 'maxrety', line: 2, suggestion: 'maxretry' },
  ],
  [
    'an option nobody knows',
    { 'jail.d/web.local': '[web]\ncolour = blue\n' },
    { code: 'unknown-option', option: 'colour', suggestion: null },
  ],
  [
    'an option of a filter spelled wrong',
    { 'filter.d/tinyweb.local': '[Definition]\nfailregx = ^x <HOST>$\n' },
    { code: 'unknown-option', suggestion: 'failregex', line: 2 },
  ],
  [
    'an option of an action spelled wrong',
    { 'action.d/to-file.local': '[Definition]\nactoinban = true\n' },
    { code: 'unknown-option', suggestion: 'actionban', line: 2 },
  ],
  [
    'a log file outside the allowed folders',
    { 'jail.d/web.local': '[web]\nlogpath = /etc/hostname\n' },
    { code: 'log-outside', jail: 'web', option: 'logpath', line: 2 },
  ],
  [
    'one log file of two that is not there',
    { 'jail.d/web.local': '[web]\nlogpath = $DIR/web.log\n          $DIR/none.log\n' },
    { code: 'log-missing', jail: 'web', line: 3 },
  ],
];

test.each(warned)('%s is warned of, and may be written', async (_name, files, warning) => {
  const { findings } = await scene.rehearse(files);
  expect(findings).toEqual([
    expect.objectContaining({ ...warning, severity: 'warning', file: Object.keys(files)[0] }),
  ]);
});

test.each([
  ['filter = tinywebb', 'filter-missing', 'tinyweb'],
  ['action = to-fil', 'action-missing', 'to-file'],
  ['backend = pooling', 'unknown-backend', 'polling'],
  ['maxretry = 5 # comment', 'not-a-number', '5'],
  ['bantime = 1d ; really # long', null, null],
  ['filter = nothing-like-any-of-them', 'filter-missing', null],
])('%s: what was probably meant is told', async (line, code, suggestion) => {
  const { findings } = await scene.rehearse({ 'jail.d/web.local': `[web]\n${line}\n` });
  expect(findings.map((one) => [one.code, one.suggestion])).toEqual(
    code === null ? [] : [[code, suggestion]],
  );
});

test('everything that switches all jails on is warned of, and the many errors come in one pass', async () => {
  const { findings, enabled } = await scene.rehearse({
    'jail.local': '[DEFAULT]\nenabled = true\nmaxretry = x\n',
  });
  const jails = new Set(findings.filter(({ code }) => code === 'not-a-number').map(({ jail }) => jail));
  expect(jails.size).toBeGreaterThan(60);
  expect(findings).toContainEqual(
    expect.objectContaining({ code: 'enables-all', severity: 'warning', line: 2 }),
  );
  expect(enabled).toEqual([]);
});

test('several jails, options and files at once, and nothing is written', async () => {
  const before = await scene.contents();
  const { findings, enabled } = await scene.rehearse({
    'jail.d/web.local':
      '[web]\nbantime = soon\nmaxretry = few\nfilter = nowhere\nlogpath = /nowhere/at/all.log\n[sshd]\nfindtime = later\n',
    'filter.d/never.local': '[Definition]\nfailregex = ^one (<HOST>$\n            ^two [<HOST>$\n',
    'fail2ban.d/x.local': '[Definition]\ndbpurgeage = x\n',
  });
  const told = findings.map((one) => `${one.jail} ${one.option} ${one.code} ${one.file}:${one.line}`);
  expect(told.toSorted()).toEqual([
    'manual failregex bad-regex filter.d/never.local:2',
    'manual failregex bad-regex filter.d/never.local:3',
    'null dbpurgeage bad-time fail2ban.d/x.local:2',
    'sshd findtime bad-time jail.d/web.local:7',
    'web bantime bad-time jail.d/web.local:2',
    'web filter filter-missing jail.d/web.local:4',
    'web logpath log-missing jail.d/web.local:5',
    'web maxretry not-a-number jail.d/web.local:3',
  ]);
  expect(enabled).toEqual(['incr']);
  expect([await scene.contents(), await scene.leftovers()]).toEqual([before, []]);
});

test('every jail, filter and firewall action that the distribution ships is taken as it is', async () => {
  const text = await readFile(join(scene.configDir, 'jail.conf'), 'utf8');
  const names = [...text.matchAll(/^\[(.+)\]$/gm)].map(([, name = '']) => name);
  const jails = names.filter((name) => name !== 'DEFAULT' && name !== 'INCLUDES');
  const sections = jails.map(
    (name) => `[${name}]\nenabled = true\nlogpath = $DIR/auth.log\naction = %(action_)s\n`,
  );
  const { findings, enabled, failure } = await scene.rehearse({ 'jail.d/all.local': sections.join('') });
  expect([findings, failure]).toEqual([[], null]);
  expect(jails.length).toBeGreaterThan(80);
  expect(enabled).toEqual(expect.arrayContaining(jails));
});

describe('what was wrong before the change', () => {
  const broken = (text: string) => writeFile(join(scene.configDir, 'jail.d/old.local'), text);

  test('is a warning while another jail is changed', async () => {
    await broken(`[old]\nenabled = true\nfilter = never\nlogpath = ${scene.dir}/web.log\nbantime = 60*60\n`);
    const { findings, reloads } = await scene.rehearse({ 'jail.d/web.local': '[web]\nmaxretry = 9\n' });
    expect(findings).toEqual([
      expect.objectContaining({
        severity: 'warning',
        code: 'bad-time',
        jail: 'old',
        file: 'jail.d/old.local',
        line: 5,
      }),
    ]);
    expect(reloads).toEqual(['web']);
  });

  test('is an error when the same jail is changed, and gone when it is mended', async () => {
    await broken(`[old]\nenabled = true\nfilter = never\nlogpath = ${scene.dir}/web.log\nbantime = 60*60\n`);
    const worse = await scene.rehearse({ 'jail.d/z.local': '[old]\nmaxretry = 9\n' });
    expect(worse.findings).toEqual([
      expect.objectContaining({ severity: 'error', code: 'bad-time', jail: 'old' }),
    ]);
    const mended = await scene.rehearse({ 'jail.d/z.local': '[old]\nbantime = 1h\n' });
    expect([mended.findings, mended.starts]).toEqual([[], ['old']]);
  });

  test('is an error as long as fail2ban can read no file of jails because of it', async () => {
    await broken('maxretry = 5\n');
    const { findings } = await scene.rehearse({ 'jail.d/web.local': '[web]\nmaxretry = 9\n' });
    expect(findings).toEqual([
      expect.objectContaining({ severity: 'error', code: 'no-section', file: 'jail.d/old.local', line: 1 }),
    ]);
  });

  test('a file in another encoding is told with its line', async () => {
    await writeFile(
      join(scene.configDir, 'jail.d/old.local'),
      Buffer.from('[web]\n# f\xFCr\nmaxretry = 5\n', 'latin1'),
    );
    const { findings } = await scene.rehearse({ 'jail.d/web.local': '[web]\nmaxretry = 9\n' });
    expect(findings).toEqual([
      expect.objectContaining({ code: 'wrong-encoding', file: 'jail.d/old.local', line: 2 }),
    ]);
  });
});

describe('links and large files', () => {
  test('a link out of the folder is read, and not written through', async () => {
    const outside = join(scene.dir, 'outside.conf');
    await writeFile(outside, '[web]\nfindtime = 2h\n');
    await symlink(outside, join(scene.configDir, 'jail.d/linked.conf'));
    await symlink(outside, join(scene.configDir, 'jail.d/linked.local'));
    const read = await scene.rehearse({ 'jail.d/web.local': '[web]\nfindtime = 2h\n' });
    expect([read.findings, read.reloads]).toEqual([[], []]);
    const written = await scene.rehearse({ 'jail.d/linked.local': '[web]\nmaxretry = 9\n' });
    expect(written.findings).toEqual([
      expect.objectContaining({ severity: 'error', code: 'link', file: 'jail.d/linked.local' }),
    ]);
  });

  test('a folder that is a link is not written through', async () => {
    await rm(join(scene.configDir, 'fail2ban.d'), { recursive: true, force: true });
    await mkdir(join(scene.dir, 'elsewhere'));
    await symlink(join(scene.dir, 'elsewhere'), join(scene.configDir, 'fail2ban.d'));
    const { findings } = await scene.rehearse({ 'fail2ban.d/x.local': '[Definition]\nloglevel = INFO\n' });
    expect(findings).toEqual([expect.objectContaining({ code: 'link', file: 'fail2ban.d/x.local' })]);
  });

  test('links in a circle, to nowhere and to a device end', async () => {
    await symlink('..', join(scene.configDir, 'jail.d/up'));
    await symlink('nowhere', join(scene.configDir, 'jail.d/nowhere.local'));
    await symlink('/dev/zero', join(scene.configDir, 'jail.d/zero.local'));
    const { findings, failure } = await scene.rehearse({ 'jail.d/web.local': '[web]\nmaxretry = 9\n' });
    expect([findings, failure]).toEqual([[], null]);
  });

  test('a huge file of another name is left out, a huge configuration file is told', async () => {
    await writeFile(join(scene.configDir, 'fail2ban.sqlite3'), Buffer.alloc(3_000_000));
    await appendFile(join(scene.configDir, 'jail.d/huge.local'), '#'.repeat(1_100_000));
    const { findings } = await scene.rehearse({ 'jail.d/web.local': `[web]\n${'# much\n'.repeat(200_000)}` });
    expect(findings.map(({ code, file }) => `${code} ${file}`).toSorted()).toEqual([
      'too-large jail.d/huge.local',
      'too-large jail.d/web.local',
    ]);
  });

  test('too many files are not copied', async () => {
    const { failure } = await scene.rehearse({}, { limits: { files: 20 } });
    expect(failure).toMatch(/too many files/);
    expect(await scene.leftovers()).toEqual([]);
  });
});
