/** Failures over time as they are answered: zero-filled where they are known, null before, and a reason where nothing is. */
import { appendFile, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { zoneOf } from '../../base/zone.ts';
import { localTime } from '../../host/bans/log-clock.ts';
import type { HostStatus } from '../../host/host.ts';
import { parseJailName } from '../../host/jail-name.ts';
import { createFoundFailures } from './found-failures.ts';

let dir: string;
let file: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bangui-failures-'));
  file = join(dir, 'fail2ban.log');
});
afterEach(() => rm(dir, { recursive: true }));

const start = Date.UTC(2026, 10, 22, 10, 0, 0);
const at = (minute: number): number => localTime(start + minute * 60_000);
const found = (minute: number): string => {
  const stamp = new Date(start + minute * 60_000).toISOString().replace('T', ' ').slice(0, 19);
  return `${stamp},000 fail2ban.filter         [7]: INFO    [sshd] Found 192.0.2.1 - ${stamp}\n`;
};
const written = (minute: number): Promise<void> => utimes(file, new Date(at(minute)), new Date(at(minute)));

const status: HostStatus = {
  state: 'online',
  reason: null,
  remedy: null,
  version: '1.1.0',
  upSince: null,
  jails: [],
  asOf: null,
  checkedAt: null,
  since: 0,
  databaseFile: null,
  logTarget: null,
  logLevel: 'INFO',
  purgeSeconds: null,
};

/** Asks for the stretch from the one minute to the other. */
async function ask(
  failures: ReturnType<typeof createFoundFailures>,
  [from, to]: readonly [number, number],
): ReturnType<typeof failures.of> {
  const jail = parseJailName('sshd');
  if (jail === null) throw new Error('a possible name');
  return await failures.of(jail, { from: at(from), to: at(to) }, zoneOf('UTC'));
}
const of = (about: Partial<HostStatus>, now = () => at(60)) =>
  createFoundFailures({ host: { status: () => ({ ...status, ...about }) }, now });

test('every minute of the range is there: none, so many, or before what is known', async () => {
  await writeFile(file, found(10) + found(12) + found(12));
  await written(12);
  const answer = await ask(of({ logTarget: file }), [8, 14]);
  expect(answer).toMatchObject({ bucket_seconds: 60, unknown: null });
  expect(answer.known_from).toBe(new Date(at(10)).toISOString());
  expect(answer.points.map(({ failures }) => failures)).toEqual([null, null, 1, 0, 2, 0]);
  expect(answer.points[0]?.at).toBe(new Date(at(8)).toISOString());
});

test('what was found meanwhile is in the answer some seconds later', async () => {
  await writeFile(file, found(10));
  await written(10);
  let now = at(11);
  const failures = of({ logTarget: file }, () => now);
  const sum = async (): Promise<number> =>
    (await ask(failures, [10, 12])).points.reduce((all, one) => all + (one.failures ?? 0), 0);
  expect(await sum()).toBe(1);
  await appendFile(file, found(11));
  await written(11);
  expect(await sum(), 'read a moment ago').toBe(1);
  now += 6_000;
  expect(await sum()).toBe(2);
});

test.each([
  [{ logTarget: 'SYSLOG' }, /logs to SYSLOG, not to a file/],
  [{ logTarget: '/nowhere/fail2ban.log' }, /cannot be read \(ENOENT\)/],
  [{ logTarget: '/nowhere/fail2ban.log', logLevel: 'notice' }, /log level is notice/],
  [{ logTarget: null }, /was not asked/],
])('nothing is invented for %o', async (about, reason) => {
  const answer = await ask(of(about), [0, 60]);
  expect(answer).toMatchObject({ points: [], known_from: null });
  expect(answer.unknown).toMatch(reason);
});

test('an empty log says that it is', async () => {
  await writeFile(file, '');
  expect(await ask(of({ logTarget: file }), [0, 60])).toMatchObject({
    known_from: null,
    unknown: 'fail2ban’s log is empty.',
  });
});
