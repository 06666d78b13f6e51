/** fail2ban's configuration: its files, and how a change of them went. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';
import { storable } from '../../base/storable.ts';

export const hostQuery = z.object({ host: z.literal('local').default('local') });
export const kind = z.enum(['jail', 'filter', 'action', 'server']);
export const reason = storable(z.string().trim().max(1_000)).optional();

export const finding = z.object({
  severity: z.enum(['error', 'warning']),
  code: z.string(),
  message: z.string(),
  jail: z.string().nullable(),
  option: z.string().nullable(),
  /** Below the configuration's folder. */
  file: z.string().nullable(),
  line: z.number().int().nullable(),
  suggestion: z.string().nullable(),
});

export const step = z.object({
  name: z.enum(['compare', 'read', 'rehearse', 'write', 'reload', 'look', 'put_back']),
  outcome: z.enum(['running', 'done', 'failed', 'not_reached']),
  ms: z.number().nullable(),
  detail: z.string(),
});

/** Also part of the problem that answers a change which was not applied: 412 stale, 422 refused, 502 put back or broken. */
export const changeEnd = z.object({
  result: z.enum(['applied', 'unchanged', 'stale', 'refused', 'put_back', 'broken']),
  /** Null when nothing was tried. */
  revision: z.number().int().nullable(),
  steps: z.array(step),
  findings: z.array(finding),
  /** Jails that were started, reloaded or stopped. */
  jails: z.array(z.string()),
  /** Of the file afterwards, for the next change; null when it is gone. */
  etag: z.string().nullable(),
});

const fileHead = z.object({
  kind,
  /** With its ending, `sshd.local`. */
  name: z.string(),
  /** Below the configuration's folder. */
  path: z.string(),
  /** conf: shipped, never written · local: ours. */
  layer: z.enum(['conf', 'local']),
  writable: z.boolean(),
  size: z.number().int(),
  modified_at: z.iso.datetime(),
  /** Jails, active ones first, that use this filter or action, or that this file sets something of. */
  used_by: z.array(z.string()),
  /** The other layer of the same name, when there is one. */
  twin: z.string().nullable(),
});

export const listFiles = endpoint({
  method: 'GET',
  path: '/api/v1/config/files',
  summary: 'Files of the configuration',
  tag: 'configuration',
  access: 'session',
  query: hostQuery.extend({ kind: kind.optional() }),
  output: z.object({
    items: z.array(fileHead),
    next_cursor: z.null(),
    total: z.number().int(),
    /** Why nothing may be written; null when it may. */
    read_only: z.string().nullable(),
  }),
  status: 200,
});

const fileParams = z.object({ kind, name: z.string().min(1).max(255) });

/** Its `ETag` is what a change has to send as `If-Match`. */
export const readFile = endpoint({
  method: 'GET',
  path: '/api/v1/config/files/{kind}/{name}',
  summary: 'One file of the configuration, with its ETag',
  tag: 'configuration',
  access: 'session',
  params: fileParams,
  query: hostQuery,
  output: fileHead.extend({
    content: z.string(),
    etag: z.string(),
    /** What it is written in; only UTF-8 can be written back. */
    encoding: z.enum(['utf-8', 'latin-1']),
    /** What stands in it and is wrong, without trying it. */
    findings: z.array(finding),
  }),
  status: 200,
});

const longestFile = 512 * 1024;

export const writeFile = endpoint({
  method: 'PUT',
  path: '/api/v1/config/files/{kind}/{name}',
  summary:
    'Change a file: compared, tried on a copy, written, reloaded, looked at, or put back. Needs If-Match or If-None-Match: *',
  tag: 'configuration',
  access: 'session',
  params: fileParams,
  query: hostQuery,
  body: z.object({ content: z.string().max(longestFile), reason }),
  output: changeEnd,
  status: 200,
});

export const deleteFile = endpoint({
  method: 'DELETE',
  path: '/api/v1/config/files/{kind}/{name}',
  summary: 'Delete a file of ours, in the same way. Needs If-Match',
  tag: 'configuration',
  access: 'session',
  params: fileParams,
  query: hostQuery,
  body: z.object({ reason }).optional(),
  output: changeEnd,
  status: 200,
});

/** Answers what `writeFile` would find, and writes nothing. */
export const checkFile = endpoint({
  method: 'POST',
  path: '/api/v1/config/files/{kind}/{name}/validate',
  summary: 'Try a changed file on a copy; nothing is written',
  tag: 'configuration',
  access: 'session',
  params: fileParams,
  query: hostQuery,
  body: z.object({ content: z.string().max(longestFile).nullable() }),
  output: z.object({
    ok: z.boolean(),
    ms: z.number(),
    findings: z.array(finding),
    /** Jails that would be started, reloaded or stopped. */
    starts: z.array(z.string()),
    reloads: z.array(z.string()),
    stops: z.array(z.string()),
    /** Options in it that run code as root and are not the same in the file now. */
    commands: z.array(z.object({ line: z.number().int(), section: z.string(), option: z.string() })),
  }),
  status: 200,
});
