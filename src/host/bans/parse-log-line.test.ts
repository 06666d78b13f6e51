/** What each line of fail2ban's log means. */
import { expect, test } from 'vitest';
import { parseLogLine } from './parse-log-line.ts';

const wall = Date.UTC(2026, 10, 22, 1, 34, 29, 123);
const line = (logger: string, message: string, level = 'NOTICE'): string =>
  `2026-11-22 01:34:29,123 fail2ban.${logger.padEnd(15)} [4711]: ${level.padEnd(7)} ${message}`;

test.each([
  ['[sshd] Ban 192.0.2.1', { type: 'ban', jail: 'sshd', ip: '192.0.2.1', restored: false }],
  ['[sshd] Restore Ban 2001:db8::1', { type: 'ban', jail: 'sshd', ip: '2001:db8::1', restored: true }],
  ['[sshd] Unban 192.0.2.0/24', { type: 'unban', jail: 'sshd', ip: '192.0.2.0/24' }],
  [
    '[my jail] Ban some text; rm -rf',
    { type: 'ban', jail: 'my jail', ip: 'some text; rm -rf', restored: false },
  ],
  ['[sshd] 192.0.2.1 already banned', { type: 'again', jail: 'sshd', ip: '192.0.2.1' }],
])('%s', (message, event) => {
  expect(parseLogLine(line('actions', message))).toEqual({ wallMs: wall, pid: 4711, event });
});

test('an increased ban says count and end', () => {
  expect(
    parseLogLine(line('observer', '[incr] Increase Ban 192.0.2.1 (2 # 20s -> 2026-11-22 01:34:57)'))?.event,
  ).toEqual({
    type: 'increase',
    jail: 'incr',
    ip: '192.0.2.1',
    count: 2,
    wallEnd: Date.UTC(2026, 10, 22, 1, 34, 57),
  });
});

test('a ban increased to permanent has no end', () => {
  expect(
    parseLogLine(line('observer', '[incr] Increase Ban 192.0.2.1 (9 # permanent -> infinite)'))?.event,
  ).toMatchObject({ count: 9, wallEnd: null });
});

test('the server says when it stops and starts', () => {
  expect(parseLogLine(line('server', 'Shutdown in progress...', 'INFO'))?.event).toEqual({
    type: 'server_stopping',
  });
  expect(parseLogLine(line('server', 'Starting Fail2ban v1.0.2', 'INFO'))?.event).toEqual({
    type: 'server_starting',
  });
});

test('a jail that stops and starts says so', () => {
  expect(parseLogLine(line('jail', "Jail 'sshd' started", 'INFO'))?.event).toEqual({
    type: 'jail_started',
    jail: 'sshd',
  });
  expect(parseLogLine(line('jail', "Jail 'my jail' stopped", 'INFO'))?.event).toEqual({
    type: 'jail_stopped',
    jail: 'my jail',
  });
});

test.each([
  '',
  'Traceback (most recent call last):',
  '  [sshd] Ban 192.0.2.1',
  line('filter', '[sshd] Found 192.0.2.1 - 2026-11-22 01:34:29', 'INFO'),
  line('observer', '[sshd] Found 192.0.2.1, bad - 2026-11-22 01:34:29, 2 # -> 3.0, Ban', 'INFO'),
  line('actions', '[sshd] Flush ticket(s) with nftables'),
  line('actions', '[sshd] Reban 192.0.2.1'),
  line('actions', "Failed to execute ban jail 'sshd' action 'x' info '': error", 'ERROR'),
  line('transmitter', "Command ['set', 'sshd', 'banip', '[sshd] Ban 1.1.1.1'] has failed.", 'ERROR'),
  line('jail', "Jail 'sshd' uses poller {}", 'INFO'),
  '2026-99-99 01:34:29,123 fail2ban.actions        [4711]: NOTICE  [sshd] Ban 192.0.2.1',
])('says nothing about bans: %s', (text) => {
  expect(parseLogLine(text)).toBeNull();
});
