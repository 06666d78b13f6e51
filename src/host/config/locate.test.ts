/** Where settings and expressions are written, in layered files of a configuration. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { locateJail } from './locate.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bangui-config-'));
});
afterEach(() => rm(dir, { recursive: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), text);
  }
}
const at = (file: string, line: number) => ({ file: join(dir, file), line });

test('the later layer wins, a jail’s own section wins over the defaults, whichever comes later', async () => {
  await write({
    'jail.conf': '[DEFAULT]\nmaxretry = 5\nfindtime = 10m\nbantime = 10m\n[sshd]\nbantime = 1h\n',
    'jail.d/b.conf': '[sshd]\nfindtime = 1h\n',
    'jail.d/a.conf': '[sshd]\nfindtime = 2h\n',
    'jail.local': '[DEFAULT]\nbantime = 9h\nmaxretry=4\n',
    'jail.d/z.local': '# a comment\n\n[DEFAULT]\nmaxretry : 3 ; why\n',
  });
  const { setting } = await locateJail(dir, 'sshd');
  expect(setting('bantime')).toEqual({ ...at('jail.conf', 6), value: '1h' });
  expect(setting('findtime')).toEqual({ ...at('jail.d/b.conf', 2), value: '1h' });
  expect(setting('maxretry')).toEqual({ ...at('jail.d/z.local', 4), value: '3' });
  expect(setting('nothing')).toBeNull();
});

test('includes are followed, with the .local beside them, and never in a circle', async () => {
  await write({
    'jail.conf':
      '[INCLUDES]\nbefore = paths.conf\n         jail.conf\nafter = last.conf\n[DEFAULT]\none = 1\ntwo = 1\nthree = 1\n',
    'paths.conf': '[INCLUDES]\nbefore = jail.conf\n[DEFAULT]\none = 2\ntwo = 2\n',
    'paths.local': '[DEFAULT]\nfour = %(three)s%(__name__)s%%\n',
    'last.conf': '[DEFAULT]\nthree = 3\n',
  });
  const { setting } = await locateJail(dir, 'web');
  expect(setting('one')).toMatchObject({ ...at('jail.conf', 6), value: '1' });
  expect(setting('three')).toMatchObject({ ...at('last.conf', 2), value: '3' });
  expect(setting('four')).toMatchObject({ ...at('paths.local', 2), value: '3web%' });
});

test('a reference that cannot be followed, or goes in a circle, has no value', async () => {
  await write({ 'jail.conf': '[DEFAULT]\na = %(b)s\nb = %(a)s\nc = %(known/c)s\n' });
  const { setting } = await locateJail(dir, 'web');
  expect(setting('a')).toBeNull();
  expect(setting('c')).toBeNull();
});

test('an expression is found by its text, in the filter, in what it includes, and in the jail', async () => {
  await write({
    'jail.conf':
      '[DEFAULT]\nfilter = %(__name__)s[mode=normal]\n[web]\nfailregex = ^only in the jail <HOST>$\n',
    'filter.d/common.conf':
      '[DEFAULT]\n_daemon = \\S+\n[Definition]\nold = ^from common %(_daemon)s <ADDR>\n',
    'filter.d/web.conf':
      '[INCLUDES]\nbefore = common.conf\n[Definition]\n_end = (?: port \\d+)?\nfailregex = ^failed for <F-USER>.*</F-USER> from <HOST>%(_end)s$\n            ^failed for <F-USER>.*</F-USER> from <HOST>%(_other)s$\n  # not this: ^refused\n            ^refused <HOST>$\n            %(more)s\nmore = ^100%% wrong <HOST>\n',
    'filter.d/web.local': '[Definition]\nfailregex = %(known/failregex)s\n            ^refused <HOST>$\n',
  });
  const { expression } = await locateJail(dir, 'web');
  const host = '(?P<ip4>\\d+)';
  const found = (text: string) => expression(text);
  expect(found(`^failed for (?P<user>.*) from ${host}(?: port \\d+)?$`)).toMatchObject(
    at('filter.d/web.conf', 5),
  );
  expect(found(`^failed for (?P<user>.*) from ${host}(?:something)$`)).toMatchObject(
    at('filter.d/web.conf', 6),
  );
  // Written twice: the later layer is the one to change.
  expect(found(`^refused ${host}$`)).toEqual({ ...at('filter.d/web.local', 3), text: '^refused <HOST>$' });
  expect(found(`^100% wrong ${host}`)).toMatchObject(at('filter.d/web.conf', 10));
  expect(found(`^from common \\S+ ${host}`)).toMatchObject(at('filter.d/common.conf', 4));
  expect(found(`^only in the jail ${host}$`)).toMatchObject(at('jail.conf', 4));
  expect(found(`^set at run time ${host}$`)).toBeNull();
  expect(found('')).toBeNull();
});

test('files that are missing, closed, huge or no configuration at all are left out', async () => {
  await write({
    'jail.conf': 'no section = 1\n[DEFAULT\n]\u0000\n[DEFAULT]\nbroken\n = x\nmaxretry = 5\n',
    'jail.local': `[DEFAULT]\nmaxretry = 9\n${'#'.repeat(1_100_000)}\n`,
    'jail.d/x.conf/inside': '',
  });
  expect((await locateJail(dir, 'web')).setting('maxretry')).toEqual({ ...at('jail.conf', 7), value: '5' });
  expect((await locateJail(join(dir, 'nowhere'), '../../etc')).setting('maxretry')).toBeNull();
});
