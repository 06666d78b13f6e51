/** `GET /metrics`: for Prometheus with its token; without one for this machine and for signed-in sessions only. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { parseAddress } from '../../base/address.ts';
import { AppError, notFound, tooManyRequests, unauthenticated } from '../../base/errors.ts';
import { isForwarded, isLoopback, limitKey } from './caller-address.ts';
import { sessionCookie, type Identify } from './guard.ts';
import type { RateLimiter } from './rate-limit.ts';
import type { Server } from './server.ts';

export interface MetricsAccess {
  server: Server;
  enabled: boolean;
  token: string | null;
  identify: Identify;
  limiter: RateLimiter;
  scrape: () => Promise<{ type: string; body: string }>;
}

export function addMetrics({ server, enabled, token, identify, limiter, scrape }: MetricsAccess): void {
  const admit = async (request: FastifyRequest): Promise<void> => {
    if (!enabled) throw notFound('Metrics are off. BANGUI_METRICS_ENABLED=true serves them.');
    if (token === null && isFromHere(request)) return;
    const wait = await limiter.take(limitKey(server.visitOf(request).client));
    if (wait > 0) throw tooManyRequests('Too many calls from your address. Wait a moment.', wait);
    if (token !== null) return demandToken(request, token);
    const cookie = request.cookies[sessionCookie];
    if (cookie === undefined || (await identify(cookie)) === null) throw notFromElsewhere();
  };
  server.app.route({
    method: 'GET',
    url: '/metrics',
    exposeHeadRoute: false,
    schema: { hide: true },
    handler: async (request, reply) => {
      if (enabled && token !== null) void reply.header('www-authenticate', 'Bearer realm="metrics"');
      await admit(request);
      const { type, body } = await scrape();
      return reply
        .removeHeader('www-authenticate')
        .headers({ 'content-type': type, 'cache-control': 'no-store' })
        .send(body);
    },
  });
}

/** What a proxy on this machine passes on comes from anywhere. */
function isFromHere(request: FastifyRequest): boolean {
  return isLoopback(parseAddress(request.socket.remoteAddress ?? '') ?? '') && !isForwarded(request.headers);
}

/** Hashes are of one length, so the time of comparing tells nothing about the token. */
function demandToken(request: FastifyRequest, token: string): void {
  const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (given === undefined) throw unauthenticated('Metrics need the token: `Authorization: Bearer …`.');
  if (!timingSafeEqual(digest(given), digest(token)))
    throw unauthenticated('This is not the token in BANGUI_METRICS_TOKEN.');
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function notFromElsewhere(): AppError {
  return new AppError(
    403,
    'metrics_refused',
    'Metrics are for this machine and for signed-in sessions only.',
    { remedy: 'Set BANGUI_METRICS_TOKEN and let Prometheus send it.' },
  );
}
