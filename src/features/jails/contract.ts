/** Jails: state, counters and health, what they found, and what can be done to them. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';
import { rangeNames } from '../../base/time-range.ts';

const hostQuery = z.object({ host: z.literal('local').default('local') });
const params = z.object({ name: z.string().min(1).max(200) });
const instant = z.iso.datetime();
const usual = { tag: 'jails', access: 'session', query: hostQuery, status: 200 } as const;
const ofJail = { ...usual, params } as const;

/** Something that keeps a jail from doing its work, or soon will. */
const healthFinding = z.object({
  code: z.string(),
  severity: z.enum(['warn', 'bad']),
  message: z.string(),
  since: instant.nullable(),
});

const health = z.object({
  score: z.enum(['ok', 'warn', 'bad']),
  findings: z.array(healthFinding),
});

export const jail = z.object({
  name: z.string(),
  /** idle: what BanGUI last set; fail2ban does not tell. */
  state: z.enum(['running', 'idle', 'stopped', 'inactive']),
  currently_failed: z.number().int(),
  total_failed: z.number().int(),
  currently_banned: z.number().int(),
  total_banned: z.number().int(),
  /** Seconds; -1 = permanent. These three are null while the jail does not run. */
  ban_seconds: z.number().int().nullable(),
  find_seconds: z.number().int().nullable(),
  max_retry: z.number().int().nullable(),
  increments: z.boolean(),
  files: z.array(z.string()),
  journal_matches: z.array(z.string()),
  /** Who stopped it or let it idle, and when; null when nobody did here. */
  acted: z.object({ by: z.string(), at: instant }).nullable(),
  /** It ran, is switched on, and is gone without anybody having stopped it here. */
  died: z
    .object({
      at: instant,
      /** The last error that fail2ban's log holds about it. */
      log_line: z.string().nullable(),
    })
    .nullable(),
  health,
});

const jailList = z.object({
  items: z.array(jail),
  next_cursor: z.null(),
  total: z.number().int(),
  as_of: instant.nullable(),
});

export const listJails = endpoint({
  ...usual,
  method: 'GET',
  path: '/api/v1/jails',
  summary:
    'The jails that run, and those that were stopped here or died; include=inactive adds those that are off',
  query: hostQuery.extend({ include: z.enum(['inactive']).optional() }),
  output: jailList,
});

/** As it is configured, beside what the daemon runs with. */
const configuredValue = z.object({
  option: z.string(),
  value: z.string(),
  /** Below the configuration's folder. */
  file: z.string(),
  line: z.number().int(),
});

const runtime = z.object({
  expressions: z.array(z.string()),
  ignore_expressions: z.array(z.string()),
  prefix: z.string().nullable(),
  date_pattern: z.string().nullable(),
  max_lines: z.number().int(),
  time_zone: z.string().nullable(),
  ignored: z.number().int(),
  actions: z.array(z.object({ name: z.string(), properties: z.array(z.string()) })),
});

export const readJail = endpoint({
  ...ofJail,
  method: 'GET',
  path: '/api/v1/jails/{name}',
  summary: 'One jail, with what the daemon runs it with and what is configured',
  output: jail.extend({
    /** Null while it does not run. */
    runtime: runtime.nullable(),
    configured: z.array(configuredValue),
    log_paths: z.array(
      z.object({
        path: z.string(),
        /** unseen: BanGUI may not look there; fail2ban may. */
        state: z.enum(['there', 'gone', 'unseen']),
        size: z.number().int().nullable(),
        modified_at: instant.nullable(),
      }),
    ),
  }),
});

export const jailHealth = endpoint({
  ...ofJail,
  method: 'GET',
  path: '/api/v1/jails/{name}/health',
  summary:
    'What keeps the jail from doing its work; measure=true times its expressions on the end of its log',
  query: hostQuery.extend({ measure: z.enum(['true', 'false']).default('false') }),
  output: health.extend({
    /** What cannot be looked up from here. */
    unknown: z.array(z.object({ code: z.string(), message: z.string() })),
    as_of: instant,
    measured: z
      .object({ lines: z.number().int(), ms_per_line: z.number().nullable(), sentence: z.string() })
      .nullable(),
  }),
});

export const startJail = endpoint({
  ...ofJail,
  method: 'POST',
  path: '/api/v1/jails/{name}/start',
  summary: 'Bring a jail back that was stopped or has died',
  output: jail,
});

export const stopJail = endpoint({
  ...ofJail,
  method: 'POST',
  path: '/api/v1/jails/{name}/stop',
  summary: 'Remove a jail from the daemon, which ends its bans',
  output: jail.extend({ bans_ended: z.number().int() }),
});

export const reloadJail = endpoint({
  ...ofJail,
  method: 'POST',
  path: '/api/v1/jails/{name}/reload',
  summary: 'Let a running jail read its configuration again',
  output: jail,
});

export const idleJail = endpoint({
  ...ofJail,
  method: 'POST',
  path: '/api/v1/jails/{name}/idle',
  summary: 'Let a jail idle: it reads nothing and bans nobody new, its bans stay',
  body: z.object({ on: z.boolean() }),
  output: jail,
});

export const reloadJails = endpoint({
  ...usual,
  method: 'POST',
  path: '/api/v1/jails/reload',
  summary: 'Let fail2ban read its whole configuration again; refused when a rehearsal finds errors',
  output: jailList.extend({
    /** Ran before and do not run now, though they are switched on. */
    lost: z.array(z.string()),
  }),
});

export const jailFailures = endpoint({
  ...ofJail,
  method: 'GET',
  path: '/api/v1/jails/{name}/failures',
  summary: 'Failures the jail found over time, zero-filled, as far back as fail2ban’s log tells',
  /** `from` and `to` win over `range`, which ends now. */
  query: hostQuery.extend({
    range: z.enum(rangeNames).default('24h'),
    from: z.iso.datetime({ offset: true }).optional(),
    to: z.iso.datetime({ offset: true }).optional(),
  }),
  output: z.object({
    from: instant,
    to: instant,
    bucket_seconds: z.number().int(),
    points: z.array(
      z.object({
        at: instant,
        /** Null: before what is known. */
        failures: z.number().int().nullable(),
      }),
    ),
    /** From then on every failure is in it. */
    known_from: instant.nullable(),
    /** Why nothing is known. */
    unknown: z.string().nullable(),
  }),
});
