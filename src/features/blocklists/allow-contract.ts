/** What no list may block, whatever it says; and own bans served to other machines. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';
import { storable } from '../../base/storable.ts';
import { hostQuery, idParams } from './contract.ts';

const count = z.number().int();
const instant = z.iso.datetime();
const reason = storable(z.string().trim().max(500));

export const allowed = z.object({
  id: count,
  /** An address, a network, or a host name. */
  entry: z.string(),
  kind: z.enum(['address', 'network', 'name']),
  /** Who let it through. */
  owner: z.string(),
  reason: z.string().nullable(),
  created_at: instant,
  expires_at: instant.nullable(),
  /** Of a name: its addresses as of `resolved_at`. */
  addresses: z.array(z.string()),
  resolved_at: instant.nullable(),
  /** Why it could not be resolved the last time; the addresses before stay allowed. */
  trouble: z.string().nullable(),
  /** Names of lists whose newest version holds it, or a part of it. */
  in_lists: z.array(z.string()),
});
export type Allowed = z.output<typeof allowed>;

export const listAllowed = endpoint({
  method: 'GET',
  path: '/api/v1/blocklists/allowed',
  summary: 'The allow-list, and what is left out by itself',
  tag: 'blocklists',
  access: 'session',
  query: hostQuery,
  output: z.object({
    items: z.array(allowed),
    next_cursor: z.null(),
    total: count,
    /** Never blocked without an entry: own addresses, gateways, name servers, ignored addresses, signed-in operators. */
    standing: z.array(
      z.object({
        entry: z.string(),
        why: z.enum(['own', 'gateway', 'resolver', 'ignored', 'signed_in']),
        detail: z.string(),
      }),
    ),
  }),
  status: 200,
});

export const addAllowed = endpoint({
  method: 'POST',
  path: '/api/v1/blocklists/allowed',
  summary: 'Let an address, a network or a host name through',
  tag: 'blocklists',
  access: 'session',
  query: hostQuery,
  body: z.object({
    entry: storable(z.string().trim().min(1).max(253)),
    reason: reason.nullable().default(null),
    expires_at: z.iso.datetime({ offset: true }).nullable().default(null),
  }),
  output: allowed,
  status: 201,
});

export const updateAllowed = endpoint({
  method: 'PUT',
  path: '/api/v1/blocklists/allowed/{id}',
  summary: 'Change reason or expiry',
  tag: 'blocklists',
  access: 'session',
  params: idParams,
  query: hostQuery,
  body: z.object({
    reason: reason.nullable().optional(),
    expires_at: z.iso.datetime({ offset: true }).nullable().optional(),
  }),
  output: allowed,
  status: 200,
});

export const removeAllowed = endpoint({
  method: 'DELETE',
  path: '/api/v1/blocklists/allowed/{id}',
  summary: 'Take an entry off the allow-list',
  tag: 'blocklists',
  access: 'session',
  params: idParams,
  query: hostQuery,
  status: 204,
});

const feedToken = z.object({
  id: count,
  name: z.string(),
  owner: z.string(),
  created_at: instant,
  used_at: instant.nullable(),
});

export const listFeedTokens = endpoint({
  method: 'GET',
  path: '/api/v1/blocklists/feed/tokens',
  summary: 'Machines that may read the feed of own bans',
  tag: 'blocklists',
  access: 'session',
  query: hostQuery,
  output: z.object({ items: z.array(feedToken), next_cursor: z.null(), total: count }),
  status: 200,
});

export const addFeedToken = endpoint({
  method: 'POST',
  path: '/api/v1/blocklists/feed/tokens',
  summary: 'Make a token; it is shown this once',
  tag: 'blocklists',
  access: 'session',
  query: hostQuery,
  body: z.object({ name: storable(z.string().trim().min(1).max(100)) }),
  output: feedToken.extend({ token: z.string() }),
  status: 201,
});

export const removeFeedToken = endpoint({
  method: 'DELETE',
  path: '/api/v1/blocklists/feed/tokens/{id}',
  summary: 'Revoke a token',
  tag: 'blocklists',
  access: 'session',
  params: idParams,
  query: hostQuery,
  status: 204,
});

/** Text, one address a line, of bans own jails hold now. `Authorization: Bearer` or `?token=`; `ETag`, 304. 401 without a known token. */
export const readFeed = endpoint({
  method: 'GET',
  path: '/api/v1/feed/bans.txt',
  summary: 'Addresses own jails ban now, for other machines',
  tag: 'blocklists',
  access: 'anyone',
  query: hostQuery.extend({
    token: z.string().max(200).optional(),
    jail: storable(z.string().max(200)).optional(),
    family: z.enum(['4', '6']).optional(),
  }),
  status: 200,
});
