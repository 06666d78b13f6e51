/** Jails of the configuration as forms. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';
import { changeEnd, checkFile, finding, hostQuery, reason } from './contract.ts';
import { place } from './effective-contract.ts';

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
