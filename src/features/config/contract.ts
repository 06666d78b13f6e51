/** fail2ban's configuration: its files, its jails as forms, effective values, revisions, and how a change went. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';
import { storable } from '../../base/storable.ts';

const hostQuery = z.object({ host: z.literal('local').default('local') });
const kind = z.enum(['jail', 'filter', 'action', 'server']);
const reason = storable(z.string().trim().max(1_000)).optional();

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

export const place = z.object({ file: z.string(), line: z.number().int() });

const effectiveValue = z.object({
  option: z.string(),
  /** As fail2ban reads it, references replaced; null when it cannot be told. */
  value: z.string().nullable(),
  /** As it stands in the deciding file. */
  written: z.string().nullable(),
  /** Where the deciding line is; null: fail2ban's own default. */
  origin: place.nullable(),
  /** What it overrides, the nearest layer first. */
  overrides: z.array(place.extend({ value: z.string() })),
});

export const effective = endpoint({
  method: 'GET',
  path: '/api/v1/config/effective',
  summary: 'Effective values of jails, where each is set and what it overrides',
  tag: 'configuration',
  access: 'session',
  query: hostQuery.extend({
    jail: z.string().min(1).max(200).optional(),
    option: z.string().min(1).max(200).optional(),
  }),
  output: z.object({
    items: z.array(z.object({ jail: z.string(), enabled: z.boolean(), values: z.array(effectiveValue) })),
    findings: z.array(finding),
    next_cursor: z.null(),
    total: z.number().int(),
  }),
  status: 200,
});

const fieldValue = z.object({
  /** As fail2ban reads it, references replaced; null when it cannot be told. */
  value: z.string().nullable(),
  /** As it stands in the deciding file, and as a form has to send it; null: fail2ban's own default. */
  written: z.string().nullable(),
  origin: place.nullable(),
  /** The deciding line is in the file that the form writes: taking it away brings back what it overrides. */
  own: z.boolean(),
});

/** Nothing outside of the allowed folders is looked at: there `exists` is false, and `files` 0. */
const lookedPath = z.object({
  path: z.string(),
  exists: z.boolean(),
  /** How many files fail2ban would follow. */
  files: z.number().int(),
  allowed: z.boolean(),
});

const configuredJail = z.object({
  name: z.string(),
  enabled: z.boolean(),
  /** Runs in the daemon now. */
  active: z.boolean(),
  /** A jail of ours: it is in no shipped file. */
  own: z.boolean(),
  /** The file its form writes: `jail.d/<name>.local`. */
  file: z.string(),
  filter: z.string().nullable(),
  findings: z.array(finding),
});

export const listConfigJails = endpoint({
  method: 'GET',
  path: '/api/v1/config/jails',
  summary: 'Every configured jail, off ones included',
  tag: 'configuration',
  access: 'session',
  query: hostQuery,
  output: z.object({
    items: z.array(configuredJail),
    /** Those that are of no jail, too: files that cannot be read. */
    findings: z.array(finding),
    next_cursor: z.null(),
    total: z.number().int(),
  }),
  status: 200,
});

const jailParams = z.object({ name: z.string().min(1).max(200) });

/** Its `ETag` is of the file that the form writes. */
export const readConfigJail = endpoint({
  method: 'GET',
  path: '/api/v1/config/jails/{name}',
  summary: 'The form view of a jail: every value with where it is set',
  tag: 'configuration',
  access: 'session',
  params: jailParams,
  query: hostQuery,
  output: configuredJail.extend({
    /** By option: `enabled`, `port`, `filter`, `logpath`, `backend`, `maxretry`, `findtime`, `bantime`, `bantime.increment`, … */
    options: z.record(z.string(), fieldValue),
    log_paths: z.array(lookedPath),
    /** Null while there is no such file: the first change needs `If-None-Match: *`. */
    etag: z.string().nullable(),
  }),
  status: 200,
});

/** Null takes our own line of an option away, so that what it overrides counts again. */
const formOptions = z.record(z.string().min(1).max(100), z.string().max(20_000).nullable());

export const writeConfigJail = endpoint({
  method: 'PUT',
  path: '/api/v1/config/jails/{name}',
  summary:
    'Change options of a jail in jail.d/<name>.local; comments and other lines stay. Needs If-Match or If-None-Match: *',
  tag: 'configuration',
  access: 'session',
  params: jailParams,
  query: hostQuery,
  body: z.object({ options: formOptions, reason }),
  output: changeEnd,
  status: 200,
});

export const activateJail = endpoint({
  method: 'POST',
  path: '/api/v1/config/jails/{name}/activate',
  summary: 'Switch a configured jail on, with options set on the way',
  tag: 'configuration',
  access: 'session',
  params: jailParams,
  query: hostQuery,
  body: z.object({ options: formOptions.optional(), reason }).optional(),
  output: changeEnd,
  status: 200,
});

export const deactivateJail = endpoint({
  method: 'POST',
  path: '/api/v1/config/jails/{name}/deactivate',
  summary: 'Switch a jail off; its bans end',
  tag: 'configuration',
  access: 'session',
  params: jailParams,
  query: hostQuery,
  body: z.object({ reason }).optional(),
  output: changeEnd,
  status: 200,
});

/** Answers the lines that `writeConfigJail` would write as well, for a preview. */
export const validateConfigJail = endpoint({
  method: 'POST',
  path: '/api/v1/config/jails/{name}/validate',
  summary: 'Try changed options of a jail on a copy; nothing is written',
  tag: 'configuration',
  access: 'session',
  params: jailParams,
  query: hostQuery,
  body: z.object({ options: formOptions }),
  output: checkFile.output.extend({ content: z.string() }),
  status: 200,
});

const jailOption = z.object({
  name: z.string(),
  type: z.enum([
    'boolean',
    'duration',
    'number',
    'decimal',
    'choice',
    'words',
    'addresses',
    'paths',
    'expressions',
    'text',
  ]),
  sentence: z.string(),
  /** What fail2ban takes when it is written nowhere. */
  default: z.string().nullable(),
  /** Only these, when there are any. */
  choices: z.array(z.string()),
  /** fail2ban runs it as root: needs the password again. */
  runs_code: z.boolean(),
  /** Usually set by the filter. */
  of_filter: z.boolean(),
});

export const listJailOptions = endpoint({
  method: 'GET',
  path: '/api/v1/config/jail-options',
  summary: 'The options of a jail that its form knows',
  tag: 'configuration',
  access: 'session',
  output: z.object({ items: z.array(jailOption), next_cursor: z.null(), total: z.number().int() }),
  status: 200,
});

/** `path` is one line of `logpath`; `*`, `?` and `[…]` as fail2ban expands them. */
export const logPath = endpoint({
  method: 'GET',
  path: '/api/v1/config/log-paths',
  summary: 'Whether a log path leads to files, inside the allowed folders only',
  tag: 'configuration',
  access: 'session',
  query: hostQuery.extend({ path: z.string().min(1).max(1_000) }),
  output: lookedPath.extend({
    /** Of the first files. */
    names: z.array(z.string()),
  }),
  status: 200,
});

const template = z.object({
  /** Of the shipped jail; null: blank. */
  name: z.string().nullable(),
  filter: z.string().nullable(),
  /** Its log, or its unit of the journal, is there. */
  likely: z.boolean(),
  log_paths: z.array(lookedPath),
  units: z.array(z.object({ name: z.string(), exists: z.boolean() })),
  /** To begin the form with, as they are written. */
  options: z.record(z.string(), z.string()),
});

export const listTemplates = endpoint({
  method: 'GET',
  path: '/api/v1/config/templates',
  summary: 'Shipped jails that are off, those whose service is here first, and a blank one',
  tag: 'configuration',
  access: 'session',
  query: hostQuery,
  output: z.object({ items: z.array(template), next_cursor: z.null(), total: z.number().int() }),
  status: 200,
});

const definedOption = effectiveValue.extend({
  section: z.string(),
  /** Of the deciding place. */
  lines: z.array(z.object({ line: z.number().int(), text: z.string() })),
});

export const readDefinition = endpoint({
  method: 'GET',
  path: '/api/v1/config/definitions/{kind}/{name}',
  summary: 'A filter or action with its files merged: options, where each is set, and parameters',
  tag: 'configuration',
  access: 'session',
  /** Without an ending. */
  params: z.object({ kind: z.enum(['filter', 'action']), name: z.string().min(1).max(200) }),
  query: hostQuery,
  output: z.object({
    kind: z.enum(['filter', 'action']),
    name: z.string(),
    /** Below the configuration's folder, in the order in which they are merged. */
    files: z.array(z.string()),
    used_by: z.array(z.string()),
    options: z.array(definedOption),
    /** What a jail may set in brackets, with its default. */
    parameters: z.array(definedOption),
    findings: z.array(finding),
  }),
  status: 200,
});

const revisionHead = z.object({
  id: z.number().int(),
  at: z.iso.datetime(),
  actor: z.string(),
  reason: z.string().nullable(),
  action: z.enum(['write', 'delete', 'form', 'activate', 'deactivate', 'restore', 'server', 'outside']),
  result: z.enum(['pending', 'applied', 'refused', 'put_back', 'undone', 'finished', 'broken']),
  /** The revision that this one brought back. */
  restores: z.number().int().nullable(),
  files: z.array(
    z.object({
      kind,
      name: z.string(),
      path: z.string(),
      added: z.number().int(),
      removed: z.number().int(),
    }),
  ),
});

export const listRevisions = endpoint({
  method: 'GET',
  path: '/api/v1/config/revisions',
  summary: 'Changes of the configuration, the newest first',
  tag: 'configuration',
  access: 'session',
  query: hostQuery.extend({
    path: z.string().max(300).optional(),
    page_size: z.coerce.number().int().min(1).max(500).default(50),
    cursor: z.string().max(100).optional(),
  }),
  output: z.object({ items: z.array(revisionHead), next_cursor: z.string().nullable() }),
  status: 200,
});

export const readRevision = endpoint({
  method: 'GET',
  path: '/api/v1/config/revisions/{id}',
  summary: 'One change: its files before and after, a unified diff, and its steps',
  tag: 'configuration',
  access: 'session',
  params: z.object({ id: z.coerce.number().int().positive() }),
  query: hostQuery,
  output: revisionHead.extend({
    diff: z.string(),
    contents: z.array(
      z.object({ kind, name: z.string(), before: z.string().nullable(), after: z.string().nullable() }),
    ),
    steps: z.array(step),
  }),
  status: 200,
});

/** Brings the files back to what they were after that revision; `before: true` to what they were before it. */
export const restoreRevision = endpoint({
  method: 'POST',
  path: '/api/v1/config/revisions/{id}/restore',
  summary: 'Bring a revision back, by the same steps as any change',
  tag: 'configuration',
  access: 'session',
  params: z.object({ id: z.coerce.number().int().positive() }),
  query: hostQuery,
  body: z.object({ before: z.boolean().default(false), reason }).optional(),
  output: changeEnd,
  status: 200,
});
