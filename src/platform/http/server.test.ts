/** What every endpoint gets from the server: parsing, guard, errors, headers. */
import { createServer as createSocketServer } from 'node:net';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { ownRateLimiter } from '../../../test/limits.ts';
import { parseAddress } from '../../base/address.ts';
import { systemClock } from '../../base/clock.ts';
import { endpoint } from '../../base/endpoint.ts';
import { AppError } from '../../base/errors.ts';
import { silentLog, type LogFields } from '../../base/log.ts';
import { createServer, type Server } from './server.ts';

const add = endpoint({
  method: 'POST',
  path: '/api/v1/things/{name}',
  summary: 'Add a thing',
  tag: 'things',
  access: 'session',
  params: z.object({ name: z.string().max(20) }),
  query: z.object({ size: z.coerce.number().int().default(1) }),
  body: z.object({ tags: z.array(z.string()) }),
  output: z.object({ name: z.string(), size: z.number(), by: z.string() }),
  status: 201,
});
const look = endpoint({
  method: 'GET',
  path: '/api/v1/things',
  summary: 'Look',
  tag: 'things',
  access: 'session',
  output: z.object({ text: z.string() }),
  status: 200,
});
const open = endpoint({
  method: 'POST',
  path: '/api/v1/open',
  summary: 'Open',
  tag: 'things',
  access: 'anyone',
  status: 204,
});

let server: Server;
let folder = '';
const logged: [string, LogFields | undefined][] = [];
let lookAnswer: () => { text: string };
let perMinute = 1000;

async function start() {
  server = await createServer({
    log: { ...silentLog, error: (event, fields) => void logged.push([event, fields]) },
    identify: async (cookie) =>
      cookie === 'good'
        ? { sessionId: 's', actor: { userId: 1, name: 'admin', role: 'admin' }, expiresAt: Date.now() + 1000 }
        : null,
    limiter: ownRateLimiter({ perMinute, now: systemClock }),
    trustedProxies: [parseAddress('10.0.0.0/8') ?? expect.fail()],
    allowedOrigins: ['http://localhost:5173'],
    pages: folder,
    version: '1.2.3',
  });
  server.mount(add, (input, call) => ({
    name: input.params.name,
    size: input.query.size,
    by: call.actor?.name ?? '',
  }));
  server.mount(look, () => lookAnswer());
  server.mount(open, () => undefined);
}
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bangui-pages-'));
  logged.length = 0;
  perMinute = 1000;
  lookAnswer = () => ({ text: 'there' });
  await start();
});
afterEach(async () => {
  await server.close(1000);
  rmSync(folder, { recursive: true });
});

async function* endless(): AsyncGenerator<Buffer> {
  for (;;) yield Buffer.alloc(65_536);
}

const signedIn = { cookie: 'bangui_session=good', 'x-bangui-request': '1' };
const post = (
  payload: unknown,
  headers: Record<string, string> = signedIn,
  url = '/api/v1/things/a?size=3',
) =>
  server.app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });

test('a call is parsed, and answered with the status of its description', async () => {
  const reply = await post({ tags: ['x'] });
  expect([reply.statusCode, reply.json()]).toEqual([201, { name: 'a', size: 3, by: 'admin' }]);
});

test('wrong input is 422 with every field, none of it handed on', async () => {
  const reply = await post({ tags: ['x', 7, null] }, signedIn, '/api/v1/things/a?size=many');
  expect(reply.statusCode).toBe(422);
  expect(reply.headers['content-type']).toContain('application/problem+json');
  const body = reply.json();
  expect(body).toMatchObject({
    status: 422,
    code: 'invalid_input',
    title: 'Unprocessable Entity',
    type: 'about:blank',
  });
  expect(body.fields.map((one: { field: string }) => one.field)).toEqual([
    'query.size',
    'body.tags.1',
    'body.tags.2',
  ]);
  expect(body.correlation_id).toBe(reply.headers['x-correlation-id']);
});

test.each([
  ['{"tags": [', 400, 'malformed_json'],
  ['{"__proto__": {"admin": true}, "tags": []}', 400, 'malformed_json'],
  ['', 422, 'invalid_input'],
  [JSON.stringify({ tags: ['x'.repeat(1_100_000)] }), 413, 'body_too_large'],
])('a broken body (%#) is refused', async (payload, status, code) => {
  const reply = await post(payload);
  expect([reply.statusCode, reply.json().code]).toEqual([status, code]);
});

test('a body that is no JSON is refused', async () => {
  const reply = await post('tags=1', { ...signedIn, 'content-type': 'application/x-www-form-urlencoded' });
  expect([reply.statusCode, reply.json().code]).toEqual([415, 'unsupported_media_type']);
});

test.each(['/api/v1/things/%ff', '/api/v1/things/%zz'])('a broken address is refused: %s', async (url) => {
  const reply = await post({ tags: [] }, signedIn, url);
  expect([reply.statusCode, reply.json().code]).toEqual([400, 'malformed_url']);
});

test('a name of 5,000 characters is wrong input, not a crash', async () => {
  expect((await post({ tags: [] }, signedIn, `/api/v1/things/${'a'.repeat(5000)}`)).statusCode).toBe(422);
});

test('an unknown address is a 404 problem', async () => {
  const reply = await server.app.inject({ url: '/api/v1/nothing', headers: { accept: 'text/html' } });
  expect([reply.statusCode, reply.json().code]).toEqual([404, 'not_found']);
});

test('a sane correlation id is taken over, another one replaced', async () => {
  const ask = async (id: string) =>
    (await server.app.inject({ url: '/api/v1/things', headers: { 'x-correlation-id': id } })).headers[
      'x-correlation-id'
    ];
  expect(await ask('abc-DEF_1.2')).toBe('abc-DEF_1.2');
  for (const bad of ['a b', 'x'.repeat(65), '"}{', '']) expect(await ask(bad)).toMatch(/^[0-9a-f-]{36}$/);
});

test('without a session, or with a wrong one, nothing is answered', async () => {
  expect((await server.app.inject('/api/v1/things')).statusCode).toBe(401);
  const wrong = await server.app.inject({ url: '/api/v1/things', headers: { cookie: 'bangui_session=bad' } });
  expect([wrong.statusCode, wrong.json().code]).toEqual([401, 'unauthenticated']);
});

test.each([
  '/%61pi/v1/things',
  '/api/v1/%74hings',
  '/API/v1/things',
  '//api/v1/things',
  '/api//v1/things',
  '/api/v1/things/',
])('no spelling of an address leads past the session: %s', async (url) => {
  const reply = await server.app.inject({ url });
  expect([401, 404]).toContain(reply.statusCode);
  expect(reply.payload).not.toContain('there');
});

test('changing calls with the cookie need the header, reading ones do not', async () => {
  const reply = await post({ tags: [] }, { cookie: 'bangui_session=good' });
  expect([reply.statusCode, reply.json().code]).toEqual([403, 'csrf_header_missing']);
  const reading = await server.app.inject({
    url: '/api/v1/things',
    headers: { cookie: 'bangui_session=good' },
  });
  expect(reading.statusCode).toBe(200);
});

test.each([
  [{}, 204],
  [{ origin: 'http://localhost:80', host: 'localhost' }, 204],
  [{ origin: 'http://bangui.example:8000', host: 'bangui.example:8000' }, 204],
  [{ origin: 'http://localhost:5173' }, 204],
  [{ origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }, 204],
  [{ origin: 'https://evil.example' }, 403],
  [{ origin: 'null' }, 403],
  [{ 'sec-fetch-site': 'cross-site' }, 403],
  [{ origin: 'http://localhost', host: 'localhost', 'sec-fetch-site': 'same-site' }, 403],
])('a page of another origin cannot even sign somebody in: %j', async (headers, status) => {
  expect((await server.app.inject({ method: 'POST', url: '/api/v1/open', headers })).statusCode).toBe(status);
});

test('other origins are answered to only when they are listed', async () => {
  const preflight = (origin: string) =>
    server.app.inject({
      method: 'OPTIONS',
      url: '/api/v1/things/a',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-bangui-request',
      },
    });
  const allowed = (await preflight('http://localhost:5173')).headers;
  expect(allowed).toMatchObject({
    'access-control-allow-origin': 'http://localhost:5173',
    'access-control-allow-credentials': 'true',
  });
  expect((await preflight('https://evil.example')).headers['access-control-allow-origin']).toBeUndefined();
});

test('an unexpected error tells the caller nothing but where to look', async () => {
  lookAnswer = () => {
    throw new Error('secret path /etc/x');
  };
  const reply = await server.app.inject({ url: '/api/v1/things', headers: signedIn });
  expect([reply.statusCode, reply.json().code]).toEqual([500, 'internal_error']);
  expect(reply.payload).not.toContain('secret path');
  expect(logged[0]).toMatchObject([
    'request_failed',
    { correlation_id: reply.json().correlation_id, route: '/api/v1/things' },
  ]);
});

test('an error of ours keeps its code, remedy and waiting time', async () => {
  lookAnswer = () => {
    throw new AppError(503, 'fail2ban_unreachable', 'It is away.', {
      remedy: 'Start it.',
      retryAfterSeconds: 7,
    });
  };
  const reply = await server.app.inject({ url: '/api/v1/things', headers: signedIn });
  expect(reply.json()).toMatchObject({
    code: 'fail2ban_unreachable',
    detail: 'It is away.',
    remedy: 'Start it.',
  });
  expect(reply.headers['retry-after']).toBe('7');
});

test('an answer that breaks its own description is not sent', async () => {
  const broken: { text: string } = JSON.parse('{"text": 5}');
  lookAnswer = () => broken;
  expect((await server.app.inject({ url: '/api/v1/things', headers: signedIn })).statusCode).toBe(500);
});

test('too many calls of one client are told when to come back; others and health are not held up', async () => {
  await server.close(1000);
  perMinute = 3;
  await start();
  const ask = (remoteAddress: string, url = '/api/v1/things') =>
    server.app.inject({ url, remoteAddress, headers: signedIn });
  for (let i = 0; i < 3; i++) expect((await ask('192.0.2.1')).statusCode).toBe(200);
  const refused = await ask('192.0.2.1');
  expect([refused.statusCode, refused.json().code, refused.headers['retry-after']]).toEqual([
    429,
    'too_many_requests',
    '20',
  ]);
  expect((await ask('192.0.2.2')).statusCode).toBe(200);
  expect((await ask('192.0.2.1', '/api/v1/health/none')).statusCode).toBe(404);
});

test('a client behind a trusted proxy has its own limit; an invented one has not', async () => {
  await server.close(1000);
  perMinute = 1;
  await start();
  const ask = async (remoteAddress: string, forwarded: string) =>
    (
      await server.app.inject({
        url: '/api/v1/things',
        remoteAddress,
        headers: { ...signedIn, 'x-forwarded-for': forwarded },
      })
    ).statusCode;
  expect([await ask('10.1.1.1', '192.0.2.1'), await ask('10.1.1.1', '192.0.2.2')]).toEqual([200, 200]);
  expect([await ask('203.0.113.1', '192.0.2.8'), await ask('203.0.113.1', '192.0.2.9')]).toEqual([200, 429]);
});

test('pages and answers carry strict headers', async () => {
  const { headers } = await server.app.inject({ url: '/api/v1/things', headers: signedIn });
  expect(headers['content-security-policy']).toContain("default-src 'self'");
  expect(headers['content-security-policy']).not.toMatch(/unsafe|https:|upgrade/);
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
});

test('a reader who leaves in the middle of a streamed answer is no failure', async () => {
  server.mount(
    { ...open, method: 'GET', path: '/api/v1/endless', status: 200 },
    async (_input, { reply }) => {
      await reply.send(Readable.from(endless()));
      return undefined;
    },
  );
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const leaving = new AbortController();
  const answer = await fetch(`${url}/api/v1/endless`, { signal: leaving.signal });
  leaving.abort();
  await expect(answer.text()).rejects.toThrow('aborted');
  expect((await fetch(`${url}/api/v1/things`)).status).toBe(401);
  await server.close(1000);
  expect(logged).toEqual([]);
});

test('larger answers are compressed', async () => {
  lookAnswer = () => ({ text: 'again and '.repeat(500) });
  const reply = await server.app.inject({
    url: '/api/v1/things',
    headers: { ...signedIn, 'accept-encoding': 'gzip' },
  });
  expect(reply.headers['content-encoding']).toBe('gzip');
  expect(JSON.parse(gunzipSync(reply.rawPayload).toString()).text).toBe(lookAnswer().text);
  expect(reply.rawPayload.length).toBeLessThan(500);
});

test('pages are sent as they were compressed at build time, hashed files for ever, the page fresh', async () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html>page');
  writeFileSync(join(folder, 'assets', 'main-abc.js'), 'plain');
  writeFileSync(join(folder, 'assets', 'main-abc.js.gz'), gzipSync('compressed before'));
  const accept = { accept: 'text/html', 'accept-encoding': 'gzip' };
  const asset = await server.app.inject({ url: '/assets/main-abc.js', headers: accept });
  expect(asset.headers).toMatchObject({
    'content-encoding': 'gzip',
    'cache-control': 'public, max-age=31536000, immutable',
  });
  expect(gunzipSync(asset.rawPayload).toString()).toBe('compressed before');
  for (const url of ['/', '/bans', '/jails/sshd.local?x=1']) {
    const page = await server.app.inject({ url, headers: { accept: 'text/html' } });
    expect([url, page.statusCode, page.payload, page.headers['cache-control']]).toEqual([
      url,
      200,
      '<!doctype html>page',
      'no-cache',
    ]);
  }
  expect((await server.app.inject({ url: '/assets/gone-def.js', headers: accept })).statusCode).toBe(404);
  expect((await server.app.inject({ url: '/..%2f..%2fetc/passwd', headers: accept })).payload).not.toContain(
    'root:',
  );
});

test('the interface is described, and the page that shows it comes from here', async () => {
  const document = (await server.app.inject('/api/openapi.json')).json();
  expect(document.openapi).toBe('3.1.0');
  expect(document.info).toMatchObject({ title: 'BanGUI', version: '1.2.3' });
  const operation = document.paths['/api/v1/things/{name}'].post;
  expect(operation).toMatchObject({ summary: 'Add a thing', security: [{ session: [] }] });
  expect(operation.requestBody.content['application/json'].schema.properties.tags.type).toBe('array');
  expect(operation.responses.default).toEqual({ $ref: '#/components/responses/Problem' });
  expect((await server.app.inject('/api/docs')).payload).not.toMatch(/https?:\/\//);
  const reader = await server.app.inject('/api/docs/reader.js');
  expect([reader.statusCode, reader.payload.includes('createApiReference')]).toEqual([200, true]);
});

test('a taken port is a sentence that names it', async () => {
  const other = createSocketServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(server.listen({ host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'cannot_listen' });
  await expect(server.listen({ host: '127.0.0.1', port })).rejects.toThrow(`Port ${port}`);
  await new Promise((resolve) => other.close(resolve));
});
