/** fail2ban killed, restarted, hung, replaced by something else: what an operator is told, how soon, and the way back. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startBangui, until, type RunningBangui } from '../bangui.ts';
import { startFail2ban, type RealFail2ban } from '../fail2ban/real-fail2ban.ts';
import { signIn, type Operator } from '../operator.ts';

const statusShape = z.object({
  online: z.boolean(),
  state: z.string(),
  reason: z.string().nullable(),
  as_of: z.iso.datetime().nullable(),
  banned_now: z.number(),
});

describe('when fail2ban fails', { timeout: 60_000 }, () => {
  let fail2ban: RealFail2ban;
  let bangui: RunningBangui;
  let operator: Operator;
  const status = async () => statusShape.parse((await operator.get('/api/v1/dashboard/status')).body);
  const untilState = (state: string, withinMs: number) =>
    until(`the page says ${state}`, async () => (await status()).state === state, withinMs);
  const untilOnline = () => untilState('online', 15_000);

  beforeAll(async () => {
    fail2ban = await startFail2ban();
    bangui = await startBangui({ socket: fail2ban.socket });
    operator = await signIn(bangui.url);
    await untilOnline();
    await operator.send('POST', '/api/v1/bans', { ips: ['9.9.9.9'], jail: 'manual' });
    await until('the ban is counted', async () => (await status()).banned_now === 1);
  }, 60_000);
  afterAll(async () => {
    await bangui.dispose();
    await fail2ban.remove();
  });

  test('a hung daemon is named within 3 s, calls end within their deadline, and it recovers by itself', async () => {
    fail2ban.pause();
    try {
      expect(await untilState('unresponsive', 10_000)).toBeLessThan(3000);
      const told = await status();
      expect(told.online).toBe(false);
      expect(told.reason).toBeTruthy();
      expect(told.as_of).not.toBeNull();
      expect(told.banned_now).toBe(1);

      const refused = await operator.send('POST', '/api/v1/bans', { ips: ['9.9.9.10'], jail: 'manual' });
      expect(refused.status).toBe(503);
      expect(refused.ms).toBeLessThan(3000);
      const list = await operator.get('/api/v1/bans/active');
      expect(list.status).toBe(200);
      expect(list.body).toMatchObject({ total: 1 });
      expect((await operator.get('/api/v1/health')).status).toBe(503);
      expect((await operator.get('/api/v1/health/live')).status).toBe(200);
      expect((await operator.get('/api/v1/health/ready')).status).toBe(200);
    } finally {
      fail2ban.resume();
    }
    await untilOnline();
    expect((await operator.send('POST', '/api/v1/bans', { ips: ['9.9.9.11'], jail: 'manual' })).status).toBe(
      201,
    );
  });

  test('a killed daemon is named within 3 s and found again after its restart, with its bans', async () => {
    await fail2ban.kill();
    expect(await untilState('unreachable', 10_000)).toBeLessThan(3000);
    expect((await operator.get('/api/health')).body).toEqual({ status: 'unavailable', fail2ban: 'offline' });
    await fail2ban.start();
    await untilOnline();
    await until('the restored bans are counted', async () => (await status()).banned_now === 2);
    expect((await operator.get('/api/health')).body).toEqual({ status: 'ok', fail2ban: 'online' });
  });

  test('an orderly restart loses no ban from the list', async () => {
    await fail2ban.stop();
    await untilState('unreachable', 10_000);
    await fail2ban.start();
    await untilOnline();
    await until('both bans are shown', async () => {
      const { body } = await operator.get('/api/v1/bans/active');
      return z.object({ total: z.number() }).parse(body).total === 2;
    });
  });

  test('a peer that answers garbage is named within 3 s and nothing crashes', async () => {
    await fail2ban.stop();
    await rm(fail2ban.socket, { force: true });
    const server = await answering(fail2ban.socket);
    try {
      expect(await untilState('garbled', 10_000)).toBeLessThan(3000);
      expect(
        (await operator.send('POST', '/api/v1/bans', { ips: ['9.9.9.12'], jail: 'manual' })).status,
      ).toBe(503);
    } finally {
      await new Promise((resolve) => server.close(resolve));
      await rm(fail2ban.socket, { force: true });
    }
    await fail2ban.start();
    await untilOnline();
  });

  test('after ten hangs we hold no more connections than before', async () => {
    const before = socketsOf(bangui.pid);
    for (let i = 0; i < 10; i++) {
      fail2ban.pause();
      await untilState('unresponsive', 10_000);
      fail2ban.resume();
      await untilOnline();
    }
    await until('connections are given back', () => socketsOf(bangui.pid) <= before + 1);
    expect(socketsOf(fail2ban.pid)).toBeLessThanOrEqual(4);
  });
});

// says hello with random bytes to whatever it is asked
async function answering(path: string): Promise<Server> {
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => sockets.delete(socket));
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', () => socket.write(Buffer.concat([randomBytes(64), Buffer.from('<F2B_END_COMMAND>')])));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const close = server.close.bind(server);
  server.close = (callback) => {
    for (const socket of sockets) socket.destroy();
    return close(callback);
  };
  return server;
}

function socketsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).filter((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith('socket:');
    } catch {
      return false; // closed while we looked
    }
  }).length;
}
