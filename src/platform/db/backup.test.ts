/** Backup and restore of the embedded database, on real files, also while another process writes. */
import { execFile, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { mountSmallDisk } from '../../../test/small-disk.ts';
import { copySqlite, makeBackup } from './backup.ts';
import { verifyBackup } from './backup-file.ts';
import { migrate, migrations } from './migrate.ts';
import { openDatabase, type OpenDatabase } from './open.ts';
import { restoreSqlite } from './restore.ts';

let folder = '';
let path = '';
let to = '';
let database: OpenDatabase;
const newest = migrations.length;
const open = () => openDatabase({ path, log: silentLog, now: systemClock });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bangui-backup-'));
  path = join(folder, 'data', 'bangui.db');
  to = join(folder, 'backups', 'one.db');
  database = await open();
  await migrate({ database, log: silentLog, now: systemClock });
  await put('place', 'before');
});
afterEach(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

const put = async (key: string, value: string) =>
  void (await database.db
    .insertInto('settings')
    .values({ key, value })
    .onConflict((row) => row.column('key').doUpdateSet({ value }))
    .execute());
const get = async (key: string) =>
  (await database.db.selectFrom('settings').where('key', '=', key).select('value').executeTakeFirst())?.value;
const backUp = (target = to) =>
  makeBackup({
    path,
    to: target,
    madeFrom: 'sqlite',
    copyInto: async (file) => copySqlite(path, file),
    applicationVersion: '1.2.3',
    now: Date.UTC(2026, 10, 24),
  });
const restore = (file = to, laterMs = 0) =>
  restoreSqlite({ file, path, newest, now: Date.UTC(2026, 10, 25, 4, 5, 6) + laterMs });
const signedIn = async () => {
  const user = { name: 'admin', role: 'admin', password_hash: 'x', created_at: 1, password_changed_at: 1 };
  await database.db.insertInto('users').values(user).execute();
  await database.db
    .insertInto('sessions')
    .values({
      token_hash: 'f00d'.repeat(16),
      user_id: 1,
      created_at: 1,
      expires_at: 9,
      client: '::1',
      user_agent: '',
    })
    .execute();
};

describe('a backup', () => {
  test('is one private file that says how it was made, while the database stays open', async () => {
    const manifest = await backUp();
    expect(manifest).toMatchObject({
      application_version: '1.2.3',
      schema_version: newest,
      made_at: '2026-11-24T00:00:00.000Z',
      made_from: 'sqlite',
    });
    expect(statSync(to).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'backups'))).toEqual(['one.db']);
    expect(verifyBackup(to).manifest).toEqual(manifest);
  });

  test('holds no session and no scheduler lock, not even their bytes', async () => {
    await signedIn();
    await backUp();
    expect(readFileSync(to).includes('f00d'.repeat(16))).toBe(false);
    const copy = new DatabaseSync(to, { readOnly: true });
    expect(copy.prepare('SELECT count(*) AS n FROM sessions').get()).toEqual({ n: 0 });
    expect(copy.prepare('SELECT name FROM users').all()).toEqual([{ name: 'admin' }]);
    copy.close();
  });

  test('is one moment of a database that another process writes to all the time', async () => {
    await database.db
      .insertInto('settings')
      .values([
        { key: 'a', value: '0' },
        { key: 'b', value: '0' },
      ])
      .execute();
    const writer = spawn(process.execPath, ['--input-type=module', '-e', writerScript, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => writer.stdout.once('data', resolve));
    try {
      const seen = new Set<string>();
      for (let round = 0; round < 5; round++) {
        const { checksum } = await backUp();
        seen.add(checksum);
        const copy = new DatabaseSync(to, { readOnly: true });
        const [a, b] = copy.prepare("SELECT value FROM settings WHERE key IN ('a', 'b')").all();
        copy.close();
        expect(a).toEqual(b);
      }
      expect(seen.size).toBeGreaterThan(1);
    } finally {
      const died = new Promise((resolve) => writer.once('exit', resolve));
      writer.kill('SIGKILL');
      await died;
    }
  });

  test('replaces an older backup, and nothing else', async () => {
    await backUp();
    await put('place', 'after');
    await backUp();
    const other = join(folder, 'letter.txt');
    writeFileSync(other, 'dear operator');
    await expect(backUp(other)).rejects.toMatchObject({ code: 'backup_target_taken' });
    await expect(backUp(path)).rejects.toMatchObject({ code: 'backup_target_taken' });
    expect(readFileSync(other, 'utf8')).toBe('dear operator');
    expect(await get('place')).toBe('after');
  });

  test('that does not fit leaves nothing behind and says why', async () => {
    const disk = await mountSmallDisk(1);
    try {
      await put('large', 'x'.repeat(2_000_000));
      await expect(backUp(join(disk.dir, 'one.db'))).rejects.toMatchObject({
        code: 'backup_failed',
        message: expect.stringMatching(/No backup was written to .*one\.db: .* full/),
      });
      expect(readdirSync(disk.dir)).toEqual([]);
    } finally {
      await disk.remove();
    }
    await expect(backUp('/dev/null/one.db')).rejects.toMatchObject({ code: 'backup_failed' });
    await expect(backUp('/dev/full')).rejects.toMatchObject({ code: 'backup_target_taken' });
  });
});

describe('a restore', () => {
  beforeEach(async () => {
    await signedIn();
    await backUp();
    await put('place', 'after');
    await database.close();
  });

  test('brings everything back but the sessions, and keeps what it replaced', async () => {
    chmodSync(path, 0o600);
    const { manifest, replaced } = restore();
    expect(manifest?.application_version).toBe('1.2.3');
    expect(replaced).toBe(`${path}.before-restore-20261125T040506Z`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    database = await open();
    expect(await migrate({ database, log: silentLog, now: systemClock })).toBe(newest);
    expect(await get('place')).toBe('before');
    expect(await database.db.selectFrom('users').select('name').execute()).toHaveLength(1);
    expect(await database.db.selectFrom('sessions').selectAll().execute()).toEqual([]);
    const tables = await database.db.introspection.getTables();
    expect(tables.map(({ name }) => name)).not.toContain('bangui_backup');
    // What was replaced can be put back in the same way.
    await database.close();
    expect(restore(String(replaced), 60_000).manifest).toBeNull();
    database = await open();
    expect(await get('place')).toBe('after');
  });

  test('needs no database to be there', async () => {
    rmSync(join(folder, 'data'), { recursive: true });
    expect(restore().replaced).toBeNull();
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
    database = await open();
    expect(await get('place')).toBe('before');
  });

  test('replaces a damaged database with its left-over files', async () => {
    for (const suffix of ['', '-wal', '-shm']) writeFileSync(path + suffix, 'broken '.repeat(1_000));
    const { replaced } = restore();
    for (const suffix of ['-wal', '-shm']) expect(existsSync(path + suffix)).toBe(false);
    expect(readFileSync(String(replaced), 'utf8')).toContain('broken');
    database = await open();
    expect(await get('place')).toBe('before');
  });

  test('folds in the write-ahead log of a process that was killed, so that nothing of it is lost', async () => {
    const script = `
      import { DatabaseSync } from 'node:sqlite';
      const database = new DatabaseSync(process.argv[1]);
      database.exec("PRAGMA journal_mode = WAL; UPDATE settings SET value = 'last words' WHERE key = 'place'");
      process.kill(process.pid, 'SIGKILL');`;
    await new Promise((resolve) =>
      execFile(process.execPath, ['--input-type=module', '-e', script, path], resolve),
    );
    expect(existsSync(`${path}-wal`)).toBe(true);
    const { replaced } = restore();
    expect(existsSync(`${path}-wal`)).toBe(false);
    const old = new DatabaseSync(String(replaced), { readOnly: true });
    expect(old.prepare("SELECT value FROM settings WHERE key = 'place'").get()).toEqual({
      value: 'last words',
    });
    old.close();
    database = await open();
  });

  test('is refused while a process has the database open', async () => {
    const holder = spawn(process.execPath, ['--input-type=module', '-e', holderScript, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    expect(() => restore()).toThrow(`process ${holder.pid} has it open`);
    // The same for one whose open files cannot be seen.
    expect(() => restore()).toThrow(expect.objectContaining({ code: 'database_in_use' }));
    const died = new Promise((resolve) => holder.once('exit', resolve));
    holder.kill('SIGKILL');
    await died;
    restore();
    database = await open();
  });

  test('is refused while the row of the scheduler lock is alive, elsewhere too', async () => {
    const lock = (heartbeatAt: number) => {
      const shell = new DatabaseSync(path);
      shell.exec(`DELETE FROM scheduler_lock; INSERT INTO scheduler_lock
          (id, holder, pid, hostname, boot_id, pid_namespace, process_started, acquired_at, heartbeat_at) VALUES
        (1, 'h', 77, 'other-machine', 'boot', 'ns', '5', ${heartbeatAt}, ${heartbeatAt})`);
      shell.close();
    };
    const now = Date.UTC(2026, 10, 25, 4, 5, 6);
    lock(now - 59_000);
    expect(() => restore()).toThrow('process 77 on other-machine');
    lock(now - 61_000);
    restore();
    database = await open();
  });

  test.each([
    ['a byte of its contents changed', 'backup_damaged', (file: string) => change(file, 'before', 'befort')],
    [
      'cut off',
      'backup_damaged',
      (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 9_000)),
    ],
    ['no database', 'backup_damaged', (file: string) => writeFileSync(file, 'hello '.repeat(500))],
    ['empty', 'backup_foreign', (file: string) => writeFileSync(file, '')],
    ["another program's database", 'backup_foreign', foreignDatabase],
    ['of a newer BanGUI', 'database_from_newer_version', newerDatabase],
    ['not there', 'no_backup', (file: string) => rmSync(file)],
  ] as const)('refuses a file that is %s, and leaves the database alone', async (_name, code, spoil) => {
    const spoilt = join(folder, 'spoilt.db');
    copyFileSync(to, spoilt);
    spoil(spoilt);
    const before = readdirSync(join(folder, 'data'));
    expect(() => restore(spoilt)).toThrow(expect.objectContaining({ name: 'StartError', code }));
    expect(readdirSync(join(folder, 'data'))).toEqual(before);
    database = await open();
    expect(await get('place')).toBe('after');
  });
});

function change(file: string, from: string, into: string): void {
  const bytes = readFileSync(file);
  bytes.write(into, bytes.indexOf(from), 'utf8');
  writeFileSync(file, bytes);
}

function foreignDatabase(file: string): void {
  rmSync(file);
  const other = new DatabaseSync(file);
  other.exec('CREATE TABLE photos (id integer)');
  other.close();
}

function newerDatabase(file: string): void {
  rmSync(file);
  copySqlite(path, file);
  const newer = new DatabaseSync(file);
  newer.exec('INSERT INTO schema_migrations (version) VALUES (999)');
  newer.close();
}

const writerScript = `
import { DatabaseSync } from 'node:sqlite';
const database = new DatabaseSync(process.argv[1], { timeout: 5000 });
console.log('writing');
for (let i = 1; ; i++) {
  database.exec(\`BEGIN IMMEDIATE; UPDATE settings SET value = '\${i}' WHERE key = 'a';
    UPDATE settings SET value = '\${i}' WHERE key = 'b'; COMMIT\`);
  await new Promise((resolve) => setTimeout(resolve, 2));
}`;
const holderScript = `
import { DatabaseSync } from 'node:sqlite';
const database = new DatabaseSync(process.argv[1]);
database.prepare('SELECT count(*) FROM settings').get();
console.log('open');
setTimeout(() => {}, 60_000);`;
