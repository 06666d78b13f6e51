/** Who signed in from where, as logs tell it; and what logs that others write into must not be taken for. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loginIn } from './login-line.ts';
import { readLogins } from './read-logins.ts';

const readAt = Date.UTC(2026, 10, 28, 20);
const local = (month: number, day: number, hour: number, year = 2026): number =>
  new Date(year, month - 1, day, hour, 3, 15).getTime();

test.each([
  [
    'sshd by syslog',
    'Nov 28 19:03:15 gate sshd[812]: Accepted publickey for marta from 81.2.69.142 port 50122 ssh2: ED25519 SHA256:x',
    { ip: '81.2.69.142', user: 'marta', at: local(11, 28, 19) },
  ],
  [
    'a month that is still to come was last year',
    'Dec  3 19:03:15 gate sshd-session[812]: Accepted password for jo from 2a02:6b8::1 port 5 ssh2',
    { ip: '2a02:6b8::1', user: 'jo', at: local(12, 3, 19, 2025) },
  ],
  [
    'sshd with a precise time',
    '2026-11-28T19:03:15.120417+01:00 gate sshd[812]: Accepted keyboard-interactive/pam for jo from ::ffff:81.2.69.142 port 5 ssh2',
    { ip: '81.2.69.142', user: 'jo', at: Date.UTC(2026, 10, 28, 18, 3, 15, 120) },
  ],
  [
    'the journal',
    '1795299563.000001 gate sshd[99]: Accepted password for jo from 81.2.69.142 port 5 ssh2',
    { ip: '81.2.69.142', user: 'jo', at: 1_795_299_563_000 },
  ],
  [
    'dovecot',
    'Nov 28 19:03:15 gate dovecot: imap-login: Login: user=<jo@example.org>, method=PLAIN, rip=81.2.69.142, lip=192.0.2.1, mpid=7, TLS, session=<a>',
    { ip: '81.2.69.142', user: 'jo@example.org', at: local(11, 28, 19) },
  ],
  [
    'dovecot, its own log',
    'Nov 28 19:03:15 pop3-login: Info: Login: user=<jo>, method=PLAIN, rip=2a02:6b8::1, lip=::1',
    { ip: '2a02:6b8::1', user: 'jo', at: local(11, 28, 19) },
  ],
  [
    'postfix',
    'Nov 28 19:03:15 gate postfix/submission/smtpd[7]: 4D1C2F00: client=pool.example.org[81.2.69.142], sasl_method=PLAIN, sasl_username=jo@example.org',
    { ip: '81.2.69.142', user: 'jo@example.org', at: local(11, 28, 19) },
  ],
  [
    'vsftpd',
    'Sat Nov 28 19:03:15 2026 [pid 12] [jo] OK LOGIN: Client "::ffff:81.2.69.142"',
    { ip: '81.2.69.142', user: 'jo', at: local(11, 28, 19) },
  ],
  [
    'proftpd',
    '2026-11-28 19:03:15,120 gate proftpd[12] 192.0.2.1 (pool.example.org[81.2.69.142]): USER jo: Login successful.',
    { ip: '81.2.69.142', user: 'jo', at: local(11, 28, 19) },
  ],
  [
    'proftpd by syslog',
    'Nov 28 19:03:15 gate proftpd[12]: 192.0.2.1 (pool.example.org[81.2.69.142]) - USER jo: Login successful.',
    { ip: '81.2.69.142', user: 'jo', at: local(11, 28, 19) },
  ],
  [
    'a web server that asked for a name',
    String.raw`81.2.69.142 - jo [28/Nov/2026:19:03:15 +0100] "GET /a\"b HTTP/1.1" 200 12 "-" "curl"`,
    { ip: '81.2.69.142', user: 'jo', at: Date.UTC(2026, 10, 28, 18, 3, 15) },
  ],
  [
    'the same, its host first',
    'www.example.org:443 2a02:6b8::1 - jo [28/Nov/2026:19:03:15 +0000] "GET / HTTP/1.1" 204 0',
    { ip: '2a02:6b8::1', user: 'jo', at: Date.UTC(2026, 10, 28, 19, 3, 15) },
  ],
])('%s', (_name, line, login) => {
  expect(loginIn(line, readAt)).toEqual(login);
});

test.each([
  'Nov 28 19:03:15 gate sshd[812]: Failed password for root from 81.2.69.142 port 5 ssh2',
  'Nov 28 19:03:15 gate sshd[812]: Invalid user x sshd[1]: Accepted password for a from 81.2.69.142 port 5 from 198.51.100.1',
  'Nov 28 19:03:15 gate sshd[812]: Invalid user Nov 28 19:03:15 gate sshd[812]: Accepted password for a from 81.2.69.142 port 5 ssh2',
  'Nov 28 19:03:15 gate sshd[812]: Accepted password for jo from pool.example.org port 5 ssh2',
  'Nov 28 19:03:15 gate dovecot: imap-login: Disconnected (auth failed): user=<Login: user=<x>>, rip=81.2.69.142',
  'Nov 28 19:03:15 gate postfix/smtpd[7]: 4D1C2F00: client=pool.example.org[81.2.69.142]',
  'Sat Nov 28 19:03:15 2026 [pid 12] [jo] FAIL LOGIN: Client "81.2.69.142"',
  '81.2.69.142 - - [28/Nov/2026:19:03:15 +0100] "GET / HTTP/1.1" 200 12',
  '81.2.69.142 - jo [28/Nov/2026:19:03:15 +0100] "GET / HTTP/1.1" 401 12',
  '81.2.69.142 - - [28/Nov/2026:19:03:15 +0100] "GET /" - jo [28/Nov/2026:19:03:15 +0100] "GET /" 200 1',
  '',
])('no login: %s', (line) => {
  expect(loginIn(line, readAt)).toBeNull();
});

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bangui-logins-'));
  await mkdir(join(dir, 'log'));
});
afterAll(() => rm(dir, { recursive: true }));

const accepted = (ip: string, hour: number, user = 'jo'): string =>
  `Nov 28 ${String(hour).padStart(2, '0')}:03:15 gate sshd[8]: Accepted password for ${user} from ${ip} port 5 ssh2\n`;
const read = (logs: readonly string[]) =>
  readLogins({ logs, journals: [], allowed: [join(dir, 'log')], now: readAt });

test('of each address there is its last login and how often it came; one log by two names is read once', async () => {
  const log = join(dir, 'log', 'auth.log');
  await writeFile(
    log,
    accepted('81.2.69.142', 9, 'early') + accepted('81.2.69.142', 12, 'late') + accepted('81.2.69.142', 10),
  );
  await symlink(log, join(dir, 'log', 'other.log'));
  expect(await read([log, join(dir, 'log', 'other.log'), join(dir, 'log', 'gone.log')])).toEqual({
    read: [log],
    logins: [{ ip: '81.2.69.142', user: 'late', times: 3, last: local(11, 28, 12), log }],
  });
});

test('outside the allowed folders nothing is read, nor through a link that leads there, nor what is compressed', async () => {
  const secret = join(dir, 'secret.log');
  await writeFile(secret, accepted('81.2.69.142', 9));
  await symlink(secret, join(dir, 'log', 'link.log'));
  await writeFile(join(dir, 'log', 'auth.log.2.gz'), accepted('81.2.69.142', 9));
  expect(await read([secret, join(dir, 'log', 'link.log'), join(dir, 'log', 'auth.log.2.gz')])).toEqual({
    read: [],
    logins: [],
  });
});

test('only the newest part of a large log is read, lines that cross its pieces are whole, endless ones are left out', async () => {
  const mib = 1024 * 1024;
  const log = join(dir, 'log', 'large.log');
  const fill = `${'x'.repeat(1000)}\n`;
  const many = Array.from({ length: 4_000 }, (_, n) => fill + accepted(`81.2.${n >> 8}.${n & 255}`, 9)).join(
    '',
  );
  await writeFile(
    log,
    [
      accepted('198.51.100.1', 9),
      fill.repeat(20_000),
      many,
      'y'.repeat(3 * mib),
      accepted('198.51.100.2', 9),
      accepted('81.9.9.9', 9).trimEnd(),
    ].join(''),
  );
  const { logins } = await read([log]);
  const ips = new Set<string>(logins.map(({ ip }) => ip));
  expect(logins).toHaveLength(4_001);
  expect(ips.has('81.2.15.159')).toBe(true);
  expect(ips.has('81.9.9.9')).toBe(true);
  expect(ips.has('198.51.100.1')).toBe(false);
  expect(ips.has('198.51.100.2')).toBe(false);
});
