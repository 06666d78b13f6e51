/** Alive, ready, and how each component is. The fixed answers of the deployment contract. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';

const component = z.object({ status: z.string(), detail: z.string().nullable() });

export const health = endpoint({
  method: 'GET',
  path: '/api/v1/health',
  summary: '200 ok or degraded, 503 unavailable when fail2ban does not answer',
  tag: 'health',
  access: 'anyone',
  output: z.object({
    status: z.enum(['ok', 'degraded', 'unavailable']),
    components: z.object({
      fail2ban: component,
      database: component,
      scheduler: component,
      cache: component,
    }),
  }),
  status: 200,
});

export const healthOlder = endpoint({
  method: 'GET',
  path: '/api/health',
  summary: 'The older form, kept',
  tag: 'health',
  access: 'anyone',
  output: z.object({ status: z.enum(['ok', 'unavailable']), fail2ban: z.enum(['online', 'offline']) }),
  status: 200,
});

export const live = endpoint({
  method: 'GET',
  path: '/api/v1/health/live',
  summary: 'The process runs; never depends on fail2ban',
  tag: 'health',
  access: 'anyone',
  output: z.object({ status: z.literal('ok') }),
  status: 200,
});

export const ready = endpoint({
  method: 'GET',
  path: '/api/v1/health/ready',
  summary: 'Database answers, migrations done, not shutting down; else 503',
  tag: 'health',
  access: 'anyone',
  output: z.object({ status: z.enum(['ok', 'unavailable']), reason: z.string().nullable() }),
  status: 200,
});
