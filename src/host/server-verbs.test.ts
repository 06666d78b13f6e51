/** The verbs of fail2ban itself against a real one, and a log target that it refuses. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startFail2ban, type RealFail2ban } from '../../test/fail2ban/real-fail2ban.ts';
import { silentLog } from '../base/log.ts';
import { createLocalHost, type LocalHost } from './local-host.ts';
import { readServerOptions } from './server-settings.ts';

let fail2ban: RealFail2ban;
let host: LocalHost;
beforeAll(async () => {
  fail2ban = await startFail2ban({
    files: { 'fail2ban.d/20-more.local': '[Definition]\n\n# longer\ndbpurgeage = 2w\n' },
  });
  host = createLocalHost({ id: 'local', socketPath: fail2ban.socket, log: silentLog, now: Date.now });
}, 60_000);
afterAll(async () => {
  await host.close();
  await fail2ban.remove();
}, 60_000);

test('level, purge age and kept lines are set, and the next look knows them', async () => {
  await host.server.setLogLevel('NOTICE');
  expect(await host.server.setPurgeAge(604_800)).toBe(true);
  expect(await host.server.setMaxMatches(7)).toBe(true);
  expect(await host.server.maxMatches()).toBe(7);
  expect(await host.refresh()).toMatchObject({ logLevel: 'NOTICE', purgeSeconds: 604_800 });
  await host.server.setLogLevel('INFO');
});

test('the log goes to another file, and a target that fail2ban refuses leaves it there', async () => {
  const other = join(fail2ban.dir, 'other.log');
  await host.server.setLogTarget(other);
  expect((await host.refresh()).logTarget).toBe(other);
  await host.server.flushLogs();
  expect(await readFile(other, 'utf8')).toContain('fail2ban');
  const folder = join(fail2ban.dir, 'a-folder');
  await mkdir(folder);
  await expect(host.server.setLogTarget(folder)).rejects.toMatchObject({ status: 502 });
  expect((await host.refresh()).logTarget).toBe(other);
  await host.server.setLogTarget(fail2ban.logFile);
});

test.each([
  'relative.log',
  '/tmp/x[padding=off]',
  '/tmp/a\nb',
  '/tmp/%(x)s',
  '/tmp/<F2B_END_COMMAND>',
  'NOWHERE',
])('the target %j never reaches fail2ban', async (target) => {
  await expect(host.server.setLogTarget(target)).rejects.toThrow('no plain path');
});

test('the configuration says what counts from the next start on, and where', async () => {
  expect(await readServerOptions(fail2ban.configDir)).toEqual({
    loglevel: { value: 'INFO', file: 'fail2ban.local', line: 2 },
    logtarget: { value: fail2ban.logFile, file: 'fail2ban.local', line: 3 },
    dbpurgeage: { value: '1209600', file: 'fail2ban.d/20-more.local', line: 4 },
    dbmaxmatches: { value: '10', file: 'fail2ban.local', line: 9 },
  });
});

test('it ends when it is asked to', async () => {
  await host.server.stop();
  await expect.poll(async () => (await host.refresh()).state, { timeout: 15_000 }).toBe('unreachable');
  await expect(host.server.stop()).rejects.toMatchObject({ status: 503 });
}, 30_000);
