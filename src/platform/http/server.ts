/** The HTTP server: endpoints are mounted here, errors mapped, headers set, pages served. */
import { randomUUID } from 'node:crypto';
import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import { errorCodes, fastify, type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Address } from '../../base/address.ts';
import type { Log } from '../../base/log.ts';
import { StartError } from '../../base/start-error.ts';
import { addGuard, csrfHeader, type Identify, type Visit } from './guard.ts';
import { createMount } from './mount-endpoint.ts';
import type { Mount } from './mount.ts';
import { addApiPages, collectEndpoints } from './openapi.ts';
import { addPages } from './pages.ts';
import { bareHeaders, refuseConnection, sendProblem, toAppError } from './problem.ts';
import type { RateLimiter } from './rate-limit.ts';

interface ServerDeps {
  log: Log;
  identify: Identify;
  limiter: RateLimiter;
  trustedProxies: readonly Address[];
  allowedOrigins: readonly string[];
  /** Folder of the built pages. */
  pages: string;
  version: string;
  /** Add hooks that see every call, before it is looked at. */
  watchers?: readonly ((app: FastifyInstance) => void)[];
}

export interface Server {
  mount: Mount;
  /** For what is no endpoint: streams. */
  app: FastifyInstance;
  visitOf(request: FastifyRequest): Visit;
  /** Answers the URL to open. Throws StartError when the port cannot be had. */
  listen(options: { host: string; port: number }): Promise<string>;
  /** Takes no new connections, lets running calls finish, and cuts what is left after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

const bodyLimit = 1024 * 1024;

export async function createServer(deps: ServerDeps): Promise<Server> {
  const { log, version, pages, identify, limiter, trustedProxies, allowedOrigins } = deps;
  const app = fastify({
    logger: false,
    bodyLimit,
    // To receive a call; an answer, such as a live stream, may take as long as it likes.
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 8_000 },
    genReqId: (request) => saneId(request.headers['x-correlation-id']) ?? randomUUID(),
    frameworkErrors: (error, request, reply) => {
      void reply.headers({ ...bareHeaders, 'x-correlation-id': request.id });
      void sendProblem(reply, toAppError(error), request.id);
    },
    clientErrorHandler: refuseConnection,
  });
  // Endpoints are parsed and answers checked in `mount`, where the types are known.
  app.setValidatorCompiler(() => (value: unknown) => ({ value }));
  app.setSerializerCompiler(() => (value: unknown) => JSON.stringify(value));
  acceptJson(app);
  acceptBytes(app);
  for (const watch of deps.watchers ?? []) watch(app);
  answerErrors(app, log);
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('x-correlation-id', request.id);
    if (request.url.startsWith('/api/')) void reply.header('cache-control', 'no-store');
  });
  await app.register(helmet, securityHeaders);
  if (allowedOrigins.length > 0) await app.register(cors, crossOrigin(allowedOrigins));
  await app.register(cookie);
  // Answers made for one call: gzip costs a third of brotli's time. The pages lie there compressed already.
  await app.register(compress, { threshold: 1024, encodings: ['gzip'], zlibOptions: { level: 1 } });
  await collectEndpoints(app, version);
  const { visitOf } = addGuard({ app, identify, limiter, trustedProxies, allowedOrigins });
  addApiPages(app);
  await addPages(app, pages);
  return {
    app,
    visitOf,
    mount: createMount({ app, visitOf }),
    listen: ({ host, port }) => listen(app, host, port),
    close: (graceMs) => close(app, graceMs),
  };
}

/** An endpoint of bytes reads them itself. */
function acceptBytes(app: FastifyInstance): void {
  app.addContentTypeParser('application/octet-stream', (request, _payload, done) => {
    if (request.routeOptions.config.bytes === true) return done(null);
    return done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE('application/octet-stream'));
  });
}

/** An empty body is no body: `POST /auth/logout` may carry the content type and nothing else. */
function acceptJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (typeof body === 'string' && body.trim() === '') return done(null, undefined);
    return parse(request, String(body), done);
  });
}

function answerErrors(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = toAppError(error);
    const { method, id } = request;
    const fields = { method, route: request.routeOptions.url, status: problem.status, correlation_id: id };
    if (problem.status >= 500) log.error('request_failed', { ...fields, error });
    else log.debug('request_refused', { ...fields, code: problem.code });
    return sendProblem(reply, problem, id);
  });
}

function saneId(given: string | string[] | undefined): string | null {
  return typeof given === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : null;
}

/** Nothing from elsewhere, no inline script, no frames. Plain http must keep working, so nothing is upgraded. */
const securityHeaders = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  strictTransportSecurity: false,
  xFrameOptions: { action: 'deny' as const },
};

function crossOrigin(allowedOrigins: readonly string[]) {
  return {
    origin: [...allowedOrigins],
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
      'content-type',
      csrfHeader,
      'x-correlation-id',
      'if-match',
      'if-none-match',
      'last-event-id',
    ],
    exposedHeaders: ['x-correlation-id', 'retry-after', 'etag'],
    maxAge: 600,
  };
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    const reason =
      code === 'EADDRINUSE'
        ? `Port ${port} on ${host} is taken by another program. End that program, or set BANGUI_PORT.`
        : code === 'EACCES'
          ? `Port ${port} may not be opened by this user. Set BANGUI_PORT to 1024 or above.`
          : code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND'
            ? `${host} is no address of this machine. Set BANGUI_LISTEN_HOST.`
            : null;
    if (reason === null) throw error;
    throw new StartError('cannot_listen', reason, { cause: error });
  }
  const address = app.server.address();
  const open = typeof address === 'object' && address !== null ? address.port : port;
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${open}`;
}

async function close(app: FastifyInstance, graceMs: number): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), graceMs);
  try {
    await app.close();
  } finally {
    clearTimeout(cut);
  }
}
