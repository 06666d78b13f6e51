/** What may be read as a log, and what may not, whatever it is called and wherever it leads. */
import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLog, readTail, withRotated } from './log-file.ts';

let dir: string;
let logs: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bangui-logs-'));
  logs = join(dir, 'log');
  await mkdir(logs);
  await writeFile(join(logs, 'auth.log'), 'one\ntwo\r\nthree\n');
  await writeFile(join(dir, 'secret'), 'password\n');
  await mkdir(`${logs}-other`);
  await writeFile(`${logs}-other/x`, '');
  await symlink(join(dir, 'secret'), join(logs, 'leads-out'));
  await symlink(join(logs, 'auth.log'), join(dir, 'leads-in'));
  await symlink('/dev/zero', join(logs, 'device'));
  execFileSync('mkfifo', [join(logs, 'fifo')]);
});
afterAll(() => rm(dir, { recursive: true }));

const outcome = async (path: string) => {
  const log = await openLog(path, [logs, '/nowhere']);
  if (log.kind === 'opened') await log.file.close();
  return log.kind === 'opened' ? 'opened' : log.sentence;
};

test('only plain files inside the folders are opened, after all links', async () => {
  expect(await outcome(join(logs, 'auth.log'))).toBe('opened');
  expect(await outcome(join(dir, 'leads-in'))).toBe('opened');
  for (const path of [
    join(logs, 'leads-out'),
    join(logs, 'device'),
    join(logs, '../secret'),
    `${logs}-other/x`,
    '/etc/shadow',
    '/proc/self/environ',
    join(dir, 'not-there'),
    logs,
  ])
    expect(await outcome(path), path).toContain('not below a folder');
  expect(await outcome(join(logs, 'fifo'))).toContain('no plain file');
  expect(await outcome(join(logs, 'not-there'))).toContain('no such log');
  for (const path of ['auth.log', `${logs}/auth.log\0.txt`, `/${'a/'.repeat(5000)}`])
    expect(await outcome(path)).toContain('full path');
});

test('what is opened stays what it is, also when the path leads elsewhere a moment later', async () => {
  const path = join(logs, 'turned.log');
  await writeFile(path, 'the log\n');
  const log = await openLog(path, [logs]);
  if (log.kind !== 'opened') throw new Error(log.sentence);
  await rm(path);
  await symlink(join(dir, 'secret'), path);
  expect(await readTail(log, { lines: 10, bytes: 1000 })).toEqual(['the log']);
  await log.file.close();
  expect(await outcome(path)).toContain('not below');
});

test('the tail is whole lines, the newest ones', async () => {
  const path = join(logs, 'tail.log');
  await writeFile(path, 'one\ntwo\r\nthree\n');
  const tail = async (lines: number, bytes: number) => {
    const log = await openLog(path, [logs]);
    if (log.kind !== 'opened') throw new Error(log.sentence);
    const read = await readTail(log, { lines, bytes });
    await log.file.close();
    return read;
  };
  expect(await tail(10, 1000)).toEqual(['one', 'two', 'three']);
  expect(await tail(2, 1000)).toEqual(['two', 'three']);
  expect(await tail(10, 9)).toEqual(['three']);
  await appendFile(path, 'not ended');
  expect(await tail(1, 1000)).toEqual(['not ended']);
});

test('rotated files come before the log, the oldest first, in each of the usual spellings', async () => {
  const at = (name: string) => join(logs, name);
  for (const name of [
    'mail.log',
    'mail.log.1',
    'mail.log.2.gz',
    'mail.log.10.gz',
    'mail.log-20261101.gz',
    'mail.log-20261121',
    'mail.log.bak',
    'mail.logic.1',
  ])
    await writeFile(at(name), '');
  expect(await withRotated(at('mail.log'))).toEqual(
    [
      'mail.log-20261101.gz',
      'mail.log-20261121',
      'mail.log.10.gz',
      'mail.log.2.gz',
      'mail.log.1',
      'mail.log',
    ].map(at),
  );
});
