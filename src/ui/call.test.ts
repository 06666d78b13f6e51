import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { endpoint } from '../base/endpoint.ts';
import { buildUrl, createCaller } from './call.ts';

const described = endpoint({
  method: 'POST',
  path: '/api/v1/things/{name}',
  summary: '',
  tag: '',
  access: 'session',
  params: z.object({ name: z.string() }),
  body: z.object({ size: z.number() }),
  output: z.object({ done: z.boolean() }),
  status: 200,
});
type Described = typeof described;

function callerFor(answer: () => Response | Promise<Response>) {
  const fetch = vi.fn(async (_url: string | URL | Request, _init?: RequestInit) => answer());
  const onSignedOut = vi.fn();
  return { fetch, onSignedOut, caller: createCaller({ fetch, onSignedOut }) };
}

const send = (caller: ReturnType<typeof createCaller>) =>
  caller.call<Described>('POST /api/v1/things/{name}', { params: { name: 'a/b' }, body: { size: 1 } });

test('a change carries the header that no other site can send', async () => {
  const { fetch, caller } = callerFor(() => Response.json({ done: true }));
  expect(await send(caller)).toEqual({ ok: true, value: { done: true } });
  const [url, init] = fetch.mock.calls[0] ?? [];
  expect(url).toBe('/api/v1/things/a%2Fb');
  expect(init).toMatchObject({ method: 'POST', body: '{"size":1}', headers: { 'x-bangui-request': '1' } });
});

test('a problem is a value, with its code and correlation id', async () => {
  const body = { title: 'Conflict', detail: 'It is there.', code: 'taken', correlation_id: 'c1' };
  const { caller } = callerFor(() => Response.json(body, { status: 429, headers: { 'retry-after': '4' } }));
  expect(await send(caller)).toMatchObject({
    ok: false,
    problem: {
      status: 429,
      code: 'taken',
      message: 'It is there.',
      correlationId: 'c1',
      retryAfterSeconds: 4,
    },
  });
});

test('a page of a proxy instead of an answer is a problem too', async () => {
  const { caller } = callerFor(() => new Response('<h1>Bad gateway</h1>', { status: 502 }));
  expect(await send(caller)).toMatchObject({ ok: false, problem: { status: 502, code: 'http_502' } });
});

test('a success that cannot be read is a problem', async () => {
  const { caller } = callerFor(() => new Response('<html>', { status: 200 }));
  expect(await send(caller)).toMatchObject({ ok: false, problem: { code: 'answer_unreadable' } });
});

test('silence is a problem with status 0', async () => {
  const { caller } = callerFor(() => Promise.reject(new TypeError('failed to fetch')));
  expect(await send(caller)).toMatchObject({ ok: false, problem: { status: 0, code: 'bangui_unreachable' } });
});

test('a lost session is told to the page', async () => {
  const { caller, onSignedOut } = callerFor(() =>
    Response.json({ code: 'unauthenticated' }, { status: 401 }),
  );
  await send(caller);
  expect(onSignedOut).toHaveBeenCalledOnce();
});

test('empty parameters leave the query', () => {
  expect(buildUrl('/x', undefined, { a: '', b: undefined, c: 0, d: 'x y' })).toBe('/x?c=0&d=x+y');
});
