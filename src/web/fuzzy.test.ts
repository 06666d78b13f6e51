/** Names are found by their beginnings, by the beginnings of their words, and by letters in order. */
import { expect, test } from 'vitest';
import { fuzzyScore, fuzzySort } from './fuzzy.ts';

const jails = ['sshd', 'nginx-botsearch', 'nginx-http-auth', 'postfix-sasl', 'recidive', 'bots'];

test.each([
  ['nbs', ['nginx-botsearch']],
  ['ssh', ['sshd']],
  ['bot', ['bots', 'nginx-botsearch']],
  ['auth', ['nginx-http-auth']],
  ['NGINX', ['nginx-botsearch', 'nginx-http-auth']],
  ['xyz', []],
  ['hsd', []],
])('%s finds %j', (typed, expected) => {
  expect(fuzzySort(typed, jails, (name) => name)).toEqual(expected);
});

test('nothing typed fits everything, and a whole name beats scattered letters', () => {
  expect(fuzzySort('', jails, (name) => name)).toEqual(jails);
  expect(fuzzyScore('sshd', 'sshd') ?? 0).toBeGreaterThan(fuzzyScore('sshd', 's-s-h-d') ?? 0);
});
