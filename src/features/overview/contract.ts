/** What is going on now. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';
import { storable } from '../../base/storable.ts';
import { rangeNames } from '../../base/time-range.ts';

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

const instant = z.iso.datetime({ offset: true });
const host = z.literal('local').default('local');
const jail = storable(z.string().max(200)).optional();

/** `from` and `to` win over `range`, which ends now. */
export const rangeQuery = z.object({
  host,
  range: z.enum(rangeNames).default('24h'),
  from: instant.optional(),
  to: instant.optional(),
  origin: z.enum(['all', 'blocklist', 'own', 'manual']).default('all'),
  jail,
  /** Two-letter code, or `private`, `reserved`, `unknown`. */
  country: storable(z.string().max(12)).optional(),
});

/** The range that was read, so that a page shows what it asked for. */
const range = { from: z.iso.datetime(), to: z.iso.datetime() };
const count = z.number().int();

/** Figures of the range, each beside the one of the equally long time before. */
const figure = z.object({ value: count, before: count });

export const dashboardFigures = endpoint({
  method: 'GET',
  path: '/api/v1/dashboard/figures',
  summary: 'The four figures of the range, and of the time before it',
  tag: 'overview',
  access: 'session',
  query: rangeQuery,
  output: z.object({
    ...range,
    bans: figure,
    /** Failed attempts that led to these bans. */
    failures: figure,
    /** Different addresses banned. */
    addresses: figure,
    /** Bans of addresses that had been banned before. */
    again: figure,
    unbans: figure,
    origins: z.object({ own: count, manual: count, blocklist: count }),
  }),
  status: 200,
});

export const dashboardBans = endpoint({
  method: 'GET',
  path: '/api/v1/dashboard/bans',
  summary: 'Newest bans of the range',
  tag: 'overview',
  access: 'session',
  query: rangeQuery.extend({
    page_size: z.coerce.number().int().min(1).max(500).default(50),
    cursor: z.string().max(200).optional(),
  }),
  output: z.object({
    items: z.array(
      z.object({
        id: z.string(),
        ip: z.string(),
        jail: z.string(),
        at: z.iso.datetime(),
        duration_seconds: z.number().int().nullable(),
        ban_count: count,
        origin: z.enum(['own', 'manual', 'blocklist']),
        country: z.string(),
        asn: z.number().int().nullable(),
        as_name: z.string().nullable(),
      }),
    ),
    next_cursor: z.string().nullable(),
  }),
  status: 200,
});

const ranked = z.object({
  ...range,
  items: z.array(
    z.object({
      /** Jail, country (code, `private`, `reserved`, `unknown`) or number of the network (`0` = unknown). */
      key: z.string(),
      /** Name of a network; null otherwise, and where it is not known. */
      name: z.string().nullable(),
      bans: count,
      addresses: count,
      /** Bans in the equally long time before. */
      before: count,
    }),
  ),
  /** Bans in all, over every key. */
  total: count,
  /** How many keys there are; `items` holds the largest of them. */
  keys: count,
});

const rankedQuery = rangeQuery.extend({ limit: z.coerce.number().int().min(1).max(500).default(100) });

export const bansByCountry = endpoint({
  method: 'GET',
  path: '/api/v1/dashboard/bans/by-country',
  summary: 'Bans of the range by country, the most first',
  tag: 'overview',
  access: 'session',
  query: rankedQuery,
  output: ranked,
  status: 200,
});

export const bansByJail = endpoint({
  method: 'GET',
  path: '/api/v1/dashboard/bans/by-jail',
  summary: 'Bans of the range by jail, the most first',
  tag: 'overview',
  access: 'session',
  query: rankedQuery,
  output: ranked,
  status: 200,
});

export const bansByNetwork = endpoint({
  method: 'GET',
  path: '/api/v1/dashboard/bans/by-network',
  summary: 'Bans of the range by network (autonomous system), the most first',
  tag: 'overview',
  access: 'session',
  query: rankedQuery,
  output: ranked,
  status: 200,
});

export const bansTrend = endpoint({
  method: 'GET',
  path: '/api/v1/dashboard/bans/trend',
  summary: 'Bans over time, zero-filled, by origin, with the time before beside it',
  tag: 'overview',
  access: 'session',
  query: rangeQuery,
  output: z.object({
    ...range,
    bucket_seconds: count,
    points: z.array(
      z.object({
        at: z.iso.datetime(),
        bans: count,
        own: count,
        manual: count,
        blocklist: count,
        /** Bans in the bucket that lies the length of the range earlier. */
        before: count,
      }),
    ),
    /** The highest bucket, and the jail with the most bans in it; null when there is no ban. */
    peak: z.object({ at: z.iso.datetime(), bans: count, jail: z.string(), of_jail: count }).nullable(),
  }),
  status: 200,
});

export const bansHeat = endpoint({
  method: 'GET',
  path: '/api/v1/dashboard/bans/heat',
  summary: "Bans by weekday and hour, in the operator's time zone",
  tag: 'overview',
  access: 'session',
  query: rangeQuery,
  output: z.object({
    ...range,
    timezone: z.string(),
    /** 7 rows, Monday first, of 24 hours. */
    bans: z.array(z.array(count).length(24)).length(7),
  }),
  status: 200,
});
