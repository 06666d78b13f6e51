/** fail2ban's counters beside what its log told: what is missing shows, what cannot be compared does not. */
import { beforeEach, expect, test } from 'vitest';
import type { Heard } from '../../../host/bans/heard.ts';
import { createCounters, type Counters } from './counters.ts';

let now: number;
let counters: Counters;
beforeEach(() => {
  now = 1_800_000_000_000;
  counters = createCounters(() => now);
});

function count(totalBanned: number, { upSince = 1, jail = 'sshd' } = {}): void {
  const facts = { name: jail, banSeconds: 600, increments: false, totalBanned };
  const rest = { logTarget: null, logLevel: null, databaseFile: null, purgeSeconds: null };
  counters.counted({ asOf: now, upSince, jails: [facts], ...rest });
}
function hear(bans: number): void {
  const ban = (n: number): Heard => ({
    type: 'ban',
    jail: 'sshd',
    ip: String(n),
    at: now,
    count: 1,
    seconds: null,
  });
  counters.heard(Array.from({ length: bans }, (_, n) => ban(n)));
}
const later = (ms: number): void => {
  now += ms;
};

test('as many bans as were counted: nothing is missing', () => {
  count(100);
  later(5_000);
  hear(3);
  count(103);
  later(4_000);
  expect(counters.missing()).toEqual([]);
});

test('a ban that is counted before its line is read is waited for', () => {
  count(100);
  later(5_000);
  count(101);
  later(1_000);
  expect(counters.missing()).toEqual([]);
  hear(1);
  later(4_000);
  expect(counters.missing()).toEqual([]);
});

test('more counted than heard: so many are missing, until it is settled', () => {
  count(100);
  later(5_000);
  hear(1);
  count(103);
  later(4_000);
  expect(counters.missing()).toEqual([{ jail: 'sshd', counted: 3, bans: 2, since: expect.any(Number) }]);
  counters.settle('sshd');
  later(4_000);
  expect(counters.missing()).toEqual([]);
});

test.each([
  ['fail2ban started again', () => count(500, { upSince: 2 })],
  ['the jail counts from a lower number', () => count(7)],
  [
    'the log tells of a jail that was filled again',
    () => {
      counters.restarted(['sshd']);
      count(500);
    },
  ],
])('%s: the counting begins anew', (_name, restart) => {
  count(100);
  later(5_000);
  restart();
  later(5_000);
  expect(counters.missing()).toEqual([]);
});
