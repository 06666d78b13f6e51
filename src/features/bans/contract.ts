/** What is banned now: list, ban, unban. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';
import { storable } from '../../base/storable.ts';

const hostQuery = z.literal('local').default('local');

export const activeBan = z.object({
  ip: z.string(),
  jail: z.string(),
  banned_at: z.iso.datetime(),
  /** Null = permanent. */
  expires_at: z.iso.datetime().nullable(),
  ban_count: z.number().int(),
  origin: z.enum(['own', 'manual', 'blocklist']),
  /** Two-letter code, or `private`, `reserved`, `unknown`. */
  country: z.string(),
  asn: z.number().int().nullable(),
  as_name: z.string().nullable(),
  /** Of a manual ban: why, who, and when BanGUI ends it early. */
  reason: z.string().nullable(),
  banned_by: z.string().nullable(),
  ends_early: z.boolean(),
});
export type ActiveBan = z.output<typeof activeBan>;

export const banSort = z.enum([
  'expires_at',
  '-expires_at',
  'banned_at',
  '-banned_at',
  'ip',
  '-ip',
  'ban_count',
  '-ban_count',
]);

export const listActive = endpoint({
  method: 'GET',
  path: '/api/v1/bans/active',
  summary: 'Banned now, over all jails',
  tag: 'bans',
  access: 'session',
  query: z.object({
    host: hostQuery,
    jail: z.string().max(200).optional(),
    /** The start of an address, a part of it, or a network in CIDR notation. */
    search: z.string().max(100).optional(),
    /** Two-letter code, or `private`, `reserved`, `unknown`; a leading `!` asks for everything but that. */
    country: z.string().max(12).optional(),
    origin: z.enum(['all', 'own', 'manual', 'blocklist']).default('all'),
    sort: banSort.default('-banned_at'),
    page_size: z.coerce.number().int().min(1).max(500).default(50),
    cursor: z.string().max(500).optional(),
  }),
  output: z.object({
    items: z.array(activeBan),
    next_cursor: z.string().nullable(),
    /** Rows that match the filters. */
    total: z.number().int(),
    as_of: z.iso.datetime().nullable(),
  }),
  status: 200,
});

export const ban = endpoint({
  method: 'POST',
  path: '/api/v1/bans',
  summary: 'Ban addresses or networks in one jail; outcomes per address',
  tag: 'bans',
  access: 'session',
  query: z.object({ host: hostQuery }),
  body: z.object({
    ips: z.array(z.string().max(100)).min(1).max(10_000),
    jail: z.string().min(1).max(200),
    /** Whole seconds or a fail2ban time expression (`1d12h`); `-1` = permanent. */
    duration: z.union([z.number(), z.string().max(64)]).optional(),
    reason: storable(z.string().max(500)).optional(),
    /** Goes past the guard against locking yourself out. */
    force: z.boolean().default(false),
  }),
  output: z.object({
    results: z.array(
      z.object({
        ip: z.string(),
        jail: z.string(),
        outcome: z.enum(['banned', 'already_banned', 'refused', 'failed']),
        detail: z.string().nullable(),
        expires_at: z.iso.datetime().nullable(),
      }),
    ),
  }),
  status: 201,
});

export const unban = endpoint({
  method: 'DELETE',
  path: '/api/v1/bans',
  summary: 'End bans in one jail, or everywhere when no jail is given',
  tag: 'bans',
  access: 'session',
  query: z.object({ host: hostQuery }),
  body: z.object({
    ips: z.array(z.string().max(100)).min(1).max(10_000),
    jail: z.string().min(1).max(200).optional(),
  }),
  output: z.object({ released: z.number().int() }),
  status: 200,
});

export const unbanAll = endpoint({
  method: 'DELETE',
  path: '/api/v1/bans/all',
  summary: 'End every ban of every jail; needs the words `unban all`',
  tag: 'bans',
  access: 'session',
  query: z.object({ host: hostQuery }),
  body: z.object({ confirm: z.literal('unban all') }),
  output: z.object({ released: z.number().int() }),
  status: 200,
});

export const checkBans = endpoint({
  method: 'POST',
  path: '/api/v1/bans/check',
  summary: 'Look at pasted entries line by line before anything is sent',
  tag: 'bans',
  access: 'session',
  query: z.object({ host: hostQuery }),
  body: z.object({
    entries: z.array(z.string().max(200)).min(1).max(10_000),
    jail: z.string().min(1).max(200),
  }),
  output: z.object({
    items: z.array(
      z.object({
        entry: z.string(),
        /** Canonical form; null when it is no address or network. */
        ip: z.string().nullable(),
        verdict: z.enum(['ok', 'guarded', 'invalid', 'duplicate', 'already_banned']),
        detail: z.string().nullable(),
      }),
    ),
    /** The longest duration a ban can be given here, seconds; -1 = permanent. */
    longest_seconds: z.number().int(),
  }),
  status: 200,
});
