/** What is going on now. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';

export const dashboardStatus = endpoint({
  method: 'GET',
  path: '/api/v1/dashboard/status',
  summary: 'State of fail2ban and the figures of this moment, from the one shared poll',
  tag: 'overview',
  access: 'session',
  query: z.object({ host: z.literal('local').default('local') }),
  output: z.object({
    online: z.boolean(),
    state: z.enum(['online', 'unreachable', 'unresponsive', 'refused', 'garbled']),
    reason: z.string().nullable(),
    remedy: z.string().nullable(),
    since: z.iso.datetime(),
    version: z.string().nullable(),
    up_since: z.iso.datetime().nullable(),
    jails: z.number().int(),
    banned_now: z.number().int(),
    failed_now: z.number().int(),
    total_banned: z.number().int(),
    total_failed: z.number().int(),
    /** When the figures were true; null before the first answer. */
    as_of: z.iso.datetime().nullable(),
    /** This process's host name, or what the operator called it. */
    host_name: z.string(),
    practice: z.boolean(),
    /** How the list of bans is kept current. */
    mirror: z.object({
      state: z.enum(['starting', 'filling', 'current', 'paused']),
      bans: z.number().int(),
      as_of: z.iso.datetime().nullable(),
      /** Sentences on what cannot be read and what is lost by it. */
      limits: z.array(z.string()),
    }),
    app_version: z.string(),
  }),
  status: 200,
});
