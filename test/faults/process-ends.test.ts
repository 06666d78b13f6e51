/** The process killed at any moment starts clean; asked to stop, it goes through one whole shutdown. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { freePort, startBangui, until } from '../bangui.ts';
import { startFail2ban, type RealFail2ban } from '../fail2ban/real-fail2ban.ts';
import { signIn, type Operator } from '../operator.ts';
import { databaseEnvironment, dropDatabaseOf, onPostgres } from '../servers/test-databases.ts';

const shutdownEvents = [
  'bangui_shutting_down',
  'scheduler_stopped_accepting_jobs',
  'waiting_for_pending_tasks',
  'pending_tasks_completed',
  'http_session_closed',
  'external_logging_shutdown_complete',
  'scheduler_lock_released',
  'bangui_shut_down',
];

describe('the end of the process', { timeout: 120_000 }, () => {
  let fail2ban: RealFail2ban;
  beforeAll(async () => {
    fail2ban = await startFail2ban();
  }, 60_000);
  afterAll(() => fail2ban.remove());

  test('kill -9 at any moment: the next start is at once and the list is the daemon’s', async () => {
    let bangui = await startBangui({ socket: fail2ban.socket });
    let operator = await signIn(bangui.url);
    const rounds = process.env['BANGUI_TORTURE'] ? 40 : 6;
    for (let round = 0; round < rounds; round++) {
      const ips = Array.from({ length: 40 }, (_, i) => `8.8.${round}.${i}`);
      await until('fail2ban is online', async () => (await operator.get('/api/v1/health')).status === 200);
      const pending = operator
        .send('POST', '/api/v1/bans', { ips, jail: 'sshd', duration: '2s' })
        .catch(() => null);
      await new Promise((resolve) => setTimeout(resolve, round * 7));
      await bangui.kill();
      await pending;
      bangui = await bangui.restart();
      // had it waited for the lease of the one that was killed, 15 s would have passed before it began
      expect(bangui.startedInMs).toBeLessThan(15_000);
      operator = await signIn(bangui.url);
    }
    await until(
      'every short ban has ended, in the daemon and in the list',
      async () => {
        const held = await fail2ban.client('get', 'sshd', 'banip');
        return held.trim() === '' && (await total(operator)) === 0;
      },
      30_000,
    );
    await bangui.dispose();
  });

  test('an early end of a ban survives a restart of BanGUI', async () => {
    const bangui = await startBangui({ socket: fail2ban.socket });
    const operator = await signIn(bangui.url);
    await until('fail2ban is online', async () => (await operator.get('/api/v1/health')).status === 200);
    const answer = await operator.send('POST', '/api/v1/bans', {
      ips: ['8.8.4.4'],
      jail: 'manual',
      duration: 3,
    });
    expect(answer.body).toMatchObject({ results: [{ outcome: 'banned' }] });
    await bangui.kill();
    const again = await bangui.restart();
    const operatorAgain = await signIn(again.url);
    await until(
      'the ban is ended',
      async () => !(await fail2ban.client('get', 'manual', 'banip')).includes('8.8.4.4'),
    );
    await until('the list says so', async () => (await total(operatorAgain)) === 0);
    await again.dispose();
  });

  test.each([
    ['SIGTERM to npm', 'SIGTERM', false],
    ['Ctrl-C, which reaches npm and us', 'SIGINT', true],
  ] as const)('%s gives one whole shutdown and exit code 0', async (_name, signal, wholeGroup) => {
    const dir = await mkdtemp(join(tmpdir(), 'bangui-npm-'));
    const port = await freePort();
    const child = spawn('npm', ['start'], {
      cwd: join(import.meta.dirname, '../..'),
      detached: true,
      env: {
        ...process.env,
        BANGUI_PORT: String(port),
        BANGUI_DATABASE_PATH: join(dir, 'bangui.db'),
        BANGUI_FAIL2BAN_SOCKET: fail2ban.socket,
        BANGUI_LOG_FORMAT: 'json',
        BANGUI_PRACTICE: 'never',
        ...(await databaseEnvironment(dir)),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = z.number().parse(child.pid);
    const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    const events: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = /"event":"([a-z0-9_]+)"/.exec(line)?.[1];
      if (event) events.push(event);
    });
    try {
      await until('npm start answers', () => answers(`http://127.0.0.1:${port}/api/v1/health/ready`), 60_000);
      process.kill(wholeGroup ? -pid : pid, signal);
      expect(await ended).toBe(0);
      expect(events.filter((event) => shutdownEvents.includes(event))).toEqual(shutdownEvents);
    } finally {
      if (child.exitCode === null) process.kill(-pid, 'SIGKILL');
      if (onPostgres()) await dropDatabaseOf(dir);
      await rm(dir, { recursive: true, force: true });
    }
  });
});

const total = async (operator: Operator): Promise<number> =>
  z.object({ total: z.number() }).parse((await operator.get('/api/v1/bans/active')).body).total;

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
