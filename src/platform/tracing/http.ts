/** A span for each HTTP call, named by the pattern of its route. */
import type { AsyncLocalStorage } from 'node:async_hooks';
import { SpanKind, SpanStatusCode, trace, type Context, type Tracer } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { callerContext } from './traceparent.ts';

/** Asked every few seconds, or open for hours: of no use in a trace. */
const leftOut = /^\/(?:api\/(?:v1\/)?health(?:\/|$)|api\/v1\/live$|metrics$)/;

interface TraceHttpDeps {
  tracer: Tracer;
  storage: AsyncLocalStorage<Context>;
}

export function traceHttp({ tracer, storage }: TraceHttpDeps): (app: FastifyInstance) => void {
  const contexts = new WeakMap<FastifyRequest, Context>();
  return (app) => {
    app.addHook('onRequest', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'unmatched';
      if (leftOut.test(route)) return done();
      const attributes = {
        'http.request.method': request.method,
        'http.route': route,
        'bangui.correlation_id': request.id,
      };
      const options = { kind: SpanKind.SERVER, attributes };
      const caller = callerContext(request.headers);
      const span = tracer.startSpan(`${request.method} ${route}`, options, caller);
      const context = trace.setSpan(caller, span);
      contexts.set(request, context);
      reply.raw.once('close', () => {
        const { statusCode } = reply.raw;
        span.setAttribute('http.response.status_code', statusCode);
        if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      });
      storage.run(context, done);
    });
    // The body comes by events of the connection, which know nothing of the call.
    app.addHook('preValidation', (request, _reply, done) => {
      const context = contexts.get(request);
      if (context === undefined) done();
      else storage.run(context, done);
    });
  };
}
