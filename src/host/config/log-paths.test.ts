/** Log paths are looked up as fail2ban expands them, and only inside the allowed folders. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fitsGlob } from './glob.ts';
import { examineLogPath } from './log-paths.ts';

let dir = '';
let logs = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bangui-logs-'));
  logs = join(dir, 'log');
  await mkdir(join(logs, 'nginx/old'), { recursive: true });
  await mkdir(join(dir, 'private'));
  for (const name of [
    'auth.log',
    'nginx/a.error.log',
    'nginx/b.error.log',
    'nginx/.c.error.log',
    'nginx/[x].log',
  ])
    await writeFile(join(logs, name), '');
  await writeFile(join(dir, 'private/secret.log'), '');
  await symlink(join(dir, 'private/secret.log'), join(logs, 'linked.log'));
  await symlink(join(dir, 'private'), join(logs, 'folder'));
  await symlink('nowhere', join(logs, 'nginx/dangling.error.log'));
  await symlink('auth.log', join(logs, 'current.log'));
});
afterAll(() => rm(dir, { recursive: true }));

const look = (path: string) => examineLogPath(path, [logs]);
const told = async (path: string) => {
  const { exists, files, allowed } = await look(path);
  return [exists, files, allowed];
};

test('files are found by name and by pattern, as fail2ban finds them', async () => {
  expect(await look(`${logs}/auth.log`)).toEqual({
    path: `${logs}/auth.log`,
    exists: true,
    files: 1,
    allowed: true,
    names: [`${logs}/auth.log`],
  });
  expect(await told(`${logs}/nginx/*error.log`)).toEqual([true, 2, true]);
  expect(await told(`${logs}/*/[ab].error.log tail`)).toEqual([true, 2, true]);
  expect(await told(`${logs}/nginx/[!a].error.log`)).toEqual([true, 1, true]);
  expect(await told(`${logs}/current.log`)).toEqual([true, 1, true]);
  expect(await told(`${logs}/later/x.log`)).toEqual([false, 0, true]);
  expect(await told(`${logs}/nginx/old`)).toEqual([false, 0, true]);
  expect(await told('/dev/null')).toEqual([true, 1, true]);
});

test('outside of the allowed folders nothing is told, by whatever way a path leads there', async () => {
  for (const path of [
    `${dir}/private/secret.log`,
    `${dir}/*/secret.log`,
    `${logs}/../private/secret.log`,
    `${logs}/./../private/*`,
    `${logs}/folder/secret.log`,
    `${logs}/folder/*.log`,
    `${logs}evil/x.log`,
    '/etc/passwd',
    'auth.log',
    '',
    `${logs}/a\0b`,
  ]) {
    expect(await look(path)).toMatchObject({ exists: false, files: 0, allowed: false, names: [] });
  }
  expect(await look(`${logs}/linked.log`)).toMatchObject({ exists: false, allowed: false, names: [] });
  expect(await look(`${logs}/*/secret.log`)).toMatchObject({ exists: false, files: 0, names: [] });
  expect(await look(`${logs}/*.log`)).toMatchObject({ files: 2, allowed: false });
});

test('patterns mean what they mean to Python', () => {
  const patterns = [
    '*',
    'a*',
    '*.log',
    '?',
    '[a-c]x',
    '[!a-c]x',
    '[]x]',
    '[x',
    '.h*',
    'a*b*c',
    '[a',
    '**',
    'a[*]b',
  ];
  const names = ['a', 'ax', 'dx', 'a.log', '.hidden', 'x', ']', '[x', 'aXbYc', 'abc', '[a', 'a*b', 'é'];
  const script =
    'import fnmatch,json,sys\np,n=json.load(sys.stdin)\njson.dump([[fnmatch.fnmatchcase(x,y) and (x[0]!="." or y[0]==".") for x in n] for y in p],sys.stdout)';
  const python: unknown = JSON.parse(
    execFileSync('/usr/bin/python3', ['-c', script], {
      input: JSON.stringify([patterns, names]),
      encoding: 'utf8',
    }),
  );
  expect(patterns.map((pattern) => names.map((name) => fitsGlob(pattern, name)))).toEqual(python);
  const began = performance.now();
  expect(fitsGlob(`${'*a'.repeat(200)}b`, 'a'.repeat(255))).toBe(false);
  expect(performance.now() - began).toBeLessThan(500);
});
