import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Log } from '../../base/log.ts';
import { attack } from './attack.ts';
import { serversOf } from './find-servers.ts';
import { startPractice, type Practice } from './start.ts';

const run = promisify(execFile);
const jails = ['nginx-http-auth', 'postfix-sasl', 'recidive', 'sshd'];

let root = '';
let started: Practice[] = [];
let events: string[] = [];
const log: Log = {
  debug: (event) => void events.push(event),
  info: (event) => void events.push(event),
  warn: (event) => void events.push(event),
  error: (event) => void events.push(event),
};

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'bangui-practice-test-')));
  started = [];
  events = [];
});
afterEach(async () => {
  for (const practice of started) await practice.stop();
  for (const { pid } of await serversOf(join(root, 'practice'))) process.kill(pid, 'SIGKILL');
  await rm(root, { recursive: true, force: true });
});

async function start(dir = join(root, 'practice')): Promise<Practice> {
  const practice = await startPractice({ dir, log });
  started.push(practice);
  return practice;
}

const client = async (practice: Practice, ...words: string[]): Promise<string> =>
  (await run('fail2ban-client', ['-s', practice.socketPath, ...words])).stdout.trim();

async function until(what: string, ask: () => Promise<boolean>, withinMs = 15_000): Promise<void> {
  const giveUpAt = performance.now() + withinMs;
  while (!(await ask())) {
    if (performance.now() > giveUpAt) throw new Error(`${what}: not within ${withinMs} ms`);
    await delay(50);
  }
}

const untilJailsRun = (practice: Practice): Promise<void> =>
  until('all four jails run', async () => {
    const status = await client(practice, 'status').catch(() => '');
    return jails.every((jail) => status.includes(jail));
  });

describe('the practice server', () => {
  test('runs four jails whose every file lies in its folder', async () => {
    const dir = join(root, 'practice');
    const practice = await start(dir);
    await untilJailsRun(practice);
    expect(practice.socketPath).toBe(join(dir, 'fail2ban.sock'));
    expect(await client(practice, 'get', 'dbfile')).toContain(join(dir, 'fail2ban.sqlite3'));
    expect(await client(practice, 'get', 'logtarget')).toContain(join(dir, 'fail2ban.log'));
    for (const jail of jails) expect(await client(practice, 'get', jail, 'logpath')).toContain(dir);
    expect(await readdir(join(dir, 'etc', 'jail.d'))).toEqual(['practice.conf']);
  });

  test('runs no command when it bans: no firewall is touched', async () => {
    const practice = await start();
    await untilJailsRun(practice);
    for (const jail of jails) {
      expect(await client(practice, 'get', jail, 'actions')).toContain('practice');
      expect(await client(practice, 'get', jail, 'action', 'practice', 'actionban')).toBe('');
      expect(await client(practice, 'get', jail, 'action', 'practice', 'actionstart')).toBe('');
    }
  });

  test('is gone after stop, with its socket and pid file, and stop may come twice', async () => {
    const practice = await start();
    await Promise.all([practice.stop(), practice.stop()]);
    await practice.stop();
    expect(await serversOf(join(root, 'practice'))).toEqual([]);
    expect(existsSync(practice.socketPath)).toBe(false);
    expect(existsSync(join(root, 'practice', 'fail2ban.pid'))).toBe(false);
  });

  test('keeps what was changed by hand in .local files', async () => {
    const first = await start();
    await first.stop();
    await writeFile(join(root, 'practice', 'etc', 'jail.local'), '[sshd]\nmaxretry = 9\n');
    const second = await start();
    await untilJailsRun(second);
    expect(await client(second, 'get', 'sshd', 'maxretry')).toBe('9');
  });

  test('is in a session of its own, so that Ctrl-C in our terminal does not end it', async () => {
    await start();
    const [server] = await serversOf(join(root, 'practice'));
    const fields = readFileSync(`/proc/${server?.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    expect(Number(fields[3])).toBe(server?.pid);
  });

  test.for([
    ['too long for a socket', 'x'.repeat(120)],
    ['with characters that fail2ban gives a meaning', 'a b%(c)s [d]'],
  ] as const)('works in a folder whose name is %s', async ([, name]) => {
    const dir = join(root, name, 'practice');
    const practice = await start(dir);
    await untilJailsRun(practice);
    expect(Buffer.byteLength(practice.socketPath)).toBeLessThanOrEqual(107);
    expect(await realpath(practice.socketPath)).toBe(join(dir, 'fail2ban.sock'));
    await practice.stop();
    expect(existsSync(practice.socketPath.replace(/\/practice\/fail2ban\.sock$/, ''))).toBe(false);
  });
});

describe('after a BanGUI that was killed', () => {
  /** A process that starts the practice server and dies at once, by kill -9. */
  async function startAndBeKilled(dir: string): Promise<void> {
    const script = `
      import { startPractice } from ${JSON.stringify(join(import.meta.dirname, 'start.ts'))};
      const log = { debug() {}, info() {}, warn() {}, error() {} };
      await startPractice({ dir: ${JSON.stringify(dir)}, log });
      process.kill(process.pid, 'SIGKILL');`;
    await expect(
      run(process.execPath, ['--input-type=module-typescript', '-e', script]),
    ).rejects.toMatchObject({
      signal: 'SIGKILL',
    });
  }

  test('a server that still answers is taken over', async () => {
    const dir = join(root, 'practice');
    await startAndBeKilled(dir);
    const [left] = await serversOf(dir);
    expect(left).toBeDefined();
    const practice = await start(dir);
    expect(await serversOf(dir)).toEqual([left]);
    expect(events).toContain('practice_server_adopted');
    await practice.stop();
    expect(await serversOf(dir)).toEqual([]);
  });

  test('a server that hangs is replaced', async () => {
    const dir = join(root, 'practice');
    await startAndBeKilled(dir);
    const [left] = await serversOf(dir);
    process.kill(left?.pid ?? 0, 'SIGSTOP');
    const practice = await start(dir);
    await untilJailsRun(practice);
    const [now] = await serversOf(dir);
    expect(now?.pid).not.toBe(left?.pid);
  });

  test('what a dead server left is no obstacle', async () => {
    const dir = join(root, 'practice');
    await startAndBeKilled(dir);
    const [left] = await serversOf(dir);
    process.kill(left?.pid ?? 0, 'SIGKILL');
    await until('it is gone', async () => (await serversOf(dir)).length === 0);
    expect(existsSync(join(dir, 'fail2ban.sock'))).toBe(true);
    await untilJailsRun(await start(dir));
  });
});

describe('one folder', () => {
  test('serves one BanGUI at a time', async () => {
    const first = await start();
    await expect(start()).rejects.toMatchObject({ status: 409, code: 'practice_in_use' });
    expect(await client(first, 'ping')).toContain('pong');
    await first.stop();
    await start();
  });

  test('of a server that cannot start says why', async () => {
    const dir = join(root, 'practice');
    await mkdir(join(dir, 'etc'), { recursive: true });
    await writeFile(join(dir, 'etc', 'jail.local'), '[sshd\nmaxretry = \n');
    await expect(start(dir)).rejects.toMatchObject({ status: 503, code: 'practice_unavailable' });
    expect(events).toContain('practice_server_failed');
    expect(await serversOf(dir)).toEqual([]);
  });
});

describe('an attack', () => {
  test('brings bans in every kind of jail within seconds', async () => {
    const dir = join(root, 'practice');
    const practice = await start(dir);
    await untilJailsRun(practice);
    const ended = new AbortController();
    const printed: string[] = [];
    const attacking = attack({ dir, rate: 60, signal: ended.signal, print: (line) => printed.push(line) });
    try {
      await until(
        'each jail bans',
        async () => {
          const text = await readFile(join(dir, 'fail2ban.log'), 'utf8');
          return jails.every((jail) => text.includes(`[${jail}] Ban `));
        },
        25_000,
      );
    } finally {
      ended.abort();
    }
    const written = await attacking;
    expect(written.addresses).toBe(printed.filter((line) => line.includes(' attempts: ')).length);
    expect(written.lines).toBeGreaterThan(20);
  });

  test('is refused where no practice server runs', async () => {
    const signal = AbortSignal.timeout(1_000);
    await expect(attack({ dir: join(root, 'nothing'), signal })).rejects.toMatchObject({
      code: 'practice_missing',
    });
    const practice = await start();
    await practice.stop();
    await expect(attack({ dir: join(root, 'practice'), signal })).rejects.toMatchObject({ status: 409 });
  });
});
