/** Which edits run code as root. */
import { expect, test } from 'vitest';
import type { FileKind } from './change.ts';
import { commandsIn } from './commands-in.ts';

const found = (kind: FileKind, after: string | null, before: string | null = null): string[] =>
  commandsIn({ kind, before, after }).map(({ line, section, option }) => `${line} ${section} ${option}`);

test.each([
  ['jail', '[web]\nignorecommand = /bin/x', '2 web ignorecommand'],
  ['jail', '[web]\nbantime.formula = 1', '2 web bantime.formula'],
  ['jail', '[web]\naction = iptables', '2 web action'],
  ['jail', '[DEFAULT]\naction_mine = %(banaction)s', '2 DEFAULT action_mine'],
  ['jail', '[web]\nbanaction = iptables[port="1; id"]', '2 web banaction'],
  ['jail', '[web]\nbanaction = evil.py', '2 web banaction'],
  ['jail', '[web]\nbanaction = ../../tmp/evil', '2 web banaction'],
  // Filled into the commands of actions
  ['jail', '[web]\nport = 22; id', '2 web port'],
  ['jail', '[web]\nport = 22\n  id', '2 web port'],
  ['jail', '[web]\nlogpath = /var/log/x`id`', '2 web logpath'],
  ['jail', '[web]\nchain = $(id)', '2 web chain'],
  ['jail', '[a;id]\nenabled = true', '2 a;id enabled'],
  ['jail', '[web]\nfilter = x[ignorecommand=/bin/y]', '2 web filter'],
  ['jail', '[INCLUDES]\nbefore = ../action.d/x.conf', '2 INCLUDES before'],
  ['filter', '[Definition]\nignorecommand = /bin/x', '2 Definition ignorecommand'],
  ['filter', '[Definition]\nactionban = x', '2 Definition actionban'],
  ['action', '[Definition]\nactionban = x', '2 Definition actionban'],
  ['action', '[Init]\nblocktype = DROP', '2 Init blocktype'],
  ['action', '[Init?family=inet6]\nname = x', '2 Init?family=inet6 name'],
  // Hidden from a reader that is less exact than fail2ban's
  ['jail', '[web]\n  action = x', '2 web action'],
  ['jail', '[web]\nACTION: x', '2 web action'],
  ['jail', '[web]\n# x\raction = x', '3 web action'],
  ['jail', '[web]\n# x\u2028action = x', '3 web action'],
  ['jail', '[web]\nmaxretry = 1\n  action = x', '3 web action'],
] as const)('%s %j runs code', (kind, text, expected) => {
  expect(found(kind, text)).toContain(expected);
});

test.each([
  ['jail', '[web]\nbanaction = nftables-multiport\nbanaction_allports = %(banaction)s'],
  ['jail', '[web]\nenabled = true\nport = http,https\nprotocol = tcp\nchain = <known/chain>\nbantime = 1h'],
  ['jail', '[web]\nlogpath = /var/log/a*.log\n  /var/log/b.log tail\nbackend = %(default_backend)s'],
  ['jail', '[web]\nfailregex = ^a(?:b|c) <HOST>; "$\nignoreip = 127.0.0.1/8 ::1'],
  ['jail', '[web]\naction =\n'],
  ['jail', '[INCLUDES]\nbefore = paths-debian.conf'],
  ['filter', '[Definition]\nfailregex = ^x <HOST>$ ; | `\n            ^action: (<HOST>)$'],
  ['server', '[Definition]\nloglevel = DEBUG\nlogtarget = /var/log/fail2ban.log'],
] as const)('%s %j runs none', (kind, text) => {
  expect(found(kind, text)).toEqual([]);
});

test('what the file holds already, and what goes, is no edit of code', () => {
  const before = '[web]\naction = x\nmaxretry = 3\n';
  expect(found('jail', '# more\n[web]\nmaxretry = 4\naction = x\n', before)).toEqual([]);
  expect(found('jail', '[web]\nmaxretry = 4\n', before)).toEqual([]);
  expect(found('jail', null, before)).toEqual([]);
  expect(found('jail', '[ssh]\naction = x\n', before)).toEqual(['2 ssh action']);
});
