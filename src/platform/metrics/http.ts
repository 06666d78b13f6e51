/** Counts and times HTTP calls by the pattern of their route, never by the address asked for. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** nginx's number for a client that went away before it was answered. */
const clientGone = 499;

/** Answers what adds the hooks; it must come before every other hook, so that refused calls count too. */
export function httpMetrics(registry: Registry): (app: FastifyInstance) => void {
  const registers = [registry];
  const total = new Counter({
    name: 'bangui_http_requests_total',
    help: 'HTTP calls answered; status 499 is a client that went away before.',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const duration = new Histogram({
    name: 'bangui_http_request_duration_seconds',
    help: 'Time from the head of an HTTP call to the end of its answer; live streams are left out.',
    labelNames: ['method', 'route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const active = new Gauge({
    name: 'bangui_http_active_requests',
    help: 'HTTP calls being answered now; live streams count while they are open.',
    registers,
  });
  const ended = (request: FastifyRequest, reply: FastifyReply, began: number): void => {
    const labels = {
      method: methods.has(request.method) ? request.method : 'other',
      route: request.routeOptions.url ?? 'unmatched',
    };
    active.dec();
    total.inc({ ...labels, status: reply.raw.headersSent ? reply.raw.statusCode : clientGone });
    if (!isStream(reply)) duration.observe(labels, (performance.now() - began) / 1000);
  };
  return (app) => {
    app.addHook('onRequest', (request, reply, done) => {
      const began = performance.now();
      active.inc();
      // Comes however the call ends, also when the client goes away.
      reply.raw.once('close', () => ended(request, reply, began));
      done();
    });
  };
}

function isStream(reply: FastifyReply): boolean {
  return String(reply.raw.getHeader('content-type')).startsWith('text/event-stream');
}
