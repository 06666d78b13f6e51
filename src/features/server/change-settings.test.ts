/** Settings of a real fail2ban, kept in its configuration by whatever applies changes of it. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startFail2ban, type RealFail2ban } from '../../../test/fail2ban/real-fail2ban.ts';
import { AppError, conflict } from '../../base/errors.ts';
import { silentLog } from '../../base/log.ts';
import type { ChangeEnd } from '../../host/config/change.ts';
import { createLocalHost, type LocalHost } from '../../host/local-host.ts';
import { changeSettings, type ApplyFiles } from './change-settings.ts';

let fail2ban: RealFail2ban;
let host: LocalHost;
beforeAll(async () => {
  fail2ban = await startFail2ban();
  host = createLocalHost({ id: 'local', socketPath: fail2ban.socket, log: silentLog, now: Date.now });
}, 60_000);
afterAll(async () => {
  await host.close();
  await fail2ban.remove();
}, 60_000);

const ended = (result: ChangeEnd['result']) => ({ result, steps: [], findings: [], jails: [], revision: 4 });
const writing: ApplyFiles = async ({ files }) => {
  for (const { file, content } of files) await writeFile(join(fail2ban.configDir, file.path), content ?? '');
  return ended('applied');
};
const change = (apply: ApplyFiles, body: Parameters<typeof changeSettings>[1]) =>
  changeSettings(
    { host, configDir: fail2ban.configDir, logFolders: [], audit: async () => undefined, apply },
    body,
    { actor: { userId: 1, name: 'admin', role: 'admin' }, client: '127.0.0.1' },
  );

test('a changed setting stands in fail2ban.local with everything else of it', async () => {
  const file = join(fail2ban.configDir, 'fail2ban.local');
  const before = await readFile(file, 'utf8');
  const answer = await change(writing, { db_purge_age: '7d', log_level: 'NOTICE' });
  expect(answer).toMatchObject({
    kept: true,
    revision: 4,
    log_level: 'NOTICE',
    db_purge_age: 604_800,
    differs: [],
  });
  expect(await readFile(file, 'utf8')).toBe(
    before.replace('dbpurgeage = 1d', 'dbpurgeage = 604800').replace('loglevel = INFO', 'loglevel = NOTICE'),
  );
});

test('one that cannot be kept runs, and says why it is not kept', async () => {
  const busy: ApplyFiles = () =>
    Promise.reject(conflict('config_change_under_way', 'Another change is under way.'));
  expect(await change(busy, { log_level: 'INFO' })).toMatchObject({
    kept: false,
    detail: expect.stringContaining('Another change is under way.'),
    log_level: 'INFO',
    differs: ['log_level'],
  });
  expect(await change(async () => ended('stale'), { db_max_matches: 5 })).toMatchObject({
    kept: false,
    db_max_matches: 5,
  });
});

test('when one of several is refused, those before it are set back and nothing is written', async () => {
  const refusing = {
    ...host,
    server: { ...host.server, setLogLevel: () => Promise.reject(new AppError(502, 'fail2ban_error', 'No.')) },
  };
  const call = changeSettings(
    {
      host: refusing,
      configDir: fail2ban.configDir,
      logFolders: [],
      audit: async () => undefined,
      apply: writing,
    },
    { db_max_matches: 77, log_level: 'DEBUG' },
    { actor: null, client: '127.0.0.1' },
  );
  await expect(call).rejects.toMatchObject({ status: 502 });
  expect(await host.server.maxMatches()).toBe(5);
  expect(await readFile(join(fail2ban.configDir, 'fail2ban.local'), 'utf8')).not.toContain('77');
});
