/** `bangui doctor` beside a real BanGUI and a real fail2ban: all well, and each thing that can be wrong. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { freePort, startBangui, type RunningBangui } from '../test/bangui.ts';
import { startFail2ban, type RealFail2ban } from '../test/fail2ban/real-fail2ban.ts';
import { startPostgres } from '../test/servers/postgres.ts';
import { mountSmallDisk } from '../test/small-disk.ts';
import { systemClock } from './base/clock.ts';
import { examine } from './doctor.ts';
import { examineNode } from './examine-settings.ts';

const nobody = 65_534;
let fail2ban: RealFail2ban;
let folder = '';
let path = '';
let environment: Record<string, string | undefined>;

beforeAll(async () => {
  fail2ban = await startFail2ban({ settings: '' });
}, 60_000);
afterAll(() => fail2ban.remove());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bangui-doctor-'));
  path = join(folder, 'bangui.db');
  environment = {
    BANGUI_PORT: String(await freePort()),
    BANGUI_DATABASE_PATH: path,
    BANGUI_FAIL2BAN_SOCKET: fail2ban.socket,
    BANGUI_PRACTICE: 'never',
  };
});
afterEach(() => rmSync(folder, { recursive: true }));

const find = async (more: Record<string, string> = {}, now = systemClock) =>
  examine({ environment: { ...environment, ...more }, now });
/** What is said of one thing. */
const of = async (check: string, more: Record<string, string> = {}, now = systemClock) =>
  (await find(more, now)).filter((finding) => finding.check === check);
const says = (state: string, sentence: string, remedy = '') => [
  {
    state,
    sentence: expect.stringContaining(sentence),
    ...(remedy && { remedy: expect.stringContaining(remedy) }),
  },
];

/** A database as a BanGUI leaves it that was ended in order. */
async function madeByBangui(): Promise<void> {
  const bangui = await start();
  await bangui.stop();
}
const start = (): Promise<RunningBangui> =>
  startBangui({ socket: fail2ban.socket, dir: folder, port: Number(environment['BANGUI_PORT']) });

function snapshot(dir: string): string[] {
  return readdirSync(dir)
    .toSorted()
    .map((name) => {
      const about = statSync(join(dir, name));
      const inside = about.isDirectory() ? snapshot(join(dir, name)).join() : readFileSync(join(dir, name));
      const hash = createHash('sha256').update(inside).digest('hex');
      return `${name} ${about.mode} ${about.mtimeMs} ${hash}`;
    });
}

/** The command as the operator types it. */
function command(words: readonly string[], user: number | null = null) {
  const line = [process.execPath, join(import.meta.dirname, 'cli.ts'), 'doctor', ...words];
  const [program = '', ...args] =
    user === null ? line : ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups', ...line];
  const env = { PATH: process.env['PATH'], ...environment };
  return new Promise<{ exit: unknown; said: string }>((resolve) => {
    execFile(program, args, { env }, (error, stdout) => resolve({ exit: error?.code ?? 0, said: stdout }));
  });
}

describe('all is well', { timeout: 60_000 }, () => {
  test('while BanGUI runs, nothing is a problem and the command ends with 0', async () => {
    const bangui = await start();
    try {
      const findings = await find();
      expect(findings.filter(({ state }) => state !== 'ok')).toEqual([]);
      expect(findings.map(({ check }) => check)).toEqual([
        'settings',
        'node',
        'access',
        'database',
        'scheduler',
        'clock',
        'disk',
        'rights',
        'fail2ban',
        'ban database',
        'memory',
        'log',
        'jail logs',
        'programs',
        'port',
      ]);
      expect(await of('scheduler')).toMatchObject(says('ok', `Process ${bangui.pid}`));
      const text = await command([]);
      expect(text.exit).toBe(0);
      expect(text.said).toContain('0 problems, 0 warnings.');
      const json: unknown = JSON.parse((await command(['--json'])).said);
      expect(json).toMatchObject({ ok: true, problems: 0, warnings: 0 });
    } finally {
      await bangui.stop();
    }
  });

  test('nothing is changed: neither files nor fail2ban', async () => {
    await madeByBangui();
    const before = snapshot(folder);
    const jails = await fail2ban.client('status');
    await find();
    await command([]);
    expect(snapshot(folder)).toEqual(before);
    expect(await fail2ban.client('status')).toBe(jails);
  });

  test('nothing is changed of what a kill -9 left, and it is read with its write-ahead log', async () => {
    const bangui = await start();
    await bangui.kill();
    const database = readFileSync(path);
    const log = readFileSync(`${path}-wal`);
    expect(await of('scheduler')).toMatchObject(says('warning', 'is no more', 'next start'));
    expect(readFileSync(path).equals(database)).toBe(true);
    expect(readFileSync(`${path}-wal`).equals(log)).toBe(true);
  });

  test('before the first start', async () => {
    expect(await of('database')).toMatchObject(says('ok', 'the first start makes'));
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('settings', () => {
  test('with mistakes are all told, and nothing else is looked at', async () => {
    expect(await find({ BANGUI_PORT: 'x', BANGUI_LOG_LEVEL: 'loud' })).toMatchObject(
      says('problem', 'BANGUI_LOG_LEVEL', 'CONFIGURATION'),
    );
  });
  test('with a misspelt name', async () => {
    expect(await of('settings', { BANGUI_PROT: '1' })).toMatchObject(says('warning', 'BANGUI_PORT'));
  });
  test('a Node that is too old', () => {
    expect(examineNode('20.20.2').state).toBe('problem');
    expect(examineNode('24.14.9').state).toBe('problem');
    expect(examineNode('24.15.0').state).toBe('ok');
    expect(examineNode('26.0.0').state).toBe('ok');
  });
  test('every address as trusted proxy', async () => {
    const everybody = { BANGUI_TRUSTED_PROXIES: '10.0.0.1,0.0.0.0/0' };
    expect(await of('proxies', everybody)).toMatchObject(says('problem', 'can claim any address'));
  });
  test('a cookie that cannot come back, and one that everybody sees', async () => {
    const outside = { BANGUI_LISTEN_HOST: '0.0.0.0' };
    expect(await of('cookie', outside)).toMatchObject(says('warning', 'https only', 'TRUSTED_PROXIES'));
    const plain = { ...outside, BANGUI_SESSION_COOKIE_SECURE: 'false' };
    expect(await of('cookie', plain)).toMatchObject(says('warning', 'plain http', 'TLS'));
    const proxied = { ...outside, BANGUI_TRUSTED_PROXIES: '10.0.0.1' };
    expect(await of('access', proxied)).toMatchObject(says('ok', '10.0.0.1'));
  });
});

describe('the database', { timeout: 60_000 }, () => {
  const damage = (at: number): void => {
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(4_000, 0x55), 0, 4_000, at);
    closeSync(file);
  };
  const change = (text: string): void => {
    const database = new DatabaseSync(path);
    database.exec(text);
    database.close();
  };

  test('is no database, damaged, a folder, of another program, of a newer release', async () => {
    writeFileSync(path, 'hello '.repeat(1_000));
    expect(await of('database')).toMatchObject(says('problem', 'damaged', 'restore'));
    rmSync(path);
    mkdirSync(path);
    expect(await of('database')).toMatchObject(says('problem', 'folder stands'));
    rmSync(path, { recursive: true });
    change('CREATE TABLE photos (id integer)');
    expect(await of('database')).toMatchObject(says('problem', 'no database of BanGUI'));
    rmSync(path);
    await madeByBangui();
    change('INSERT INTO schema_migrations (version) VALUES (999)');
    expect(await of('database')).toMatchObject(says('problem', '999', 'newer'));
    change('DELETE FROM schema_migrations WHERE version = 999');
    damage(4_096 * 3);
    expect(await of('database')).toMatchObject(says('problem', 'damaged', 'restore'));
  });

  test("is another user's, or only to be read", async () => {
    await madeByBangui();
    expect(JSON.parse((await command(['--json'], nobody)).said)).toMatchObject({
      ok: false,
      findings: expect.arrayContaining([
        expect.objectContaining({
          check: 'database',
          state: 'problem',
          sentence: expect.stringContaining('may not'),
        }),
      ]),
    });
    chownSync(folder, nobody, nobody);
    chmodSync(path, 0o444);
    expect((await command([], nobody)).said).toMatch(/problem +database +BanGUI may not/);
  });

  test('has no room, and lies on a file system that is read-only', async () => {
    const disk = await mountSmallDisk(8);
    try {
      const on = { BANGUI_DATABASE_PATH: join(disk.dir, 'bangui.db') };
      await (await startBangui({ socket: fail2ban.socket, dir: disk.dir })).stop();
      expect(await of('disk', on)).toMatchObject(says('warning', '7 MB left', 'df'));
      await disk.fill();
      expect(await of('disk', on)).toMatchObject(says('problem', 'Nothing more', 'df'));
      await disk.free();
      await disk.readOnly();
      expect(await of('database', on)).toMatchObject(says('problem', 'read-only'));
    } finally {
      await disk.remove();
    }
  });

  test('can be read by others', async () => {
    await madeByBangui();
    chmodSync(path, 0o644);
    chmodSync(join(folder, 'session-secret'), 0o640);
    expect(await of('rights')).toMatchObject([
      { state: 'warning', remedy: `chmod 600 ${path}` },
      { state: 'warning', remedy: `chmod 600 ${join(folder, 'session-secret')}` },
    ]);
  });

  test('holds a stale scheduler lock, and times that are not yet', async () => {
    await madeByBangui();
    const now = Date.now();
    const lock = (at: number): void =>
      change(`DELETE FROM scheduler_lock;
        INSERT INTO scheduler_lock
          (id, holder, pid, hostname, boot_id, pid_namespace, process_started, acquired_at, heartbeat_at) VALUES (1, 'h', 77, 'elsewhere', 'b', 'n', '5', ${at}, ${at})`);
    lock(now - 90_000);
    expect(await of('scheduler', {}, () => now)).toMatchObject(
      says('warning', '77 on elsewhere', 'DELETE FROM'),
    );
    lock(now - 1_000);
    expect(await of('scheduler', {}, () => now)).toMatchObject(says('ok', '77 on elsewhere'));
    lock(now + 600_000);
    expect(await of('clock', {}, () => now)).toMatchObject(says('problem', '10 min', 'timedatectl'));
  });
});

describe('PostgreSQL', { timeout: 60_000 }, () => {
  test('does not answer, is empty, and holds what BanGUI left there', async () => {
    const server = await startPostgres();
    const more = {
      BANGUI_DATABASE_URL: await server.database('doctor'),
      BANGUI_SESSION_SECRET: 'a secret of the tests, 32 or more',
    };
    expect(await of('database', more)).toMatchObject(says('ok', 'empty'));
    const bangui = await startBangui({ socket: fail2ban.socket, dir: folder, env: more });
    expect(await of('database', more)).toMatchObject(says('ok', 'Sound'));
    expect(await of('scheduler', more)).toMatchObject(says('ok', `Process ${bangui.pid}`));
    await bangui.stop();
    await server.stop();
    expect(await of('database', more)).toMatchObject(says('problem', 'PostgreSQL', 'pg_isready'));
  });
});

describe('fail2ban', { timeout: 60_000 }, () => {
  test('has no socket, or one that nobody listens on, or that is another program', async () => {
    const at = (socket: string) => of('fail2ban', { BANGUI_FAIL2BAN_SOCKET: socket });
    expect(await at(join(folder, 'none.sock'))).toMatchObject(
      says('problem', 'no fail2ban socket', 'systemctl start'),
    );
    const other = createServer((socket) => socket.resume().end('HTTP/1.1 400\r\n\r\n')).listen(
      join(folder, 'other.sock'),
    );
    expect(await at(join(folder, 'other.sock'))).toMatchObject(
      says('problem', 'protocol', 'BANGUI_FAIL2BAN_SOCKET'),
    );
    await new Promise((resolve) => other.close(resolve));
  });

  test('is there, and BanGUI may not open its socket, database and log', async () => {
    chownSync(folder, nobody, nobody);
    const { exit, said } = await command(['--json'], nobody);
    expect(exit).toBe(1);
    expect(z.object({ findings: z.array(z.unknown()) }).parse(JSON.parse(said)).findings).toContainEqual(
      expect.objectContaining({
        check: 'fail2ban',
        state: 'problem',
        remedy: expect.stringContaining('setfacl'),
      }),
    );
  });

  test('hangs', async () => {
    fail2ban.pause();
    try {
      expect(await of('fail2ban')).toMatchObject(says('problem', '', 'restart fail2ban'));
    } finally {
      fail2ban.resume();
    }
  });

  test('lost its database, its log, and the log of a jail', async () => {
    for (const [file, check] of [
      [fail2ban.databaseFile, 'ban database'],
      [fail2ban.logFile, 'log'],
      [fail2ban.webLog, 'jail logs'],
    ] as const) {
      renameSync(file, `${file}.away`);
      try {
        expect(await of(check)).toMatchObject(says('warning', file));
      } finally {
        renameSync(`${file}.away`, file);
      }
    }
  });

  test('forgets too soon', async () => {
    await fail2ban.client('set', 'dbpurgeage', '3600');
    expect(await of('memory')).toMatchObject(says('warning', 'after 1 h', 'dbpurgeage'));
    await fail2ban.client('set', 'dbpurgeage', '86400');
  });

  test('has none of its programs on PATH', async () => {
    environment['PATH'] = '/usr/sbin-there-is-none';
    const { said } = await command([]);
    expect(said).toMatch(/warning +programs +Not on PATH: fail2ban-client, fail2ban-regex, fail2ban-server/);
  });
});

test('the port is taken by another program', async () => {
  const other = createServer((socket) => socket.resume().end()).listen(
    Number(environment['BANGUI_PORT']),
    '127.0.0.1',
  );
  await new Promise((resolve) => other.once('listening', resolve));
  expect(await of('port')).toMatchObject(says('problem', 'taken by another program', 'ss -ltnp'));
  await new Promise((resolve) => other.close(resolve));
});

test('the address to listen on is not of this machine', async () => {
  expect(await of('port', { BANGUI_LISTEN_HOST: '192.0.2.1' })).toMatchObject(says('problem', '192.0.2.1'));
});
