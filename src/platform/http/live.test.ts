/** The live stream, over real connections. */
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownRateLimiter } from '../../../test/limits.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { createEvents, type BanEvent, type Events } from '../events.ts';
import { createEventHistory } from './event-history.ts';
import { addLive, type Live } from './live.ts';
import { createServer, type Server } from './server.ts';

let server: Server;
let live: Live;
let events: Events;
let url = '';
let endSession: (sessionId: string) => void = () => {};
const valid = new Set<string>();
const readers: AbortController[] = [];

beforeEach(async () => {
  valid.add('one').add('two');
  events = createEvents(silentLog);
  const identify = async (cookie: string | undefined) =>
    cookie !== undefined && valid.has(cookie)
      ? {
          sessionId: cookie,
          actor: { userId: 1, name: 'admin', role: 'admin' },
          expiresAt: Date.now() + 60_000,
        }
      : null;
  server = await createServer({
    log: silentLog,
    identify,
    limiter: ownRateLimiter({ perMinute: 10_000, now: systemClock }),
    trustedProxies: [],
    allowedOrigins: ['http://localhost:5173'],
    pages: '/nowhere',
    version: '0',
  });
  live = addLive({
    server,
    events,
    identify,
    onSessionEnd: (listener) => {
      endSession = listener;
      return () => {};
    },
    log: silentLog,
    limits: { perSession: 3, mostWaitingBytes: 64 * 1024, heartbeatMs: 50, checkMs: 50 },
  });
  url = await server.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  for (const reader of readers.splice(0)) reader.abort();
  live.close();
  await server.close(200);
});

const ban = (ip: string): BanEvent => ({
  type: 'ban',
  host: 'local',
  jail: 'sshd',
  ip,
  at: 1_700_000_000_000,
  expiresAt: null,
  count: 2,
  country: 'NL',
  asn: 0,
  asName: null,
});

async function listen(session: string, headers: Record<string, string> = {}) {
  const controller = new AbortController();
  readers.push(controller);
  const reply = await fetch(`${url}/api/v1/live`, {
    headers: { cookie: `bangui_session=${session}`, ...headers },
    signal: controller.signal,
  });
  const reader = reply.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    reply,
    abort: () => controller.abort(),
    /** Everything so far, once it holds `wanted`; null when the stream ended before. */
    async until(wanted: string): Promise<string | null> {
      while (!text.includes(wanted)) {
        const chunk = await reader?.read();
        if (chunk === undefined || chunk.done) return null;
        text += chunk.value;
      }
      return text;
    },
  };
}
const lastId = (text: string | null) =>
  text
    ?.match(/^id: (.+)$/gm)
    ?.at(-1)
    ?.slice(4) ?? '';

test('an event arrives on every open page, in the words of the interface', async () => {
  const [one, two] = [await listen('one'), await listen('two')];
  expect(one.reply.headers.get('content-type')).toContain('text/event-stream');
  expect(one.reply.headers.get('x-accel-buffering')).toBe('no');
  events.announce(ban('192.0.2.1'));
  for (const page of [one, two]) {
    const text = await page.until('"as_name":null}\n');
    expect(text).toMatch(/id: [a-z0-9]+-1\nevent: ban\ndata: /);
    const [, data = '{}'] = /event: ban\ndata: (.*)\n/.exec(text ?? '') ?? [];
    expect(JSON.parse(data)).toEqual({
      host: 'local',
      jail: 'sshd',
      ip: '192.0.2.1',
      banned_at: '2023-11-14T22:13:20.000Z',
      expires_at: null,
      ban_count: 2,
      country: 'NL',
      asn: null,
      as_name: null,
    });
  }
});

test('without a session there is no stream', async () => {
  expect((await listen('nobody')).reply.status).toBe(401);
});

test('a broken connection goes on where it stopped', async () => {
  const first = await listen('one');
  events.announce(ban('192.0.2.1'));
  const seen = lastId(await first.until('192.0.2.1'));
  first.abort();
  events.announce(ban('192.0.2.2'));
  events.announce({ type: 'unban', host: 'local', jail: 'sshd', ip: '192.0.2.1', at: 0 });
  const text = await (await listen('one', { 'last-event-id': seen })).until('event: unban');
  expect(text).toContain('192.0.2.2');
  expect(text?.match(/192\.0\.2\.1"/g)).toHaveLength(1);
});

test('a page that has seen nothing yet still knows where to go on', async () => {
  const first = await listen('one');
  const seen = lastId(await first.until('\n\n'));
  first.abort();
  events.announce(ban('192.0.2.3'));
  expect(await (await listen('one', { 'last-event-id': seen })).until('192.0.2.3')).not.toBeNull();
});

test.each(['zzzz-1', 'nonsense', '-1'])(
  'after the number %s of another run, all is read again',
  async (id) => {
    expect(await (await listen('one', { 'last-event-id': id })).until('event: resync')).not.toBeNull();
  },
);

test('what was missed for too long cannot be told any more', () => {
  const history = createEventHistory({ epoch: 'e', most: 3 });
  for (let i = 1; i <= 5; i++) history.add('ban', { i });
  expect(history.since('e-2')).toMatch(/^id: e-3\n[^]*"i":3[^]*"i":4[^]*"i":5/);
  expect(history.since('e-5')).toBe('id: e-5\n\n');
  for (const gone of ['e-1', 'e-6', 'f-4', 'e-4x']) expect(history.since(gone)).toContain('event: resync');
});

test('a quiet stream shows that it lives', async () => {
  expect(await (await listen('one')).until('event: beat')).not.toBeNull();
});

test('signing out ends the streams of that session at once, and no others', async () => {
  const [one, two] = [await listen('one'), await listen('two')];
  endSession('one');
  expect(await one.until('never')).toBeNull();
  events.announce(ban('192.0.2.4'));
  expect(await two.until('192.0.2.4')).not.toBeNull();
});

test('a session that ended elsewhere is noticed', async () => {
  const one = await listen('one');
  valid.delete('one');
  expect(await one.until('never')).toBeNull();
  expect(live.size()).toBe(0);
});

test('a session has only so many streams', async () => {
  for (let i = 0; i < 3; i++) expect((await listen('one')).reply.status).toBe(200);
  expect((await listen('one')).reply.status).toBe(429);
  expect((await listen('two')).reply.status).toBe(200);
});

test('a reader that does not read is cut off, and the others hear everything', async () => {
  const port = Number(new URL(url).port);
  const slow = connect(port, '127.0.0.1');
  slow.on('error', () => {});
  slow.write('GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\nCookie: bangui_session=one\r\n\r\n');
  slow.pause();
  const quick = await listen('two');
  while (live.size() < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  let sent = 0;
  // The kernel's own buffers are filled first; how large they are is its affair.
  while (live.size() === 2 && sent < 200_000) {
    for (let i = 0; i < 100; i++) events.announce(ban(`192.0.2.${sent++}`));
    await quick.until(`192.0.2.${sent - 1}"`);
  }
  expect(live.size()).toBe(1);
  slow.destroy();
}, 60_000);

test('closing ends every stream', async () => {
  const one = await listen('one');
  live.close();
  expect(await one.until('never')).toBeNull();
  expect(live.size()).toBe(0);
});
