/** What every answer carries, and who is let through, on real connections to the real server. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readConfig } from '../../src/config.ts';
import { systemClock } from '../../src/base/clock.ts';
import { endpoint } from '../../src/base/endpoint.ts';
import { silentLog } from '../../src/base/log.ts';
import { createEvents } from '../../src/platform/events.ts';
import { addLive, type Live } from '../../src/platform/http/live.ts';
import { createServer, type Server } from '../../src/platform/http/server.ts';
import { ownRateLimiter } from '../limits.ts';

const things = endpoint({
  method: 'POST',
  path: '/api/v1/things',
  summary: 'Add a thing',
  tag: 'things',
  access: 'session',
  body: z.object({ name: z.string() }),
  output: z.object({ client: z.string() }),
  status: 201,
});
const shape = { summary: 'Look', tag: 'things', output: things.output };
const broken = endpoint({ ...shape, method: 'GET', path: '/api/v1/broken', access: 'session', status: 200 });
const open = endpoint({ ...shape, method: 'GET', path: '/api/v1/open', access: 'anyone', status: 200 });

let server: Server;
let live: Live;
let url = '';
let folder = '';
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bangui-answers-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html>page');
  writeFileSync(join(folder, 'assets', 'main-abc.js'), 'script');
  await start({});
});
afterEach(async () => {
  live.close();
  await server.close(200);
  rmSync(folder, { recursive: true });
});

/** With the settings as an operator writes them. */
async function start(environment: Record<string, string>): Promise<void> {
  live?.close();
  await server?.close(200);
  const { config } = readConfig(environment);
  const identify = async (cookie: string | undefined) =>
    cookie === 'good'
      ? { sessionId: 's', actor: { userId: 1, name: 'admin', role: 'admin' }, expiresAt: Date.now() + 60_000 }
      : null;
  server = await createServer({
    log: silentLog,
    identify,
    limiter: ownRateLimiter({ perMinute: config.rateLimitPerMinute, now: systemClock }),
    trustedProxies: config.trustedProxies,
    allowedOrigins: config.corsAllowedOrigins,
    pages: folder,
    version: '0',
  });
  server.mount(things, (_input, { client }) => ({ client }));
  server.mount(open, (_input, { client }) => ({ client }));
  server.mount(broken, () => {
    throw new Error('nobody expected this');
  });
  live = addLive({
    server,
    events: createEvents(silentLog),
    identify,
    onSessionEnd: () => () => {},
    log: silentLog,
  });
  url = await server.listen({ host: '::', port: 0 });
}

interface Ask {
  method?: string;
  path: string;
  headers?: Record<string, string | string[]>;
  body?: string;
  /** The address the call comes from. */
  from?: string;
}
interface Answered {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
}
/** `fetch` would repair paths and forbid headers. */
const ask = ({ method = 'GET', path, headers = {}, body, from = '127.0.0.1' }: Ask): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const { port } = new URL(url);
    const host = from.includes(':') ? '::1' : '127.0.0.1';
    const call = request({ host, port, method, path, headers, localAddress: from }, (answer) => {
      const done = (text: string): void =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text });
      // A stream has no end; its head is what is looked at.
      if (answer.headers['content-type']?.startsWith('text/event-stream') === true) {
        call.destroy();
        return done('');
      }
      let text = '';
      answer.on('data', (chunk) => (text += String(chunk)));
      answer.on('end', () => done(text));
    });
    call.on('error', reject);
    call.end(body);
  });

const signedIn = {
  cookie: 'bangui_session=good',
  'x-bangui-request': '1',
  'content-type': 'application/json',
};

describe('security headers are on', () => {
  test.each<[string, number, Ask]>([
    ['an answer', 201, { method: 'POST', path: '/api/v1/things', headers: signedIn, body: '{"name":"a"}' }],
    ['wrong input', 422, { method: 'POST', path: '/api/v1/things', headers: signedIn, body: '{}' }],
    ['a body that is no JSON', 400, { method: 'POST', path: '/api/v1/things', headers: signedIn, body: '{' }],
    [
      'a body that is too large',
      413,
      { method: 'POST', path: '/api/v1/things', headers: signedIn, body: 'x'.repeat(1_100_000) },
    ],
    ['a call without session', 401, { method: 'POST', path: '/api/v1/things', body: '{}' }],
    [
      'a call without the header',
      403,
      { method: 'POST', path: '/api/v1/things', headers: { cookie: 'bangui_session=good' } },
    ],
    [
      'a call of a foreign page',
      403,
      { method: 'POST', path: '/api/v1/things', headers: { ...signedIn, origin: 'https://evil.example' } },
    ],
    ['a fault of ours', 500, { path: '/api/v1/broken', headers: signedIn }],
    ['nothing at the address', 404, { path: '/api/v1/nothing' }],
    ['an address that cannot be read', 400, { path: '/api/v1/%ff' }],
    ['another method', 404, { method: 'DELETE', path: '/api/v1/things', headers: signedIn }],
    ['the description of the interface', 200, { path: '/api/openapi.json' }],
    ['the page', 200, { path: '/', headers: { accept: 'text/html' } }],
    ['the page at a deep link', 200, { path: '/bans?jail=sshd', headers: { accept: 'text/html' } }],
    ['the head of the page', 200, { method: 'HEAD', path: '/', headers: { accept: 'text/html' } }],
    ['a static file', 200, { path: '/assets/main-abc.js' }],
    ['a static file that is not there', 404, { path: '/assets/gone.js' }],
    ['a path that tries to leave', 404, { path: '/assets/..%2f..%2fetc%2fpasswd' }],
    ['the stream', 200, { path: '/api/v1/live', headers: signedIn }],
    [
      'a preflight',
      204,
      {
        method: 'OPTIONS',
        path: '/api/v1/things',
        headers: { origin: 'http://localhost:5173', 'access-control-request-method': 'POST' },
      },
    ],
  ])('%s', async (_name, status, what) => {
    const { headers, ...answer } = await ask(what);
    expect(answer.status).toBe(status);
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringMatching(/default-src '(self|none)'.*frame-ancestors 'none'/),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers).not.toHaveProperty('x-powered-by');
    if (status >= 400) expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  test('a file that has not changed', async () => {
    const { headers } = await ask({ path: '/assets/main-abc.js' });
    const same = await ask({
      path: '/assets/main-abc.js',
      headers: { 'if-none-match': String(headers['etag']) },
    });
    expect([same.status, same.headers['x-content-type-options']]).toEqual([304, 'nosniff']);
  });

  test.each([
    ['no HTTP at all', 'GARBAGE\r\n\r\n', 400],
    ['a head that is too large', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
  ])('%s', async (_name, text, status) => {
    const answer = await new Promise<string>((resolve, reject) => {
      let said = '';
      const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text));
      socket.on('data', (chunk) => (said += String(chunk)));
      socket.on('close', () => resolve(said)).on('error', reject);
    });
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    for (const part of [
      "default-src 'none'",
      'nosniff',
      'DENY',
      'application/problem+json',
      '"correlation_id"',
    ]) {
      expect(answer).toContain(part);
    }
  });
});

describe('other origins', () => {
  const preflight = (origin: string) =>
    ask({
      method: 'OPTIONS',
      path: '/api/v1/things',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-bangui-request',
      },
    });
  const call = (origin: string) =>
    ask({
      method: 'POST',
      path: '/api/v1/things',
      headers: { ...signedIn, origin, 'sec-fetch-site': 'cross-site' },
      body: '{"name":"a"}',
    });

  test.each([
    'http://localhost:5173',
    'https://localhost:5173',
    'http://127.0.0.1:5173',
    'https://127.0.0.1:5173',
  ])('%s is allowed with the cookie when nothing is set', async (origin) => {
    for (const { headers, status } of [await preflight(origin), await call(origin)]) {
      expect(status).toBeLessThan(300);
      expect(headers).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
      });
      expect(headers['vary']).toContain('Origin');
    }
  });

  test.each([
    'http://localhost:5174',
    'http://localhost',
    'https://evil.example',
    'null',
    'http://localhost:5173.evil.example',
  ])('%s is neither allowed nor served', async (origin) => {
    expect((await preflight(origin)).headers).not.toHaveProperty('access-control-allow-origin');
    const { status, headers } = await call(origin);
    expect(status).toBe(403);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('those that are named replace the ones of development', async () => {
    await start({ BANGUI_CORS_ALLOWED_ORIGINS: 'https://bangui.example.org, https://other.example:8443' });
    for (const origin of ['https://bangui.example.org', 'https://other.example:8443']) {
      expect((await call(origin)).headers['access-control-allow-origin']).toBe(origin);
    }
    expect((await call('http://localhost:5173')).status).toBe(403);
  });

  test('an empty list switches them off', async () => {
    await start({ BANGUI_CORS_ALLOWED_ORIGINS: '' });
    const { headers } = await preflight('http://localhost:5173');
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect((await call('http://localhost:5173')).status).toBe(403);
  });

  test('an allowed page can read when to come back', async () => {
    await start({ BANGUI_RATE_LIMIT_PER_MINUTE: '1' });
    await call('http://localhost:5173');
    const { status, headers } = await call('http://localhost:5173');
    expect([status, headers['access-control-allow-origin'], headers['retry-after']]).toEqual([
      429,
      'http://localhost:5173',
      '60',
    ]);
    expect(headers['access-control-expose-headers']).toContain('retry-after');
  });
});

describe('who a call counts for', () => {
  const client = async (from: string, forwarded?: string): Promise<string> => {
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    const { body } = await ask({ path: '/api/v1/open', from, headers });
    return z.object({ client: z.string() }).parse(JSON.parse(body)).client;
  };

  test('a forwarding header of anybody is ignored when no proxy is trusted', async () => {
    expect(await client('127.0.0.1', '203.0.113.5')).toBe('127.0.0.1');
    expect(await client('::1', '2001:db8::5')).toBe('::1');
  });

  test('networks of both families are trusted, what lies outside is not', async () => {
    await start({ BANGUI_TRUSTED_PROXIES: '127.0.0.8/29, ::1/128' });
    expect(await client('127.0.0.9', '203.0.113.5')).toBe('203.0.113.5');
    expect(await client('127.0.0.1', '203.0.113.5')).toBe('127.0.0.1');
    expect(await client('::1', '2001:DB8::0:5')).toBe('2001:db8::5');
    expect(await client('127.0.0.9', '198.51.100.1, 203.0.113.5, 127.0.0.10')).toBe('203.0.113.5');
    expect(await client('::1', '203.0.113.5, ::ffff:127.0.0.9')).toBe('203.0.113.5');
  });

  test('the limit is that of the person behind the proxy, and inventing others does not help', async () => {
    await start({ BANGUI_TRUSTED_PROXIES: '127.0.0.8/29,::1', BANGUI_RATE_LIMIT_PER_MINUTE: '2' });
    const status = async (from: string, forwarded: string) =>
      (await ask({ path: '/api/v1/open', from, headers: { 'x-forwarded-for': forwarded } })).status;
    const three = async (from: string, of: (n: number) => string) => [
      await status(from, of(1)),
      await status(from, of(2)),
      await status(from, of(3)),
    ];
    expect(await three('127.0.0.9', () => '203.0.113.5')).toEqual([200, 200, 429]);
    expect(await three('127.0.0.9', (n) => `203.0.113.1${n}`)).toEqual([200, 200, 200]);
    // Left of the person stands what the person wrote.
    expect(await three('127.0.0.9', (n) => `198.51.100.${n}, 203.0.113.6`)).toEqual([200, 200, 429]);
    expect(await three('127.0.0.1', (n) => `198.51.100.${n}`)).toEqual([200, 200, 429]);
    // One IPv6 subscriber has a whole /64.
    expect(await three('::1', (n) => `2001:db8:0:7::${n}`)).toEqual([200, 200, 429]);
    expect(await status('::1', '2001:db8:0:8::1')).toBe(200);
  });

  test('health is answered however often', async () => {
    await start({ BANGUI_RATE_LIMIT_PER_MINUTE: '1' });
    const statuses = [];
    for (let i = 0; i < 5; i++) statuses.push((await ask({ path: '/api/v1/health/none' })).status);
    expect(statuses).toEqual([404, 404, 404, 404, 404]);
  });
});
