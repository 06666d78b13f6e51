/** The database's disk fills up, refuses, and is locked by others while BanGUI runs: it says so, and goes on by itself. */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startBangui, until, type RunningBangui } from '../bangui.ts';
import { startFail2ban, type RealFail2ban } from '../fail2ban/real-fail2ban.ts';
import { operator, password, signIn, type Operator } from '../operator.ts';
import { mountSmallDisk } from '../small-disk.ts';

const run = promisify(execFile);

describe('while BanGUI runs', { timeout: 120_000 }, () => {
  let fail2ban: RealFail2ban;
  beforeAll(async () => {
    fail2ban = await startFail2ban();
  }, 60_000);
  afterAll(() => fail2ban.remove());

  test('the disk fills up: writes are refused with a code, health says so, reads go on, room heals it', async () => {
    const disk = await mountSmallDisk(24);
    const bangui = await startBangui({ socket: fail2ban.socket, dir: disk.dir });
    try {
      const person = await signIn(bangui.url);
      await untilHealthy(person);
      await disk.fill();
      expect(await signInAgain(bangui)).toMatchObject({
        status: 503,
        body: { code: 'database_full', detail: expect.stringContaining('Make room') },
      });
      await untilFailed(person, 'Make room');
      expect((await databaseHealth(person)).status).toBe('degraded');
      expect((await person.get('/api/v1/health/ready')).status).toBe(503);
      expect((await person.get('/api/v1/health/live')).status).toBe(200);
      expect((await person.get('/api/v1/bans/active')).status).toBe(200);
      // fail2ban goes on banning meanwhile; the jobs and the list of bans meet the full disk, too.
      await fail2ban.client('set', 'sshd', 'banip', '198.51.100.77');
      await until('the heartbeat met the full disk', () =>
        bangui.lines.some((line) => line.event === 'scheduler_lock_heartbeat_failed'),
      );
      await until('the history met it', () =>
        bangui.lines.some((line) => line.event === 'history_not_written'),
      );
      await disk.free();
      await untilHealthy(person);
      expect((await signInAgain(bangui)).status).toBe(200);
      await until('the ban made meanwhile is listed', async () =>
        JSON.stringify((await person.get('/api/v1/bans/active')).body).includes('198.51.100.77'),
      );
      await until(
        'it is in the history, once',
        async () => (await timesBanned(person, '198.51.100.77')) === 1,
      );
      // told of, and not twice a second
      expect(bangui.lines.filter((line) => line.event === 'history_not_written').length).toBeLessThan(4);
      expectNoCrash(bangui);
      expect(await bangui.stop()).toBe(0);
    } finally {
      await bangui.stop('SIGKILL');
      await disk.remove();
    }
  });

  test('a disk that nearly is full is told before a write fails', async () => {
    const disk = await mountSmallDisk(3);
    const bangui = await startBangui({ socket: fail2ban.socket, dir: disk.dir });
    try {
      const person = await signIn(bangui.url);
      expect((await databaseHealth(person)).database).toMatchObject({
        status: 'failed',
        detail: expect.stringMatching(/has \d+ kB left/),
      });
    } finally {
      await bangui.stop('SIGKILL');
      await disk.remove();
    }
  });

  test('files may grow no more: the disk reports errors, and the end of the limit heals it', async () => {
    const bangui = await startBangui({ socket: fail2ban.socket });
    try {
      const person = await signIn(bangui.url);
      await untilHealthy(person);
      await run('prlimit', ['--pid', String(bangui.pid), '--fsize=4096:unlimited']);
      await until('a write is refused', async () =>
        JSON.stringify((await signInAgain(bangui)).body).includes('"code":"database_io_error"'),
      );
      await untilFailed(person, 'Check the disk');
      await run('prlimit', ['--pid', String(bangui.pid), '--fsize=unlimited:unlimited']);
      await untilHealthy(person);
      expect((await signInAgain(bangui)).status).toBe(200);
      expectNoCrash(bangui);
    } finally {
      await bangui.dispose();
    }
  });

  test("an operator's shell holds the write lock for two seconds: calls take longer and succeed", async () => {
    const bangui = await startBangui({ socket: fail2ban.socket });
    try {
      const person = await signIn(bangui.url);
      await untilHealthy(person);
      const shell = new DatabaseSync(join(bangui.dir, 'bangui.db'));
      shell.exec('BEGIN IMMEDIATE');
      const ends = new Promise((resolve) => setTimeout(resolve, 2_000)).then(() => shell.exec('COMMIT'));
      const calls = await Promise.all([
        signInAgain(bangui),
        signInAgain(bangui),
        person.send('POST', '/api/v1/bans', { ips: ['8.8.4.9'], jail: 'manual', duration: '1h' }),
        person.get('/api/v1/bans/active'),
        person.get('/api/v1/health/live'),
      ]);
      expect(calls.map(({ status }) => status)).toEqual([200, 200, 201, 200, 200]);
      const [, , , list, live] = calls;
      expect(list.ms).toBeLessThan(1_000);
      expect(live.ms).toBeLessThan(1_000);
      await ends;
      shell.close();
    } finally {
      await bangui.dispose();
    }
  });

  test('the database is taken away: health says so', async () => {
    const bangui = await startBangui({ socket: fail2ban.socket });
    try {
      const person = await signIn(bangui.url);
      await untilHealthy(person);
      await rm(join(bangui.dir, 'bangui.db'));
      await untilFailed(person, 'cannot be opened');
      expectNoCrash(bangui);
    } finally {
      await bangui.dispose();
    }
  });
});

/** Without the cookie of a session, which would end with it. */
const signInAgain = ({ url }: RunningBangui) =>
  operator(url, '').send('POST', '/api/v1/auth/login', { password });

async function untilHealthy(person: Operator): Promise<void> {
  await until('all is well', async () => (await databaseHealth(person)).status === 'ok', 30_000, 200);
}

/** Health looks once a second. */
async function untilFailed(person: Operator, why: string): Promise<void> {
  await until(
    `health says: ${why}`,
    async () => (await databaseHealth(person)).database.detail?.includes(why) === true,
  );
}

const health = z.object({
  status: z.string(),
  components: z.object({ database: z.object({ status: z.string(), detail: z.string().nullable() }) }),
});

async function databaseHealth(person: Operator) {
  const { status, components } = health.parse((await person.get('/api/v1/health')).body);
  return { status, database: components.database };
}

const events = z.object({ items: z.array(z.object({ action: z.string() })) });

async function timesBanned(person: Operator, ip: string): Promise<number> {
  const { items } = events.parse((await person.get(`/api/v1/history/${ip}`)).body);
  return items.filter(({ action }) => action === 'ban').length;
}

function expectNoCrash(bangui: RunningBangui): void {
  expect(bangui.lines.filter((line) => line.event === 'uncaught_exception')).toEqual([]);
}
