/** One address: where it is banned, where it is from, what it did, and why it was banned. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';

const host = z.literal('local').default('local');
const instant = z.iso.datetime();
const count = z.number().int();

export const lookup = endpoint({
  method: 'GET',
  path: '/api/v1/lookup/{ip}',
  summary: 'What is known of an address or network',
  tag: 'address',
  access: 'session',
  params: z.object({ ip: z.string().max(100) }),
  query: z.object({ host }),
  output: z.object({
    ip: z.string(),
    banned_in: z.array(
      z.object({ jail: z.string(), banned_at: instant, expires_at: instant.nullable(), ban_count: count }),
    ),
    /** Two-letter code, or `private`, `reserved`, `unknown`. */
    country: z.string(),
    city: z.string().nullable(),
    asn: count.nullable(),
    as_name: z.string().nullable(),
    /** The range it belongs to, CIDR. */
    range: z.string().nullable(),
    history: z.object({ bans: count, first: instant.nullable(), last: instant.nullable() }),
    /** Names of the lists that hold it or a part of it, of those switched off too. */
    blocklists: z.array(z.string()),
    /** The same with what each list holds; null: a list's file could not be read. */
    blocklist_entries: z
      .array(z.object({ source_id: count, name: z.string(), enabled: z.boolean(), entry: z.string() }))
      .nullable(),
    /** Jails whose ignore list holds it, as far as the daemon answered within a second. */
    ignored_in: z.array(z.string()),
    /** Others of its /24 (IPv6: /64) and of its network in the history. */
    neighbours: z.object({
      prefix: z.string().nullable(),
      /** The most banned ones first, at most 20. */
      items: z.array(z.object({ ip: z.string(), bans: count, last: instant })),
      addresses: count,
      bans: count,
      network: z.object({ addresses: count, bans: count }).nullable(),
    }),
  }),
  status: 200,
});

const valueAndOrigin = z.object({
  value: z.string(),
  /** Where it is written; null when it is fail2ban's default or was set at run time. */
  file: z.string().nullable(),
  line: count.nullable(),
});

export const whyBanned = endpoint({
  method: 'GET',
  path: '/api/v1/history/events/{id}/why',
  summary:
    "Why a ban happened: its log lines, the filter's expression that matched each, the settings, what would have prevented it",
  tag: 'address',
  access: 'session',
  params: z.object({ id: z.string().regex(/^\d{1,16}$/) }),
  query: z.object({ host }),
  output: z.object({
    jail: z.string(),
    at: instant,
    lines: z.array(
      z.object({
        text: z.string(),
        /** When the line was written, as the filter's date pattern reads it; null when it has no date. */
        at: instant.nullable(),
        /** Where the address (or what fail2ban took for it) stands in the text: start, end; null when not found. */
        address: z.tuple([count, count]).nullable(),
        /** Which of `expressions` matched it; null when none does (any more). */
        expression: count.nullable(),
      }),
    ),
    expressions: z.array(
      // Only those that matched a line, in the filter's order; `regex` as written in the file, when that was found.
      z.object({ regex: z.string(), file: z.string().nullable(), line: count.nullable(), lines: count }),
    ),
    /** In force when it happened, or now when that was not recorded. */
    settings: z.object({
      recorded_at: instant.nullable(),
      maxretry: valueAndOrigin.nullable(),
      findtime: valueAndOrigin.nullable(),
      bantime: valueAndOrigin.nullable(),
      filter: valueAndOrigin.nullable(),
    }),
    /** From the first to the last line, seconds; null when the lines have no dates. */
    within_seconds: count.nullable(),
    /** How the duration came about, in words. */
    duration: z.string(),
    /** What would have prevented it. */
    prevention: z.array(
      z.object({
        kind: z.enum(['ignore', 'maxretry', 'findtime']),
        sentence: z.string(),
        /** What to write where, when it can be done in one act. */
        value: z.string().nullable(),
      }),
    ),
    /** Why lines could not be matched again: the engine is missing, the jail is gone, the ban was made by hand. */
    limit: z.string().nullable(),
  }),
  status: 200,
});

export const repeatOffenders = endpoint({
  method: 'GET',
  path: '/api/v1/history/offenders',
  summary: 'Addresses banned most often',
  tag: 'address',
  access: 'session',
  query: z.object({
    host,
    from: z.iso.datetime({ offset: true }).optional(),
    at_least: z.coerce.number().int().min(2).max(1_000_000).default(2),
    page_size: z.coerce.number().int().min(1).max(500).default(50),
    cursor: z.string().max(200).optional(),
  }),
  output: z.object({
    items: z.array(
      z.object({
        ip: z.string(),
        bans: count,
        first: instant,
        last: instant,
        country: z.string(),
        asn: count.nullable(),
        as_name: z.string().nullable(),
        banned_now: z.boolean(),
      }),
    ),
    next_cursor: z.string().nullable(),
  }),
  status: 200,
});

export const subnetAdvice = endpoint({
  method: 'GET',
  path: '/api/v1/history/subnets',
  summary: 'Ranges that would cover many offenders, with how much else they would cover',
  tag: 'address',
  access: 'session',
  query: z.object({
    host,
    from: z.iso.datetime({ offset: true }).optional(),
    /** Fewest different addresses inside a range. */
    at_least: z.coerce.number().int().min(2).max(100_000).default(3),
    limit: z.coerce.number().int().min(1).max(100).default(25),
  }),
  output: z.object({
    items: z.array(
      z.object({
        range: z.string(),
        /** Offenders inside, their bans, and how much it holds in all: addresses, or /64 networks for IPv6. */
        addresses: count,
        bans: count,
        size: z.number(),
        /** Share of the range that offended, 0 to 1. IPv6 is counted in /64 networks, of which one holder has all. */
        coverage: z.number(),
        /** Of the offender that was banned most. */
        country: z.string(),
        asn: count.nullable(),
        as_name: z.string().nullable(),
        last: instant,
        /** Why one had better not: it holds an ignored, own or special address. */
        warning: z.string().nullable(),
        banned_now: z.boolean(),
      }),
    ),
  }),
  status: 200,
});
