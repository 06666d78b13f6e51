/** A restart of a real fail2ban: by the start command, by what watches over it, and when nothing brings it back. */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../test/bangui.ts';
import { startFail2ban, type RealFail2ban } from '../../test/fail2ban/real-fail2ban.ts';
import { parseAddress, type Address } from '../base/address.ts';
import { silentLog } from '../base/log.ts';
import { parseJailName } from './jail-name.ts';
import { createLocalHost, type LocalHost } from './local-host.ts';
import { restartFail2ban, type RestartCounts, type RestartLimits, type RestartStep } from './restart.ts';

let fail2ban: RealFail2ban;
let host: LocalHost;
let told: RestartStep[];
let counts: RestartCounts | null;
const manual = parseJailName('manual') ?? expect.unreachable();
const many = (count: number): Address[] =>
  Array.from(
    { length: count },
    (_, n) => parseAddress(`198.18.${n >> 8}.${n & 255}`) ?? expect.unreachable(),
  );
const files = (): string[] => ['-c', fail2ban.configDir, '-s', fail2ban.socket, '-p', fail2ban.pidFile];
const client = (): string[] => ['/usr/bin/python3', '/usr/bin/fail2ban-client', ...files(), 'start'];

beforeEach(async () => {
  fail2ban = await startFail2ban();
  host = createLocalHost({ id: 'local', socketPath: fail2ban.socket, log: silentLog, now: Date.now });
  host.start();
  await until('it has four jails', () => host.status().jails.length === 4);
  told = [];
  counts = null;
}, 60_000);
/** What a restart started is no child of the test's, and is ended over its socket. */
afterEach(async () => {
  await fail2ban.client('stop').catch(() => '');
  await host.close();
  await fail2ban.remove();
}, 60_000);

const restart = (
  startCommand: readonly string[],
  limits: Partial<RestartLimits> = {},
  signal?: AbortSignal,
) =>
  restartFail2ban(
    { host, socketPath: fail2ban.socket, startCommand, log: silentLog, limits },
    (step, now) => {
      told.push(step);
      counts = structuredClone(now);
    },
    signal ?? new AbortController().signal,
  );
const ends = (): string[] =>
  told.filter(({ outcome }) => outcome !== 'running').map(({ name, outcome }) => `${name} ${outcome}`);
const allDone = ['stop done', 'gone done', 'start done', 'jails done', 'bans done'];

test('fail2ban is ended, started by the command, and has its jails and bans again', async () => {
  await host.ban(manual, many(300));
  const before = (await host.refresh()).upSince;
  expect(await restart(client(), { graceMs: 300 })).toEqual({ result: 'done', missing: [] });
  expect(ends()).toEqual(allDone);
  expect(told.find(({ name, outcome }) => name === 'start' && outcome === 'done')?.detail).toMatch(
    /fail2ban-client/,
  );
  expect(counts).toEqual({ jails: { back: 4, of: 4 }, bans: { back: 300, of: 300 } });
  expect((await host.refresh()).upSince).not.toBe(before);
}, 60_000);

test('what watches over it brings it back, and the command is never run', async () => {
  const marker = join(fail2ban.dir, 'command-ran');
  const ended = until('it is gone', async () => (await host.refresh()).state === 'unreachable');
  const supervisor = ended.then(() => {
    const [program = '', ...args] = client();
    spawn(program, args, { stdio: 'ignore' });
  });
  const end = await restart(['/usr/bin/touch', marker], { graceMs: 15_000 });
  await supervisor;
  expect(end).toEqual({ result: 'done', missing: [] });
  expect(ends()).toEqual(allDone);
  expect(told.find(({ name, outcome }) => name === 'start' && outcome === 'done')?.detail).toMatch(
    /watches over/,
  );
  await expect(writeFile(marker, '', { flag: 'wx' })).resolves.toBeUndefined();
}, 60_000);

test('one that never comes back is told within the limit, with what the command said', async () => {
  const command = ['/bin/sh', '-c', 'echo no permission to start >&2; exit 3'];
  expect(await restart(command, { graceMs: 200, startMs: 3_000 })).toEqual({
    result: 'failed',
    missing: ['incr', 'manual', 'sshd', 'web'],
  });
  expect(ends()).toEqual(['stop done', 'gone done', 'start failed', 'jails not_reached', 'bans not_reached']);
  expect(told.find(({ outcome }) => outcome === 'failed')?.detail).toMatch(/code 3.*no permission to start/);
}, 60_000);

test('a command that only waits is not waited for longer than the limit', async () => {
  const began = performance.now();
  expect(await restart(['/usr/bin/sleep', '60'], { graceMs: 0, startMs: 1_500 })).toMatchObject({
    result: 'failed',
  });
  expect(performance.now() - began).toBeLessThan(15_000);
  expect(told.find(({ outcome }) => outcome === 'failed')?.detail).toMatch(/within 1.5 s/);
}, 60_000);

test('a jail that is not there any more is named, and the others are told of', async () => {
  const started = host.refresh();
  await started;
  await writeFile(join(fail2ban.configDir, 'jail.d/off.local'), '[web]\nenabled = false\n');
  expect(await restart(client(), { graceMs: 0, jailsMs: 2_000, bansMs: 500 })).toEqual({
    result: 'failed',
    missing: ['web'],
  });
  expect(ends()).toEqual(['stop done', 'gone done', 'start done', 'jails failed', 'bans done']);
  expect(counts?.jails).toEqual({ back: 3, of: 4 });
}, 60_000);

test('a BanGUI that ends meanwhile starts what it stopped at once', async () => {
  const ending = new AbortController();
  const run = restart(client(), { graceMs: 30_000 }, ending.signal);
  await expect
    .poll(() => told.some(({ name }) => name === 'start'), { timeout: 20_000, interval: 20 })
    .toBe(true);
  const began = performance.now();
  ending.abort();
  await run;
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(ends().slice(0, 3)).toEqual(['stop done', 'gone done', 'start done']);
  expect((await host.refresh()).state).toBe('online');
}, 60_000);
