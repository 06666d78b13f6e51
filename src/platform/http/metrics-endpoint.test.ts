/** Who may read /metrics. */
import { afterEach, expect, test } from 'vitest';
import { ownRateLimiter } from '../../../test/limits.ts';
import { silentLog } from '../../base/log.ts';
import { parseAddress } from '../../base/address.ts';
import { addMetrics } from './metrics-endpoint.ts';
import { createServer, type Server } from './server.ts';

let server: Server | null = null;
afterEach(async () => server?.close(100));

const proxy = parseAddress('127.0.0.1') ?? expect.unreachable();
const token = 'the-token-of-metrics';

async function ask(
  call: { from: string; headers?: Record<string, string> },
  settings: { enabled?: boolean; token?: string | null } = {},
) {
  const limiter = ownRateLimiter({ perMinute: 3, now: () => 0 });
  const identify = async (cookie: string | undefined) =>
    cookie === 'good'
      ? { sessionId: 's', actor: { userId: 1, name: 'a', role: 'admin' }, expiresAt: 1 }
      : null;
  const deps = {
    log: silentLog,
    trustedProxies: [proxy],
    allowedOrigins: [],
    pages: '/nowhere',
    version: '0',
  };
  server ??= await createServer({ ...deps, identify, limiter });
  if (!server.app.hasRoute({ method: 'GET', url: '/metrics' })) {
    const scrape = async () => ({ type: 'text/plain', body: 'figures' });
    addMetrics({ server, enabled: true, token: null, ...settings, identify, limiter, scrape });
  }
  const { from: remoteAddress, headers = {} } = call;
  const reply = await server.app.inject({ url: '/metrics', remoteAddress, headers });
  return { status: reply.statusCode, body: reply.body, challenge: reply.headers['www-authenticate'] };
}
afterEach(() => {
  server = null;
});

test.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '127.8.9.1'])(
  'without a token %s is answered',
  async (from) => {
    expect(await ask({ from })).toEqual({ status: 200, body: 'figures', challenge: undefined });
  },
);

test.each([
  [{ 'x-forwarded-for': '127.0.0.1' }],
  [{ 'x-forwarded-for': '203.0.113.9' }],
  [{ 'x-forwarded-proto': 'https' }],
  [{ forwarded: 'for=127.0.0.1' }],
  [{ 'x-real-ip': '127.0.0.1' }],
])('what a proxy of this machine passes on is not from here: %j', async (headers) => {
  expect((await ask({ from: '127.0.0.1', headers })).status).toBe(403);
});

test('from elsewhere a session is needed, and a forwarded loopback address is believed from nobody', async () => {
  const from = '203.0.113.9';
  expect((await ask({ from })).status).toBe(403);
  expect((await ask({ from, headers: { 'x-forwarded-for': '127.0.0.1' } })).status).toBe(403);
  expect((await ask({ from, headers: { cookie: 'bangui_session=good' } })).status).toBe(200);
  // Three calls of this minute are used up.
  expect((await ask({ from, headers: { cookie: 'bangui_session=good' } })).status).toBe(429);
  expect((await ask({ from: '127.0.0.1' })).status).toBe(200);
});

test('with a token it is needed from everywhere, and nothing else helps', async () => {
  const given = (authorization: string) => ask({ from: '::1', headers: { authorization } }, { token });
  expect(await given(`Bearer ${token}`)).toEqual({ status: 200, body: 'figures', challenge: undefined });
  expect(await given(`Bearer ${token}x`)).toMatchObject({ status: 401, challenge: 'Bearer realm="metrics"' });
  expect((await given(`Basic ${token}`)).status).toBe(401);
});

test('a session is no token', async () => {
  const headers = { cookie: 'bangui_session=good' };
  expect((await ask({ from: '203.0.113.9', headers }, { token })).status).toBe(401);
});

test('switched off there is nothing, for nobody', async () => {
  expect((await ask({ from: '127.0.0.1' }, { enabled: false })).status).toBe(404);
  expect(
    (await ask({ from: '127.0.0.1', headers: { accept: 'text/html' } }, { enabled: false })).status,
  ).toBe(404);
});
