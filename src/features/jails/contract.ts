/** Every jail, its state and counters. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';

export const jail = z.object({
  name: z.string(),
  state: z.enum(['running', 'idle', 'stopped', 'inactive']),
  currently_failed: z.number().int(),
  total_failed: z.number().int(),
  currently_banned: z.number().int(),
  total_banned: z.number().int(),
  /** Seconds; -1 = permanent. */
  ban_seconds: z.number().int(),
  find_seconds: z.number().int(),
  max_retry: z.number().int(),
  increments: z.boolean(),
  files: z.array(z.string()),
  journal_matches: z.array(z.string()),
});

const hostQuery = z.object({ host: z.literal('local').default('local') });

export const listJails = endpoint({
  method: 'GET',
  path: '/api/v1/jails',
  summary: 'The jails the daemon runs now',
  tag: 'jails',
  access: 'session',
  query: hostQuery,
  output: z.object({
    items: z.array(jail),
    next_cursor: z.null(),
    total: z.number().int(),
    as_of: z.iso.datetime().nullable(),
  }),
  status: 200,
});

export const readJail = endpoint({
  method: 'GET',
  path: '/api/v1/jails/{name}',
  summary: 'One jail',
  tag: 'jails',
  access: 'session',
  params: z.object({ name: z.string().min(1).max(200) }),
  query: hostQuery,
  output: jail,
  status: 200,
});
