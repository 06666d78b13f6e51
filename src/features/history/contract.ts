/** Everything fail2ban ever banned: reading, searching, exporting. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';
import { storable } from '../../base/storable.ts';

const host = z.literal('local').default('local');
export const originFilter = z.enum(['all', 'own', 'manual', 'blocklist']).default('all');
/** Two-letter code, or `private`, `reserved`, `unknown`. A leading `!` turns a filter round: everything but that. */
const country = storable(z.string().max(12));
const instant = z.iso.datetime({ offset: true });

/** The filters of `/history*` and of the newest bans of the overview; without `from` and `to`: all there is. */
export const historyFilters = z.object({
  host,
  from: instant.optional(),
  to: instant.optional(),
  /** An address, or a network in CIDR notation. */
  ip: storable(z.string().max(100)).optional(),
  jail: storable(z.string().max(200)).optional(),
  country: country.optional(),
  /** `64496`, `AS64496`, or `0` for unknown networks; `!` turns it round. */
  asn: z
    .string()
    .regex(/^!?(?:AS)?\d{1,10}$/i)
    .optional(),
  /** Words of the matched log lines; all of them must occur. `word*` is the start of one. */
  text: storable(z.string().max(200)).optional(),
  origin: originFilter,
  action: z.enum(['all', 'ban', 'unban']).default('all'),
});

export const historyEvent = z.object({
  id: z.string(),
  ip: z.string(),
  jail: z.string(),
  action: z.enum(['ban', 'unban']),
  at: z.iso.datetime(),
  /** -1 = permanent, null = unknown. */
  duration_seconds: z.number().int().nullable(),
  ban_count: z.number().int(),
  origin: z.enum(['own', 'manual', 'blocklist']),
  actor: z.string().nullable(),
  reason: z.string().nullable(),
  country: z.string(),
  asn: z.number().int().nullable(),
  as_name: z.string().nullable(),
  /** A line of more than 4,000 characters (20,000 in the export) is cut, and says at its end by how much. */
  matches: z.array(z.string()),
  failures: z.number().int(),
});
export type HistoryEvent = z.output<typeof historyEvent>;

const page = {
  page_size: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(200).optional(),
};
const list = z.object({
  items: z.array(historyEvent),
  next_cursor: z.string().nullable(),
  /** Events that match; null when counting them would take long. */
  total: z.number().int().nullable(),
});

export const readHistory = endpoint({
  method: 'GET',
  path: '/api/v1/history',
  summary: 'Every ban and unban, newest first, by any filter',
  tag: 'history',
  access: 'session',
  query: historyFilters.extend(page),
  output: list,
  status: 200,
});

export const readHistoryOf = endpoint({
  method: 'GET',
  path: '/api/v1/history/{ip}',
  summary: 'Every ban and unban of one address, newest first',
  tag: 'history',
  access: 'session',
  params: z.object({ ip: z.string().max(100) }),
  query: historyFilters.omit({ ip: true }).extend(page),
  output: list,
  status: 200,
});

/** Streamed; described here for the OpenAPI page and the guard. */
export const exportHistory = endpoint({
  method: 'GET',
  path: '/api/v1/history/export',
  summary: 'The same events as a file, CSV or JSON, streamed',
  tag: 'history',
  access: 'session',
  query: historyFilters.extend({ format: z.enum(['csv', 'json']).default('csv') }),
  status: 200,
});

/** How completely fail2ban is followed. */
export const historyState = endpoint({
  method: 'GET',
  path: '/api/v1/history/state',
  summary: 'Since when history is kept, how far it was read, and what may be lost',
  tag: 'history',
  access: 'session',
  query: z.object({ host }),
  output: z.object({
    /** `seeding`: fail2ban's own database is being taken over; `waiting`: not reached yet. */
    state: z.enum(['waiting', 'seeding', 'current', 'paused']),
    /** Rows of fail2ban's database that are read, and how many there were at the start, while seeding. */
    read: z.number().int(),
    of: z.number().int().nullable(),
    events: z.number().int(),
    since: z.iso.datetime().nullable(),
    as_of: z.iso.datetime().nullable(),
    /** Sentences: what cannot be read and what is lost by it; a purge age so short that our downtime could lose bans. */
    limits: z.array(z.string()),
    retention_days: z.number().int(),
    /** Dates of the country and network data, and whether they are our own or dropped in. */
    geo: z.array(
      z.object({
        kind: z.enum(['country', 'network', 'city']),
        date: z.iso.datetime().nullable(),
        bundled: z.boolean(),
      }),
    ),
  }),
  status: 200,
});
