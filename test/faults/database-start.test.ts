/** A database file that cannot be used: each cause has its own code, and a sentence says what to do. */
import { execFile } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startBangui } from '../bangui.ts';
import { mountSmallDisk } from '../small-disk.ts';

const projectRoot = join(import.meta.dirname, '../..');
const nobody = 65_534;
let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bangui-start-'));
  path = join(folder, 'bangui.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Starts BanGUI, which is expected to end by itself. */
function refusal(database: string, user: number | null = null) {
  const command = [process.execPath, join(projectRoot, 'src/main.ts')];
  const [program = '', ...args] =
    user === null ? command : ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups', ...command];
  const env = {
    PATH: process.env['PATH'],
    BANGUI_PORT: '0',
    BANGUI_DATABASE_PATH: database,
    BANGUI_FAIL2BAN_SOCKET: join(folder, 'none.sock'),
    BANGUI_PRACTICE: 'never',
  };
  return new Promise<{ exit: unknown; said: string; codes: string[] }>((resolve) => {
    execFile(program, args, { env, timeout: 20_000 }, (error, stdout, stderr) => {
      const codes = [...stdout.matchAll(/"event":"bangui_start_failed","code":"(\w+)"/g)].map(
        ([, code = '']) => code,
      );
      resolve({ exit: error?.code ?? 0, said: stderr, codes });
    });
  });
}
const refused = (code: string, ...words: string[]) => ({
  exit: 1,
  codes: [code],
  said: expect.stringMatching(new RegExp(words.join('.*'))),
});

/** A database as a BanGUI leaves it that was ended in order. */
async function madeBy(dir: string): Promise<void> {
  const bangui = await startBangui({ socket: join(folder, 'none.sock'), dir });
  expect(await bangui.stop()).toBe(0);
}

describe('a start on', { timeout: 60_000 }, () => {
  test('a file that is no database', async () => {
    writeFileSync(path, 'no database '.repeat(1_000));
    expect(await refusal(path)).toMatchObject(refused('database_corrupt', 'backup in its place', path));
  });

  test('a database with a damaged page', async () => {
    await madeBy(folder);
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(3_000, 0x55), 0, 3_000, 100);
    closeSync(file);
    expect(await refusal(path)).toMatchObject(refused('database_corrupt', 'backup in its place', path));
  });

  test('a folder where the file should be', async () => {
    mkdirSync(path);
    expect(await refusal(path)).toMatchObject(refused('database_cannot_open', 'folder', path));
  });

  test('a file where its folder should be', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await refusal(join(folder, 'file', 'bangui.db'))).toMatchObject(
      refused('database_cannot_open', 'folder'),
    );
  });

  test("another user's file and folder", async () => {
    await madeBy(folder);
    expect(await refusal(path, nobody)).toMatchObject(refused('database_forbidden', 'Give the file'));
  });

  test("another user's file in a folder of its own", async () => {
    await madeBy(folder);
    chownSync(folder, nobody, nobody);
    expect(await refusal(path, nobody)).toMatchObject(refused('database_forbidden', 'Give the file'));
  });

  test('a file it may only read', async () => {
    await madeBy(folder);
    chmodSync(folder, 0o755);
    chmodSync(path, 0o444);
    expect(await refusal(path, nobody)).toMatchObject(refused('database_read_only', 'read-only'));
  });

  test('a read-only file system', async () => {
    const disk = await mountSmallDisk(16);
    try {
      await madeBy(disk.dir);
      await disk.readOnly();
      expect(await refusal(join(disk.dir, 'bangui.db'))).toMatchObject(
        refused('database_read_only', 'read-only'),
      );
      // The same for a database that is not there yet.
      expect(await refusal(join(disk.dir, 'new', 'bangui.db'))).toMatchObject(
        refused('database_read_only', 'read-only'),
      );
    } finally {
      await disk.remove();
    }
  });

  test('a full disk, and again once there is room', async () => {
    const disk = await mountSmallDisk(16);
    try {
      await disk.fill();
      expect(await refusal(join(disk.dir, 'bangui.db'))).toMatchObject(refused('database_full', 'Make room'));
      await disk.free();
      await madeBy(disk.dir);
      await disk.fill();
      expect(await refusal(join(disk.dir, 'bangui.db'))).toMatchObject(refused('database_full', 'Make room'));
      await disk.free();
      await madeBy(disk.dir);
    } finally {
      await disk.remove();
    }
  });

  test('a database of a newer release', async () => {
    await madeBy(folder);
    const database = new DatabaseSync(path);
    database.exec('INSERT INTO schema_migrations (version) VALUES (999)');
    database.close();
    expect(await refusal(path)).toMatchObject(refused('database_from_newer_version', '999', 'newer BanGUI'));
  });

  test('a database that a migration does not fit, which is tried again by the next start', async () => {
    const database = new DatabaseSync(path);
    database.exec('CREATE TABLE users (id integer)');
    const answer = await refusal(path);
    expect(answer).toMatchObject(refused('database_migration_failed', 'rolled back', 'The next start', path));
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    expect(tables.map((row) => row['name'])).toEqual(['users', 'schema_migrations']);
    database.exec('DROP TABLE users');
    database.close();
    await madeBy(folder);
  });

  test('what a kill -9 left: the write-ahead log is recovered, and nothing of it remains after an orderly end', async () => {
    const socket = join(folder, 'none.sock');
    const bangui = await startBangui({ socket, dir: folder });
    const stored = await fetch(`${bangui.url}/api/v1/setup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ password: 'correct horse battery staple' }),
    });
    expect(stored.status).toBe(201);
    await bangui.kill();
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['bangui.db-shm', 'bangui.db-wal']));
    const again = await bangui.restart();
    expect(await (await fetch(`${again.url}/api/v1/setup`)).json()).toMatchObject({ completed: true });
    await again.stop();
    expect(readdirSync(folder).toSorted()).toEqual(['bangui.db', 'blocklists', 'session-secret']);
  });
});
