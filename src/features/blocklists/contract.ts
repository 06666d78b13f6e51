/** External blocklists: their sources. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';
import { storable } from '../../base/storable.ts';
import { blocklistRun, refusalKinds } from './run-contract.ts';

export const hostQuery = z.object({ host: z.literal('local').default('local') });
export const idParams = z.object({ id: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) });
const count = z.number().int();
const instant = z.iso.datetime();

/** How a list's text is read. Gzip is recognised by its first bytes, whatever the format. */
export const listFormat = z.discriminatedUnion('kind', [
  /** Decided from the first lines: lines, CSV or JSON. */
  z.object({ kind: z.literal('auto') }),
  /** An entry at the start of each line: address, network or range `a-b`; `#` and `;` begin comments, what follows is ignored. */
  z.object({ kind: z.literal('lines') }),
  /** Column by its heading, or by its number from 1. */
  z.object({
    kind: z.literal('csv'),
    column: z.union([z.number().int().min(1).max(1_000), storable(z.string().trim().min(1).max(100))]),
  }),
  /** An array of texts, or of objects (or one object a line) of which this member holds the entry. */
  z.object({ kind: z.literal('json'), member: storable(z.string().trim().min(1).max(100)).nullable() }),
]);
export type ListFormat = z.output<typeof listFormat>;

const name = storable(z.string().trim().min(1).max(100));
const url = storable(z.string().trim().max(2_000));
/** `hourly` · `daily HH:MM` · `weekly mon HH:MM` · five fields of cron; in the operator's time zone. Null: by hand only. */
const schedule = storable(z.string().trim().max(100)).nullable();

export const source = z.object({
  id: count,
  name: z.string(),
  /** Null: an uploaded file. */
  url: z.string().nullable(),
  format: listFormat,
  enabled: z.boolean(),
  schedule: z.string().nullable(),
  next_run_at: instant.nullable(),
  created_at: instant,
  /** Null: never read. */
  entries: count.nullable(),
  entries_at: instant.nullable(),
  /** The newest of any state. */
  last_run: blocklistRun.nullable(),
  /** A new version waits for a person: it shrank, grew, or became something else. */
  held: z.object({ run_id: count, reason: z.string(), before: count, after: count }).nullable(),
  /** Addresses that jails of ours banned in the last 24 hours and that this list holds; null: not known yet. */
  hits: count.nullable(),
  /** Entries of the newest version that meet the allow-list; they are never enforced. */
  meets_allowed: count,
  /** When it was last simulated. */
  simulated_at: instant.nullable(),
});
export type Source = z.output<typeof source>;

export const listSources = endpoint({
  method: 'GET',
  path: '/api/v1/blocklists',
  summary: 'Sources of blocklists',
  tag: 'blocklists',
  access: 'session',
  query: hostQuery,
  output: z.object({
    items: z.array(source),
    next_cursor: z.null(),
    total: count,
    /** Addresses of all enabled lists together, overlaps counted once; IPv6 networks apart. */
    in_force: z.object({ v4_addresses: count, v4_entries: count, v6_entries: count }),
    /** Packets that the rules dropped since the sets were loaded; null: not known. */
    dropped_packets: count.nullable(),
    dropped_since: instant.nullable(),
  }),
  status: 200,
});

export const createSource = endpoint({
  method: 'POST',
  path: '/api/v1/blocklists',
  summary: 'Add a source; nothing is fetched until it runs',
  tag: 'blocklists',
  access: 'session',
  query: hostQuery,
  body: z.object({
    name,
    /** Null or left out: a file will be uploaded. */
    url: url.nullable().default(null),
    enabled: z.boolean().default(false),
    schedule: schedule.default(null),
    format: listFormat.default({ kind: 'auto' }),
  }),
  output: source,
  status: 201,
});

export const readSource = endpoint({
  method: 'GET',
  path: '/api/v1/blocklists/{id}',
  summary: 'One source',
  tag: 'blocklists',
  access: 'session',
  params: idParams,
  query: hostQuery,
  output: source,
  status: 200,
});

/** What is left out stays. Switching off takes its entries out of force. */
export const updateSource = endpoint({
  method: 'PUT',
  path: '/api/v1/blocklists/{id}',
  summary: 'Change a source, switch it on or off',
  tag: 'blocklists',
  access: 'session',
  params: idParams,
  query: hostQuery,
  body: z.object({
    name: name.optional(),
    url: url.nullable().optional(),
    enabled: z.boolean().optional(),
    schedule: schedule.optional(),
    format: listFormat.optional(),
  }),
  output: source,
  status: 200,
});

export const deleteSource = endpoint({
  method: 'DELETE',
  path: '/api/v1/blocklists/{id}',
  summary: 'Delete a source; its entries leave force, its runs stay',
  tag: 'blocklists',
  access: 'session',
  params: idParams,
  query: hostQuery,
  status: 204,
});

/** The version in force stays, and the one that waits is forgotten. 409 `nothing_held` when none waits. */
export const keepSource = endpoint({
  method: 'POST',
  path: '/api/v1/blocklists/{id}/keep',
  summary: 'Keep the version in force instead of the one that was held',
  tag: 'blocklists',
  access: 'session',
  params: idParams,
  query: hostQuery,
  output: source,
  status: 200,
});

/** The file is the body, `application/octet-stream`; it replaces the one before. A run reads it. */
export const uploadList = endpoint({
  method: 'PUT',
  path: '/api/v1/blocklists/{id}/file',
  summary: 'Upload the file of a source without URL',
  tag: 'blocklists',
  access: 'session',
  params: idParams,
  query: hostQuery,
  bytes: true,
  output: z.object({ bytes: count, run_id: count.nullable() }),
  status: 202,
});

/** Of the last version read; when there is none, the first 64 KiB are fetched and read. Nothing is stored. */
export const previewSource = endpoint({
  method: 'GET',
  path: '/api/v1/blocklists/{id}/preview',
  summary: 'First entries of a list, and how its text was understood',
  tag: 'blocklists',
  access: 'session',
  params: idParams,
  query: hostQuery,
  output: z.object({
    format: listFormat,
    /** As the list has them, at most 50. */
    lines: z.array(
      z.object({ text: z.string(), entry: z.string().nullable(), refusal: z.enum(refusalKinds).nullable() }),
    ),
    /** Null: only its beginning was read. */
    entries: count.nullable(),
    /** Headings of a CSV list, members of JSON objects: what else could hold the entries. */
    columns: z.array(z.string()),
    content_type: z.string().nullable(),
    bytes: count.nullable(),
    fetched: z.boolean(),
  }),
  status: 200,
});

export const readCatalogue = endpoint({
  method: 'GET',
  path: '/api/v1/blocklists/catalogue',
  summary: 'Well-known lists, none of them enabled',
  tag: 'blocklists',
  access: 'session',
  output: z.object({
    items: z.array(
      z.object({
        name: z.string(),
        url: z.string(),
        /** A sentence on what it holds. */
        about: z.string(),
        licence: z.string(),
        homepage: z.string(),
        /** About so many, when this was written. */
        entries: count,
        families: z.array(z.enum(['IPv4', 'IPv6'])),
        format: listFormat,
        /** No more often than its maker asks for. */
        schedule: z.string(),
      }),
    ),
  }),
  status: 200,
});
