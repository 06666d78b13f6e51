/** Much is kept from one reading to the next: after any change the answer is the one that a fresh process would give. */
import { mkdir, mkdtemp, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createReaders } from './ask-readers.ts';
import { createConfigReader, type ConfigReader } from './config-reader.ts';
import type { ConfigReading } from './effective.ts';

let dir = '';
let configDir = '';
let reader: ConfigReader;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bangui-stale-'));
  configDir = join(dir, 'etc');
  reader = createConfigReader({ configDir, program: null });
  await write(start);
});
afterEach(async () => {
  await reader.close();
  await rm(dir, { recursive: true });
});

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(configDir, name)), { recursive: true });
    await writeFile(join(configDir, name), text);
  }
}
const remove = (name: string) => rm(join(configDir, name), { recursive: true });

const jailConf = (bantime: string) => `[INCLUDES]
before = paths.conf
[DEFAULT]
bantime = ${bantime}
action = note
filter = web
[web]
enabled = true
filter = web[mode=refused]
logpath = %(web_log)s
port = 80
[mine]
enabled = true
port = %(web/port)s
[more]
failregex = %(known/failregex)s
            ^more <HOST>$
[copy]
filter = other
failregex = %(web/known/failregex)s
[quiet]
filter = other
`;
const start = {
  'paths.conf': '[DEFAULT]\nweb_log = /var/log/web.log\n',
  'jail.conf': jailConf('1h'),
  'filter.d/common.conf': '[DEFAULT]\n_daemon = web\n',
  'filter.d/web.conf':
    '[INCLUDES]\nbefore = common.conf\n[Definition]\nfailregex = ^%(_daemon)s <mode> <HOST>$\n[Init]\nmode = failed\n',
  'filter.d/other.conf': '[Definition]\nfailregex = ^other <HOST>$\n',
  'action.d/note.conf': '[Definition]\nactionban = true\n',
};

/** All that anybody is told of a reading. */
const toldOf = ({ jails, findings, layers, definitions }: ConfigReading) => ({
  jails: jails.map(({ value, ...jail }) => ({ ...jail, ofDefaults: value('web_log') })),
  findings,
  layers: layers.entries,
  definitions,
});

async function freshly(): Promise<ConfigReading> {
  const fresh = createConfigReader({ configDir, program: null });
  try {
    return await fresh.read();
  } finally {
    await fresh.close();
  }
}

/** Each of them changes what is told. */
const changes: readonly (readonly [what: string, change: () => Promise<unknown>])[] = [
  ['a default', () => write({ 'jail.conf': jailConf('2h') })],
  ['a default in a file of its own', () => write({ 'jail.d/a.local': '[DEFAULT]\nbantime = 3h\n' })],
  ['that file goes', () => remove('jail.d/a.local')],
  ['a file that includes name', () => write({ 'paths.conf': '[DEFAULT]\nweb_log = /var/log/new.log\n' })],
  ['a .local beside that', () => write({ 'paths.local': '[DEFAULT]\nweb_log = /var/log/ours.log\n' })],
  ['other includes', () => write({ 'jail.local': '[INCLUDES]\nbefore = more.conf\n[web]\nmaxretry = 2\n' })],
  ['the missing include comes', () => write({ 'more.conf': '[DEFAULT]\nfindtime = 7m\n' })],
  ['what another jail refers to', () => write({ 'jail.d/web.local': '[web]\nport = 443\n' })],
  ['only lines move', () => write({ 'jail.d/web.local': '# ours\n\n[web]\nport = 443\n' })],
  ['a filter', () => write({ 'filter.d/other.conf': '[Definition]\nfailregex = ^else <HOST>$\n' })],
  ['a file that a filter includes', () => write({ 'filter.d/common.conf': '[DEFAULT]\n_daemon = http\n' })],
  [
    'a .local of a filter',
    () => write({ 'filter.d/web.local': '[Init]\nmode = ours\n[Definition]\nmaxlines = 3\n' }),
  ],
  ['that .local goes', () => remove('filter.d/web.local')],
  ['a folder of a filter', () => write({ 'filter.d/web.d/more.conf': '[Definition]\nmaxlines = 4\n' })],
  ['a filter that breaks', () => write({ 'filter.d/other.conf': 'no section\n' })],
  [
    'its jails look elsewhere',
    () => write({ 'jail.d/z.local': '[copy]\nfilter = web\n[quiet]\nfilter = web\n' }),
  ],
  ['an action goes', () => remove('action.d/note.conf')],
  [
    'an action comes back broken',
    () => write({ 'action.d/note.conf': '[Definition]\nactionban = %(nowhere)s\n' }),
  ],
  ['an action is mended', () => write({ 'action.d/note.conf': '[Definition]\nactionban = false\n' })],
  ['an action for one jail', () => write({ 'jail.d/y.local': '[web]\naction = note\n         gone\n' })],
  ['a jail comes', () => write({ 'jail.d/x.local': '[new]\nenabled = true\nbantime = %(findtime)s\n' })],
  ['a jail goes', () => remove('jail.d/x.local')],
  [
    'a link',
    async () => {
      await write({ 'inner.conf': '[web]\nmaxmatches = 2\n', 'other.conf': '[web]\nmaxmatches = 7\n' });
      await symlink('../inner.conf', join(configDir, 'jail.d/link.conf'));
    },
  ],
  [
    'another file behind that link',
    async () => {
      await remove('jail.d/link.conf');
      await symlink('../other.conf', join(configDir, 'jail.d/link.conf'));
    },
  ],
  [
    'the link leads back',
    async () => {
      await symlink('../inner.conf', join(configDir, 'jail.d/link.new'));
      await rename(join(configDir, 'jail.d/link.new'), join(configDir, 'jail.d/link.conf'));
    },
  ],
  ['where that link leads', () => write({ 'inner.conf': '[web]\nmaxmatches = 3\n' })],
  [
    'a file of the same size and times',
    async () => {
      const path = join(configDir, 'inner.conf');
      const { atime, mtime } = await stat(path);
      await write({ 'inner.conf': '[web]\nmaxmatches = 4\n' });
      await utimes(path, atime, mtime);
    },
  ],
  [
    'a file that takes the place of another',
    async () => {
      await write({ 'inner.new': '[web]\nmaxmatches = 5\n' });
      await rename(join(configDir, 'inner.new'), join(configDir, 'inner.conf'));
    },
  ],
  [
    'the folder itself',
    async () => {
      await rename(configDir, join(dir, 'old'));
      await write({ ...start, 'jail.conf': jailConf('9h') });
    },
  ],
];

test(
  'whatever changes, comes or goes, the next answer is that of a fresh process',
  { timeout: 120_000 },
  async () => {
    // Files that have only just changed are read anew in any case.
    await sleep(150);
    let before = toldOf(await reader.read());
    expect(before).toEqual(toldOf(await freshly()));
    for (const [what, change] of changes) {
      await change();
      const [kept, fresh] = [toldOf(await reader.read()), toldOf(await freshly())];
      expect({ what, ...kept }).toEqual({ what, ...fresh });
      expect({ what, ...kept }).not.toEqual({ what, ...before });
      await sleep(150);
      expect({ what, ...toldOf(await reader.read()) }).toEqual({ what, ...fresh });
      before = kept;
    }
  },
);

test('what has not changed is told and placed once: fail2ban’s readers send the other jails by their digests', async () => {
  await sleep(150);
  const before = await reader.read();
  await write({ 'jail.d/quiet.local': '[quiet]\nmaxretry = 9\n' });
  const after = await reader.read();
  const same = after.jails.map(({ name, values }, index) => [name, values === before.jails[index]?.values]);
  expect(Object.fromEntries(same)).toEqual({ web: true, mine: true, more: true, copy: true, quiet: false });

  const readers = createReaders({ program: null });
  const ask = async (known: readonly string[]) => {
    const outcome = await readers.ask({ configDir, jails: { known }, paths: [] });
    return outcome.kind === 'answered' ? outcome.answer.jails : expect.fail(outcome.sentence);
  };
  const digests = (await ask([])).map((one) => one.digest);
  await write({ 'jail.d/quiet.local': '[quiet]\nmaxretry = 8\n' });
  const told = (await ask(digests)).flatMap((one) => one.told?.name ?? []);
  await readers.close();
  expect(told).toEqual(['quiet']);
});
