/** From lines of logs to expressions that fail2ban's own engine takes and that match these lines and their like. */
import { afterAll, expect, test } from 'vitest';
import { createRegexEngine } from '../../host/regex/match-lines.ts';
import { propose } from './propose.ts';

const engine = createRegexEngine({ program: '/usr/bin/fail2ban-regex' });
const now = () => Date.UTC(2026, 10, 23);
afterAll(() => engine.close());

const ask = (line: string, samples: string[] = [], more: { prefregex?: string } = {}) =>
  propose({ engine, now }, { line, samples, ...more });

test.each([
  [
    'Nov 22 01:24:23 host sshd[99]: Failed password for root from 192.0.2.7 port 4222 ssh2',
    'Nov 22 03:00:00 other sshd[7]: Failed password for admin from 2001:db8::1 port 1 ssh2',
    String.raw`^\s*\S+ sshd\[\d+\]: Failed password for <F-USER>[^\s,;]+</F-USER> from <HOST> port \d+ ssh\d+$`,
    '192.0.2.7',
  ],
  [
    '2026-11-22 01:24:23,123 login failed (user="jo.anna", ip=[2001:db8::9]) $x^y*',
    '2026-11-22 01:24:23,123 login failed (user="x", ip=[2001:db8::8]) $x^y*',
    null,
    '2001:db8::9',
  ],
  [
    '198.51.100.9 - - [22/Nov/2026:01:24:23 +0000] "POST /login?a=1 HTTP/1.1" 401 153 id=0f8fad5b-d9cb-469f-a165-70867728950e',
    '198.51.100.8 - - [22/Nov/2026:01:24:23 +0000] "POST /login?a=2 HTTP/1.0" 401 1 id=7c9e6679-7425-40de-944b-e07fc1f90ae7',
    null,
    '198.51.100.9',
  ],
  [
    'postfix/smtpd[1]: warning: unknown[203.0.113.4]: SASL LOGIN authentication failed: (reason unavailable), sasl_username=bob@x.org',
    null,
    null,
    '203.0.113.4',
  ],
])('%s', async (line, like, regex, id) => {
  const told = await ask(line, like === null ? [] : [like, 'nothing of the kind']);
  expect(told).toMatchObject({ matches_line: true, id });
  expect(told.samples.matched).toBe(like === null ? 0 : 1);
  if (regex !== null) expect(told.failregex).toBe(regex);
  expect(told.failregex.startsWith('^') && told.failregex.endsWith('$')).toBe(true);
});

test('the user becomes a tag whose value is told', async () => {
  const told = await ask('Nov 22 01:24:23 h app[1]: Invalid user oracle from 192.0.2.7 port 22');
  expect(told.groups).toMatchObject({ user: 'oracle' });
});

test('with a prefregex only what it leaves of the line is generalised', async () => {
  const prefregex = String.raw`^\s*\S+ sshd\[\d+\]: <F-CONTENT>.+</F-CONTENT>$`;
  const told = await ask(
    'Nov 22 01:24:23 host sshd[99]: Connection reset by 192.0.2.7 port 22 [preauth]',
    [],
    {
      prefregex,
    },
  );
  expect(told).toMatchObject({
    failregex: String.raw`^Connection reset by <HOST> port \d+ \[preauth\]$`,
    matches_line: true,
  });
  const other = await ask('Nov 22 01:24:23 host other: reset by 192.0.2.7', [], { prefregex });
  expect(other.notes.join(' ')).toContain('prefregex');
});

test('a line without an address has no proposal', async () => {
  await expect(ask('Nov 22 01:24:23 host sshd[99]: Server listening')).rejects.toMatchObject({ status: 422 });
});
