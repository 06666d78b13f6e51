/** `bangui backup` and `restore` as the operator types them, on either database and from one to the other. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startBangui, type RunningBangui } from '../test/bangui.ts';
import { operator, password, signIn } from '../test/operator.ts';
import { startPostgres, type RunningPostgres } from '../test/servers/postgres.ts';
import { verifyBackup } from './platform/db/backup-file.ts';

let postgres: RunningPostgres;
let folder = '';
let backup = '';
let databases = 0;
beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(() => postgres.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bangui-backup-'));
  backup = join(folder, 'one.backup');
});
afterEach(() => rmSync(folder, { recursive: true }));

type Environment = Record<string, string>;
const file = (): Environment => ({ BANGUI_DATABASE_PATH: join(folder, 'bangui.db') });
const server = async (): Promise<Environment> => ({
  ...file(),
  BANGUI_DATABASE_URL: await postgres.database(`backup_${++databases}`),
  BANGUI_SESSION_SECRET: 'a secret of the tests, 32 or more',
});

function command(environment: Environment, ...words: string[]) {
  const args = [join(import.meta.dirname, 'cli.ts'), ...words];
  const env = { PATH: process.env['PATH'], ...environment };
  return new Promise<{ exit: unknown; out: Buffer; said: string }>((resolve) => {
    execFile(process.execPath, args, { env, encoding: 'buffer' }, (error, out, err) =>
      resolve({ exit: error?.code ?? 0, out, said: out.toString('latin1') + err.toString() }),
    );
  });
}
const start = (environment: Environment): Promise<RunningBangui> =>
  startBangui({ socket: join(folder, 'none.sock'), dir: folder, env: environment });
/** A BanGUI that is set up, and stopped. */
async function setUp(environment: Environment): Promise<void> {
  const bangui = await start(environment);
  await signIn(bangui.url);
  await bangui.stop();
}
async function canSignIn(environment: Environment): Promise<boolean> {
  const bangui = await start(environment);
  const { status } = await operator(bangui.url, '').send('POST', '/api/v1/auth/login', { password });
  await bangui.stop();
  return status === 200;
}

describe.each([
  ['the embedded database', async () => file()],
  ['PostgreSQL', server],
])('on %s', { timeout: 60_000 }, (_name, database) => {
  test('a backup is made while BanGUI runs, a restore refused; afterwards all but the sessions is back', async () => {
    const environment = await database();
    const bangui = await start(environment);
    const person = await signIn(bangui.url);
    const made = await command(environment, 'backup', backup);
    expect(made).toMatchObject({ exit: 0, said: expect.stringMatching(/one\.backup: \d+ rows.*verified\./) });
    expect(statSync(backup).mode & 0o777).toBe(0o600);
    expect(await command(environment, 'restore', backup)).toMatchObject({
      exit: 1,
      said: expect.stringMatching(/^The database is in use: .* End /),
    });
    expect((await person.get('/api/v1/bans/active')).status).toBe(200);
    await bangui.stop();
    const restored = await command(environment, 'restore', backup);
    expect(restored).toMatchObject({ exit: 0, said: expect.stringContaining('signs in again') });
    const again = await start(environment);
    expect((await operator(again.url, person.cookie).get('/api/v1/bans/active')).status).toBe(401);
    expect((await operator(again.url, '').send('POST', '/api/v1/auth/login', { password })).status).toBe(200);
    await again.stop();
  });

  test('what a restore replaces can be restored', async () => {
    const environment = await database();
    await setUp(environment);
    const empty = join(folder, 'empty.db');
    const other = { BANGUI_DATABASE_PATH: join(folder, 'other', 'bangui.db') };
    const bangui = await startBangui({
      socket: join(folder, 'none.sock'),
      dir: join(folder, 'other'),
      env: other,
    });
    await bangui.stop();
    expect((await command(other, 'backup', empty)).exit).toBe(0);
    const { said } = await command(environment, 'restore', empty);
    const [replaced = ''] = /\/\S*before-restore\S*/.exec(said) ?? [];
    expect(existsSync(replaced.replace(/\.$/, ''))).toBe(true);
    expect(await canSignIn(environment)).toBe(false);
    expect((await command(environment, 'restore', replaced.replace(/\.$/, ''))).exit).toBe(0);
    expect(await canSignIn(environment)).toBe(true);
  });

  test('a damaged backup changes nothing', async () => {
    const environment = await database();
    await setUp(environment);
    writeFileSync(backup, 'no backup '.repeat(900));
    expect(await command(environment, 'restore', backup)).toMatchObject({
      exit: 1,
      said: expect.stringContaining('Nothing was changed'),
    });
    expect(await canSignIn(environment)).toBe(true);
  });

  test('a backup from the other one is restored', async () => {
    const environment = await database();
    const other = environment['BANGUI_DATABASE_URL'] === undefined ? await server() : file();
    await setUp(other);
    expect((await command(other, 'backup', backup)).exit).toBe(0);
    rmSync(join(folder, 'bangui.db'), { force: true });
    expect((await command(environment, 'restore', backup)).said).toContain('is restored');
    expect(await canSignIn(environment)).toBe(true);
    // Numbers that the database gives out go on after those that were restored.
    expect(await canSignIn(environment)).toBe(true);
  });
});

test('without a name a backup goes beside the database, and `-` is standard output', async () => {
  await setUp(file());
  expect((await command(file(), 'backup')).exit).toBe(0);
  expect(readdirSync(join(folder, 'backups'))).toEqual([expect.stringMatching(/^bangui-\d{8}T\d{6}Z\.db$/)]);
  const { exit, out } = await command(file(), 'backup', '-');
  expect(exit).toBe(0);
  writeFileSync(backup, out);
  expect(verifyBackup(backup).manifest?.made_from).toBe('sqlite');
});

test('PostgreSQL is read as of one moment while others write', { timeout: 60_000 }, async () => {
  const environment = await server();
  await setUp(environment);
  const client = new pg.Client(environment['BANGUI_DATABASE_URL']);
  await client.connect();
  await client.query("INSERT INTO settings VALUES ('n', '0')");
  let writing = true;
  const writer = (async () => {
    for (let n = 1; writing; n++) {
      await client.query('BEGIN');
      await client.query('UPDATE audit SET target = $1 WHERE id = (SELECT min(id) FROM audit)', [String(n)]);
      await client.query("UPDATE settings SET value = $1 WHERE key = 'n'", [String(n)]);
      await client.query('COMMIT');
    }
  })();
  const seen = new Set<unknown>();
  for (let round = 0; round < 4; round++) {
    expect((await command(environment, 'backup', backup)).said).toContain('verified');
    const copy = new DatabaseSync(backup, { readOnly: true });
    const value = copy.prepare("SELECT value FROM settings WHERE key = 'n'").get()?.['value'];
    seen.add(value);
    expect(copy.prepare('SELECT target FROM audit ORDER BY id LIMIT 1').get()?.['target']).toBe(value);
    copy.close();
  }
  expect(seen.size).toBe(4);
  writing = false;
  await writer;
  await client.end();
});
