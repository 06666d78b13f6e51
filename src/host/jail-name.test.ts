import { expect, test } from 'vitest';
import { parseJailName } from './jail-name.ts';

test.each(['sshd', 'a', 'nginx-http-auth', 'two words', 'größe', 'x'.repeat(200), 'apache[2]'])(
  '%j is a name',
  (text) => {
    expect(parseJailName(text)).toBe(text);
  },
);

test.each([
  '',
  ' ',
  ' sshd',
  'sshd ',
  'x'.repeat(201),
  'a\nb',
  'a\0b',
  'a\u0085b',
  'a\u2028b',
  '\ud800',
  '--all',
  '-x',
  'a,b',
  'ssh<F2B_END_COMMAND>d',
  'logtarget',
  'dbfile',
])('%j is none', (text) => {
  expect(parseJailName(text)).toBeNull();
});
