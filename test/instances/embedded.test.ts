/** Two processes on one embedded database: nothing carries news between them, and still both answer what is true. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { until } from '../bangui.ts';
import { startFail2ban, type RealFail2ban } from '../fail2ban/real-fail2ban.ts';
import { signInAt, startInstances, type Instances } from './instances.ts';

let fail2ban: RealFail2ban;
let instances: Instances | null = null;
beforeAll(async () => {
  fail2ban = await startFail2ban();
});
afterEach(async () => {
  await instances?.dispose();
  instances = null;
});
afterAll(() => fail2ban.remove());

const total = z.object({ total: z.number(), as_of: z.string().nullable() });
const mirror = z.object({ mirror: z.object({ state: z.string(), bans: z.number() }) });

test('what is done at the one that stands by is in the list of both, and its end is noticed', async () => {
  instances = await startInstances(2, {
    socket: fail2ban.socket,
    databaseUrl: null,
    redisUrl: null,
    env: { BANGUI_SESSION_CACHE_TTL_SECONDS: '1' },
  });
  const { all } = instances;
  const [here = expect.fail(), there = expect.fail()] = await signInAt(all);
  const shown = async () => mirror.parse((await there.get('/api/v1/dashboard/status')).body).mirror;
  await until('the mirror of the other is known', async () => (await shown()).state === 'current');

  const made = await there.send('POST', '/api/v1/bans', { ips: ['8.8.4.1', '8.8.4.2'], jail: 'manual' });
  expect(made.status).toBe(201);
  await until('listed at both', async () => {
    const lists = [await there.get('/api/v1/bans/active'), await here.get('/api/v1/bans/active')];
    return lists.every(({ body }) => total.parse(body).total === 2);
  });
  expect(total.parse((await there.get('/api/v1/bans/active')).body).as_of).not.toBeNull();
  await until('counted', async () => (await shown()).bans === 2);
  const gone = await there.send('DELETE', '/api/v1/bans', { ips: ['8.8.4.1'] });
  expect(gone.body).toEqual({ released: 1 });
  await until('gone', async () => total.parse((await there.get('/api/v1/bans/active')).body).total === 1);

  expect((await here.get('/api/v1/auth/session')).status).toBe(200);
  expect((await there.send('POST', '/api/v1/auth/logout', {})).status).toBe(204);
  await until(
    'signed out at the other too',
    async () => (await here.get('/api/v1/auth/session')).status === 401,
    5_000,
  );
});
