/** Health as the deployment contract promises it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownRateLimiter } from '../../../test/limits.ts';
import { silentLog } from '../../base/log.ts';
import type { HostState, HostStatus } from '../../host/host.ts';
import { createServer, type Server } from '../../platform/http/server.ts';
import { healthRoutes } from './routes.ts';

let server: Server;
let state: HostState;
let jobs: 'running' | 'standby' | 'stopped';
let broken: string | null;
let leaving: boolean;
let probes: number;
let time: number;

const status = async (): Promise<HostStatus> => ({
  state,
  reason: state === 'online' ? null : 'It is away.',
  remedy: null,
  version: null,
  upSince: null,
  jails: [],
  asOf: null,
  checkedAt: 1,
  since: 1,
  databaseFile: null,
  logTarget: null,
  logLevel: null,
  purgeSeconds: null,
});

beforeEach(async () => {
  state = 'online';
  jobs = 'running';
  broken = null;
  leaving = false;
  probes = 0;
  time = 0;
  const now = () => time;
  server = await createServer({
    log: silentLog,
    identify: async () => null,
    limiter: ownRateLimiter({ perMinute: 1, now }),
    trustedProxies: [],
    allowedOrigins: [],
    pages: '/nowhere',
    version: '0',
  });
  healthRoutes({
    mount: server.mount,
    now,
    status,
    probe: async () => {
      probes += 1;
      return broken;
    },
    scheduler: () => jobs,
    cache: () => 'disabled',
    shuttingDown: () => leaving,
  });
});
afterEach(() => server.close(500));

const ask = async (url: string) => {
  const reply = await server.app.inject(url);
  return { status: reply.statusCode, body: reply.json() };
};

test('all well', async () => {
  expect(await ask('/api/v1/health')).toEqual({
    status: 200,
    body: {
      status: 'ok',
      components: {
        fail2ban: { status: 'online', detail: null },
        database: { status: 'ok', detail: null },
        scheduler: { status: 'running', detail: null },
        cache: { status: 'disabled', detail: null },
      },
    },
  });
  expect(await ask('/api/health')).toEqual({ status: 200, body: { status: 'ok', fail2ban: 'online' } });
});

test('a standby instance is well', async () => {
  jobs = 'standby';
  expect((await ask('/api/v1/health')).body).toMatchObject({
    status: 'ok',
    components: { scheduler: { status: 'standby' } },
  });
});

test('no scheduler, or a broken database, is degraded but answered with 200', async () => {
  jobs = 'stopped';
  expect(await ask('/api/v1/health')).toMatchObject({ status: 200, body: { status: 'degraded' } });
  jobs = 'running';
  broken = 'The disk is full.';
  time = 2_000;
  expect(await ask('/api/v1/health')).toMatchObject({
    status: 200,
    body: { status: 'degraded', components: { database: { status: 'failed', detail: 'The disk is full.' } } },
  });
});

test.each(['unreachable', 'unresponsive', 'refused', 'garbled'] as const)(
  'fail2ban %s wins over everything',
  async (how) => {
    state = how;
    jobs = 'stopped';
    expect(await ask('/api/v1/health')).toMatchObject({
      status: 503,
      body: { status: 'unavailable', components: { fail2ban: { status: 'offline', detail: 'It is away.' } } },
    });
    expect(await ask('/api/health')).toEqual({
      status: 503,
      body: { status: 'unavailable', fail2ban: 'offline' },
    });
  },
);

test('live and ready do not depend on fail2ban', async () => {
  state = 'unreachable';
  expect(await ask('/api/v1/health/live')).toEqual({ status: 200, body: { status: 'ok' } });
  expect(await ask('/api/v1/health/ready')).toEqual({ status: 200, body: { status: 'ok', reason: null } });
});

test('ready says no with a broken database and while shutting down, live stays', async () => {
  broken = 'The disk is full.';
  expect(await ask('/api/v1/health/ready')).toMatchObject({
    status: 503,
    body: { reason: 'The disk is full.' },
  });
  broken = null;
  leaving = true;
  expect(await ask('/api/v1/health/ready')).toMatchObject({ status: 503, body: { status: 'unavailable' } });
  expect((await ask('/api/v1/health/live')).status).toBe(200);
});

test('asking often is not limited, and opens the database once a second at most', async () => {
  for (let i = 0; i < 50; i++) expect((await ask('/api/v1/health')).status).toBe(200);
  expect(probes).toBe(1);
  time = 1_000;
  await ask('/api/v1/health');
  expect(probes).toBe(2);
});
