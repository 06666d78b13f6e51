/** What a list would do, before it does it. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';
import { hostQuery, idParams } from './contract.ts';

const count = z.number().int();
const instant = z.iso.datetime();

/**
 * Of the list as it is now. When each of its entries came nobody knows, so what it says of the past is: had the list
 * been then as it is now.
 */
export const simulation = z.object({
  run_id: count,
  at: instant,
  /** After merging, allowed and reserved ones taken out. */
  entries: count,
  v4_addresses: count,
  v6_entries: count,
  /** Of all IPv4 addresses that are globally reachable, percent. */
  share_of_v4: z.number(),
  /** The widest IPv4 entry; the widest of IPv6 only in a list that has no others. */
  largest: z.object({ entry: z.string(), addresses: z.number() }).nullable(),
  /** Entries of which no enabled list holds a part · all or some of which others hold already. */
  only_here: count,
  elsewhere: count,
  /** Addresses that jails of ours ban now and that it holds all of. */
  banned_now: count,
  /** With each of the enabled lists: entries of which that one holds all or a part, and their share of `entries`, 0 to 1. */
  overlaps: z.array(z.object({ source_id: count, name: z.string(), entries: count, share: z.number() })),
  history: z.object({
    days: count,
    /** Addresses and networks that own jails, or operators, banned in these days; bans of blocklists do not count. */
    attackers: count,
    /** Those of them that it holds all of. */
    held: count,
    /**
     * Held ones that were banned again, their bans after the first, and the median time from the first ban to the last:
     * all of that would not have happened. How much earlier the first ban would have been cannot be told.
     */
    came_back: count,
    later_bans: count,
    kept_coming_ms: count.nullable(),
    /** The held ones that were banned most often, at most 20. */
    examples: z.array(
      z.object({ ip: z.string(), bans: count, first: instant, last: instant, country: z.string() }),
    ),
  }),
  /** Entries that meet the allow-list, own, gateway or ignored addresses, at most 100; they would be left out. */
  allowed: z.array(
    z.object({
      entry: z.string(),
      meets: z.string(),
      owner: z.string().nullable(),
      reason: z.string().nullable(),
    }),
  ),
  allowed_total: count,
  /**
   * From where people signed in, as the newest 20 MB of each readable log and the newest lines of journals say
   * (`read`), and those that it would lock out, at most 200; what would be left out anyway is not among them. Of a web
   * server a name with a page that was delivered counts, which a client can make up.
   */
  signed_in: z.object({
    read: z.array(z.string()),
    addresses: count,
    held: z.array(
      z.object({
        ip: z.string(),
        user: z.string().nullable(),
        times: count,
        last: instant.nullable(),
        log: z.string(),
      }),
    ),
  }),
});
export type Simulation = z.output<typeof simulation>;

/** Fetches and reads it when there is no version yet or `fetch` is set; nothing is enforced. Watch the run, then read the simulation. */
export const simulate = endpoint({
  method: 'POST',
  path: '/api/v1/blocklists/{id}/simulate',
  summary: 'Find out what a list would do',
  tag: 'blocklists',
  access: 'session',
  params: idParams,
  query: hostQuery,
  body: z
    .object({ fetch: z.boolean().default(true), days: z.number().int().min(1).max(365).default(30) })
    .default({ fetch: true, days: 30 }),
  output: z.object({ run_id: count }),
  status: 202,
});

/** 404 `not_simulated` when it never was. */
export const readSimulation = endpoint({
  method: 'GET',
  path: '/api/v1/blocklists/{id}/simulation',
  summary: 'The last simulation of a list',
  tag: 'blocklists',
  access: 'session',
  params: idParams,
  query: hostQuery,
  output: simulation,
  status: 200,
});

/** Also part of `GET /lookup/{ip}`. */
export const whichLists = endpoint({
  method: 'GET',
  path: '/api/v1/blocklists/holding/{ip}',
  summary: 'Which lists hold this address or a part of this network',
  tag: 'blocklists',
  access: 'session',
  params: idParams.omit({ id: true }).extend({ ip: z.string().max(100) }),
  query: hostQuery,
  output: z.object({
    items: z.array(z.object({ source_id: count, name: z.string(), enabled: z.boolean(), entry: z.string() })),
    /** Of what a list holds: an entry of the allow-list, or a standing reason, that keeps it or a part of it out of force. */
    allowed: z.string().nullable(),
    /** Whether the kernel's sets hold it now, as far as the files tell. */
    in_force: z.boolean(),
  }),
  status: 200,
});
