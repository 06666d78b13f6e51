/** Traces at a collector: calls by route, commands by verb, runs of jobs, and the caller's trace carried on. */
import { createServer } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { silentLog } from '../../src/base/log.ts';
import type { Fence } from '../../src/platform/lock/fence.ts';
import { openTracing } from '../../src/platform/tracing.ts';
import { startBangui, until } from '../bangui.ts';
import { startFail2ban } from '../fail2ban/real-fail2ban.ts';
import { hangingService, httpService, type LogService } from '../log-receivers.ts';
import { signIn } from '../operator.ts';

/** These jobs write nothing. */
const unused: Fence = { token: 0, write: () => expect.unreachable(), check: () => expect.unreachable() };

const attribute = z.object({
  key: z.string(),
  value: z.object({
    stringValue: z.string().optional(),
    intValue: z.union([z.int(), z.string()]).optional(),
  }),
});
const exportShape = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attribute) }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              name: z.string(),
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              attributes: z.array(attribute),
            }),
          ),
        }),
      ),
    }),
  ),
});
type Span = z.infer<typeof exportShape>['resourceSpans'][0]['scopeSpans'][0]['spans'][0];

let collector: LogService;
let spans: Span[];
let resources: string[];
beforeEach(async () => {
  spans = [];
  resources = [];
  collector = await httpService(({ path, body }) => {
    if (path !== '/v1/traces') return { status: 404 };
    for (const { resource, scopeSpans } of exportShape.parse(JSON.parse(body)).resourceSpans) {
      resources.push(...resource.attributes.map(({ key, value }) => `${key}=${value.stringValue}`));
      spans.push(...scopeSpans.flatMap((scope) => scope.spans));
    }
    return { status: 200, body: '{}' };
  });
});
afterEach(() => collector.close());

const caller = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };

test('a call is a span under its caller, and the commands to fail2ban are spans under the call', async () => {
  const fail2ban = await startFail2ban();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url.href, OTEL_SERVICE_NAME: 'house' };
  const bangui = await startBangui({ socket: fail2ban.socket, env });
  try {
    await until('fail2ban is online', async () => (await fetch(`${bangui.url}/api/v1/health`)).ok);
    const { cookie } = await signIn(bangui.url);
    const answer = await fetch(`${bangui.url}/api/v1/bans`, {
      method: 'POST',
      headers: {
        cookie,
        'content-type': 'application/json',
        'x-bangui-request': '1',
        'x-correlation-id': 'the-ban',
        traceparent: `00-${caller.traceId}-${caller.spanId}-01`,
      },
      body: JSON.stringify({ jail: 'sshd', ips: ['8.8.4.4'], reason: 'test' }),
    });
    expect(answer.status).toBe(201);
    await (await fetch(`${bangui.url}/api/v1/bans/active`)).arrayBuffer();
    // Not of interest, and not sampled by its caller.
    const unsampled = { traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-00` };
    await (await fetch(`${bangui.url}/api/v1/setup`, { headers: unsampled })).arrayBuffer();
    // Waiting spans are sent at the end.
    expect(await bangui.stop()).toBe(0);
  } finally {
    await bangui.dispose();
    await fail2ban.remove();
  }
  const call = spans.find(({ name }) => name === 'POST /api/v1/bans');
  expect(call).toMatchObject({ traceId: caller.traceId, parentSpanId: caller.spanId });
  const facts = new Map(
    call?.attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]),
  );
  expect(Object.fromEntries(facts)).toEqual({
    'http.request.method': 'POST',
    'http.route': '/api/v1/bans',
    'http.response.status_code': 201,
    'bangui.correlation_id': 'the-ban',
  });
  const command = spans.find(({ name }) => name === 'fail2ban set banip');
  expect(command).toMatchObject({ traceId: caller.traceId, parentSpanId: call?.spanId });
  const refused = spans.find(({ name }) => name === 'GET /api/v1/bans/active');
  expect(refused?.traceId).not.toBe(caller.traceId);
  const names = new Set(spans.map(({ name }) => name));
  expect(names).toContain('job session_cleanup');
  // The poll has no spans, nor have probes; and a caller that is not sampled is not recorded.
  expect([...names].filter((name) => name.includes('health/') || name.includes('/metrics'))).toEqual([]);
  expect(spans.some(({ traceId }) => traceId === '1'.repeat(32))).toBe(false);
  const roots = spans.filter(({ parentSpanId }) => parentSpanId === undefined || parentSpanId === '');
  expect(roots.every(({ name }) => !name.startsWith('fail2ban'))).toBe(true);
  expect(JSON.stringify(spans)).not.toContain('8.8.4.4');
  expect(resources).toContain('service.name=house');
});

test('what a job asks of others carries its trace on', async () => {
  let heard: string | undefined;
  const other = createServer((request, response) => {
    const { traceparent } = request.headers;
    heard = typeof traceparent === 'string' ? traceparent : undefined;
    response.end();
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = collector.url.href;
  const tracing = openTracing({ version: '0', log: silentLog });
  delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  const ask = async () => {
    await (await fetch(`http://127.0.0.1:${port}/`)).arrayBuffer();
    return {};
  };
  const { signal } = new AbortController();
  await tracing.watchRun('import', ask)({ signal, ending: signal, fence: unused });
  const during = heard;
  await ask();
  await tracing.close();
  other.closeAllConnections();
  other.close();
  const span = spans.find(({ name }) => name === 'job import');
  expect(during).toBe(`00-${span?.traceId}-${span?.spanId}-01`);
  expect(heard).toBeUndefined();
});

test('a collector that never answers is given up on after 2 s', async () => {
  const deaf = await hangingService();
  const env = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${deaf.url.href}v1/traces` };
  const bangui = await startBangui({ socket: '/nowhere/fail2ban.sock', env });
  try {
    await (await fetch(`${bangui.url}/api/v1/setup`)).arrayBuffer();
    const began = performance.now();
    expect(await bangui.stop()).toBe(0);
    expect(performance.now() - began).toBeLessThan(6_000);
    expect(deaf.asked()).toBeGreaterThan(0);
  } finally {
    await bangui.dispose();
    await deaf.close();
  }
});
