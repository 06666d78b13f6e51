/** Looks at every call before it is read: who calls, from where, how often, and whether a page of ours sent it. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Address } from '../../base/address.ts';
import { AppError, tooManyRequests, unauthenticated } from '../../base/errors.ts';
import { limitKey, locateCaller, type Origin } from './caller-address.ts';
import type { Actor } from './mount.ts';
import type { RateLimiter } from './rate-limit.ts';

export const sessionCookie = 'bangui_session';
export const csrfHeader = 'x-bangui-request';

/** A session that is valid now. */
export interface Identity {
  /** Names the session inside BanGUI; not its token. */
  sessionId: string;
  actor: Actor;
  /** ms. */
  expiresAt: number;
}

/** Answers null for a cookie that is missing, wrong, expired or revoked. */
export type Identify = (cookie: string | undefined) => Promise<Identity | null>;

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: 'anyone' | 'session';
    /** See `Endpoint`. */
    bytes?: boolean;
  }
}

interface GuardDeps {
  app: FastifyInstance;
  identify: Identify;
  limiter: RateLimiter;
  trustedProxies: readonly Address[];
  allowedOrigins: readonly string[];
}

export interface Visit extends Origin {
  identity: Identity | null;
}

/** Adds the guard to the server; what it returns tells a handler about its call. */
export function addGuard({ app, identify, limiter, trustedProxies, allowedOrigins }: GuardDeps) {
  const visits = new WeakMap<FastifyRequest, Visit>();
  app.addHook('onRequest', async (request) => {
    const { headers, method } = request;
    const origin = locateCaller({
      remoteAddress: request.socket.remoteAddress,
      headers,
      trusted: trustedProxies,
    });
    visits.set(request, { ...origin, identity: null });
    // The route decides, never the text of the address: `/%61pi/…` reaches the same handler as `/api/…`.
    const { url: route = request.url, config } = request.routeOptions;
    const changes = !['GET', 'HEAD', 'OPTIONS'].includes(method);
    if (changes) refuseForeignPages(headers, allowedOrigins);
    if (!route.startsWith('/api/') || isHealth(route)) return;
    const wait = await limiter.take(limitKey(origin.client));
    if (wait > 0) throw tooManyRequests('Too many calls from your address. Wait a moment.', wait);
    if (config.access !== 'session') return;
    const cookie = request.cookies[sessionCookie];
    if (cookie === undefined) throw unauthenticated();
    if (changes && headers[csrfHeader] !== '1') throw csrfHeaderMissing();
    const identity = await identify(cookie);
    if (identity === null) throw unauthenticated('Your session has ended. Sign in again.');
    visits.set(request, { ...origin, identity });
  });
  return {
    visitOf(request: FastifyRequest): Visit {
      const visit = visits.get(request);
      if (visit === undefined) throw new Error('a call reached its handler past the guard');
      return visit;
    },
  };
}

function isHealth(url: string): boolean {
  return /^\/api(?:\/v1)?\/health(?:[/?]|$)/.test(url);
}

function csrfHeaderMissing(): AppError {
  return new AppError(
    403,
    'csrf_header_missing',
    'Send the header `X-BanGUI-Request: 1` with calls that change something.',
  );
}

/** Browsers say where a changing call comes from; programs that are no browser send neither header. */
function refuseForeignPages(headers: FastifyRequest['headers'], allowedOrigins: readonly string[]): void {
  const site = headers['sec-fetch-site'];
  const { origin } = headers;
  if (site === 'same-origin' || site === 'none') return;
  if (origin === undefined && site === undefined) return;
  if (origin !== undefined && allowedOrigins.includes(origin)) return;
  if (site === undefined && origin !== undefined && hostOf(origin) === headers.host?.toLowerCase()) return;
  throw new AppError(
    403,
    'origin_refused',
    'This call was sent by a page of another origin, which may not change anything.',
    {
      remedy:
        'Let the reverse proxy pass on the Host header, or name the origin in BANGUI_CORS_ALLOWED_ORIGINS.',
    },
  );
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
