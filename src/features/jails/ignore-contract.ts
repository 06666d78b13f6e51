/** Whom jails ignore: one of them, several, or all. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';
import { storable } from '../../base/storable.ts';

const hostQuery = z.object({ host: z.literal('local').default('local') });
const jailName = z.string().min(1).max(200);
const instant = z.iso.datetime();
const usual = { tag: 'jails', access: 'session', query: hostQuery, status: 200 } as const;
const ofJail = { ...usual, params: z.object({ name: jailName }) } as const;

const ignoreItem = z.object({
  entry: z.string(),
  /** bangui: made here, put back after a reload · runtime: set by somebody else, gone with the next reload. */
  source: z.enum(['configuration', 'bangui', 'runtime']),
  actor: z.string().nullable(),
  reason: z.string().nullable(),
  created_at: instant.nullable(),
  expires_at: instant.nullable(),
  /** Somebody in it is banned in this jail all the same: ignoring ends no ban. */
  banned: z.boolean(),
});

const ignoreList = z.object({ items: z.array(ignoreItem), next_cursor: z.null(), total: z.number().int() });

const newEntry = z.object({
  entry: z.string().min(1).max(300),
  reason: storable(z.string().trim().max(500)).optional(),
  /** Either of them, or neither: for good. */
  expires_at: instant.optional(),
  /** Whole seconds or a fail2ban time expression. */
  duration: z.union([z.number(), z.string().max(64)]).optional(),
});

const added = {
  entry: z.string(),
  /** What to know about an entry that was taken; null when there is nothing. */
  warning: z.string().nullable(),
  /** Of the jails that ignore it by this: those that ban somebody in it now. Ignoring ends no ban. */
  banned_in: z.array(z.string()),
};

const ignorePath = '/api/v1/jails/{name}/ignoreip';

export const listIgnored = endpoint({
  ...ofJail,
  method: 'GET',
  path: ignorePath,
  summary: 'Whom the jail ignores, by whom, why and until when',
  output: ignoreList,
});

export const addIgnored = endpoint({
  ...ofJail,
  method: 'POST',
  path: ignorePath,
  summary: 'Let the jail ignore an address, a network or a host name',
  body: newEntry,
  output: ignoreList.extend(added),
});

export const dropIgnored = endpoint({
  ...ofJail,
  method: 'DELETE',
  path: ignorePath,
  summary: 'Take an entry off the ignore list',
  query: hostQuery.extend({ entry: z.string().min(1).max(300) }),
  output: ignoreList.extend({
    /** It comes back with the next reload: it stands in the configuration. */
    comes_back: z.boolean(),
  }),
});

const someJails = z.union([z.literal('all'), z.array(jailName).min(1).max(1000)]);

export const addIgnoredToJails = endpoint({
  ...usual,
  method: 'POST',
  path: '/api/v1/ignoreip',
  summary: 'Let several jails, or all, ignore an address, a network or a host name',
  body: newEntry.extend({ jails: someJails }),
  output: z.object({
    ...added,
    results: z.array(
      z.object({
        jail: z.string(),
        outcome: z.enum(['added', 'changed', 'already_ignored', 'failed']),
        detail: z.string().nullable(),
      }),
    ),
  }),
});

export const listIgnoredInJails = endpoint({
  ...usual,
  method: 'GET',
  path: '/api/v1/ignoreip',
  summary: 'Entries of ignore lists that were made here, each with the jails it stands in',
  output: z.object({
    items: z.array(
      z.object({
        entry: z.string(),
        jails: z.array(z.string()),
        /** Every jail that runs now is among them. */
        everywhere: z.boolean(),
        actor: z.string(),
        reason: z.string().nullable(),
        created_at: instant,
        expires_at: instant.nullable(),
        /** Of these jails: those that ban somebody in it all the same. */
        banned_in: z.array(z.string()),
      }),
    ),
    next_cursor: z.null(),
    total: z.number().int(),
    /** Jails that run now. */
    running: z.number().int(),
  }),
});

export const dropIgnoredInJails = endpoint({
  ...usual,
  method: 'DELETE',
  path: '/api/v1/ignoreip',
  summary: 'Take an entry that was made here off the ignore lists of several jails, or of all',
  body: z.object({ entry: z.string().min(1).max(300), jails: someJails }),
  output: z.object({
    entry: z.string(),
    results: z.array(
      z.object({
        jail: z.string(),
        /** forgotten: the jail does not run, it will not be put back when it does. */
        outcome: z.enum(['dropped', 'forgotten', 'failed']),
        detail: z.string().nullable(),
      }),
    ),
    /** Jails in which it comes back with the next reload: it stands in their configuration. */
    comes_back: z.array(z.string()),
  }),
});
