/** fail2ban itself: its settings, its log, flush, reload and restart. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';

const hostQuery = z.object({ host: z.literal('local').default('local') });
const shared = { tag: 'server', access: 'session', query: hostQuery } as const;

const settings = z.object({
  /** What fail2ban holds now; null when it is not known, or it keeps no database. */
  log_level: z.string().nullable(),
  log_target: z.string().nullable(),
  /** Seconds. */
  db_purge_age: z.number().int().nullable(),
  /** Lines kept with each ban. */
  db_max_matches: z.number().int().nullable(),
});
const name = z.enum(['log_level', 'log_target', 'db_purge_age', 'db_max_matches']);

/** As fail2ban would hold it; a time in seconds. */
const configured = z.object({ value: z.string(), file: z.string(), line: z.number().int() });

const settingsAnswer = settings.extend({
  /** What the configuration says, which counts from the next start on; null when it says nothing. */
  configured: z.record(name, configured.nullable()),
  /** Settings whose running value is not the configured one. */
  differs: z.array(name),
  /** What is lost by a setting, as sentences. */
  warnings: z.array(z.string()),
  log_levels: z.array(z.string()),
  log_target_words: z.array(z.string()),
  /** Folders that log files may lie in. */
  log_folders: z.array(z.string()),
});

export const readSettings = endpoint({
  method: 'GET',
  path: '/api/v1/server/settings',
  summary: 'The settings of fail2ban itself: running, and as configured',
  ...shared,
  output: settingsAnswer,
  status: 200,
});

export const writeSettings = endpoint({
  method: 'PUT',
  path: '/api/v1/server/settings',
  summary: 'Change settings of fail2ban itself: at once, and in fail2ban.local for its next start',
  ...shared,
  body: z.object({
    log_level: z.string().trim().max(20).optional(),
    /** A word fail2ban knows, or an absolute path. */
    log_target: z.string().max(500).optional(),
    /** Seconds or a time expression, 1 h to 10 years. */
    db_purge_age: z.union([z.number(), z.string().max(60)]).optional(),
    db_max_matches: z.number().int().min(0).max(10_000).optional(),
  }),
  output: settingsAnswer.extend({
    /** Whether it stands in the configuration as well. */
    kept: z.boolean(),
    /** Why not, or how; a sentence. */
    detail: z.string(),
    revision: z.number().int().nullable(),
  }),
  status: 200,
});

export const logEntry = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  level: z.string(),
  logger: z.string(),
  pid: z.number().int(),
  jail: z.string().nullable(),
  address: z.string().nullable(),
  message: z.string(),
  /** Lines that continue it: tracebacks, commands of several lines. */
  more: z.array(z.string()),
});

const logFilter = {
  /** Part of an entry, in any case. */
  filter: z.string().max(200).default(''),
  /** The least severity. */
  level: z.enum(['DEBUG', 'INFO', 'NOTICE', 'WARNING', 'ERROR', 'CRITICAL']).optional(),
  jail: z.string().max(200).optional(),
};

/** Why there is nothing to read, and what to do; null when there is. */
const unreadable = z.object({ reason: z.string(), remedy: z.string() }).nullable();

export const readServerLog = endpoint({
  method: 'GET',
  path: '/api/v1/server/log',
  summary: 'Entries of fail2ban’s log, the newest first',
  ...shared,
  query: hostQuery.extend({
    lines: z.coerce.number().int().min(1).max(5_000).default(200),
    ...logFilter,
    /** `next_cursor` of the page before. */
    before: z.string().max(100).optional(),
    /** Goes on into rotated files. */
    rotated: z.enum(['true', 'false']).default('false'),
  }),
  output: z.object({
    items: z.array(logEntry),
    /** A page may be empty and have more behind it: so much is looked through at a time. */
    next_cursor: z.string().nullable(),
    target: z.string().nullable(),
    unreadable,
    rotated_files: z.number().int(),
    skipped: z.array(z.object({ file: z.string(), reason: z.string() })),
  }),
  status: 200,
});

/** `log`: `{items, left, skipped_bytes}`, the oldest first; `state`: `{unreadable}`; `beat`. */
export const followServerLog = endpoint({
  method: 'GET',
  path: '/api/v1/server/log/live',
  summary: 'Entries of fail2ban’s log as they are written (text/event-stream)',
  ...shared,
  query: hostQuery.extend(logFilter),
  status: 200,
});

export const readServerHealth = endpoint({
  method: 'GET',
  path: '/api/v1/server/health',
  summary: 'How fail2ban does: its socket, the last hour of its log, its database',
  ...shared,
  output: z.object({
    socket: z.object({
      state: z.enum(['online', 'unreachable', 'unresponsive', 'refused', 'garbled']),
      reason: z.string().nullable(),
      remedy: z.string().nullable(),
      since: z.iso.datetime(),
    }),
    version: z.string().nullable(),
    up_since: z.iso.datetime().nullable(),
    log: z.object({
      target: z.string().nullable(),
      unreadable,
      /** What the figures cover, to now; null when it cannot be read. */
      from: z.iso.datetime().nullable(),
      levels: z.record(z.string(), z.number().int()),
      /** Warnings and worse, like with like. */
      troubles: z.array(
        z.object({
          level: z.string(),
          logger: z.string(),
          message: z.string(),
          count: z.number().int(),
          last_at: z.iso.datetime(),
        }),
      ),
    }),
    database: z.object({
      file: z.string().nullable(),
      /** Why it cannot be read. */
      reason: z.string().nullable(),
      bytes: z.number().nullable(),
      oldest_ban_at: z.iso.datetime().nullable(),
      purge_seconds: z.number().int().nullable(),
      /** By fail2ban's rhythm, each hour from its start; null in its first hour. */
      last_purge_at: z.iso.datetime().nullable(),
    }),
  }),
  status: 200,
});

export const flushLogs = endpoint({
  method: 'POST',
  path: '/api/v1/server/flush-logs',
  summary: 'fail2ban opens its log file anew, as after a rotation',
  ...shared,
  output: z.object({ flushed: z.literal(true) }),
  status: 200,
});

export const reloadServer = endpoint({
  method: 'POST',
  path: '/api/v1/server/reload',
  summary: 'The same as POST /api/v1/jails/reload, told of the whole server',
  ...shared,
  output: z.object({
    /** False: nothing was there to try the configuration beforehand. */
    rehearsed: z.boolean(),
    /** Jails that ran before and do not now, though they are switched on. */
    missing: z.array(z.string()),
    jails: z.number().int(),
  }),
  status: 200,
});

const restartStep = z.object({
  name: z.enum(['stop', 'gone', 'start', 'jails', 'bans']),
  outcome: z.enum(['waiting', 'running', 'done', 'failed', 'not_reached']),
  ms: z.number().int().nullable(),
  detail: z.string(),
});
const backOf = z.object({ back: z.number().int(), of: z.number().int() });

export const startRestart = endpoint({
  method: 'POST',
  path: '/api/v1/server/restart',
  summary: 'Stop fail2ban and see to it that it is back; refused when a rehearsal finds errors',
  ...shared,
  output: z.object({ run_id: z.number().int() }),
  status: 202,
});

export const readRestart = endpoint({
  method: 'GET',
  path: '/api/v1/server/restart',
  summary: 'The restart under way or the last one since BanGUI started, and what another would take',
  ...shared,
  output: z.object({
    state: z.enum(['never', 'running', 'done', 'failed']),
    run_id: z.number().int().nullable(),
    started_at: z.iso.datetime().nullable(),
    ended_at: z.iso.datetime().nullable(),
    actor: z.string().nullable(),
    steps: z.array(restartStep),
    jails: backOf,
    bans: backOf,
    /** Jails that ran before and do not now, with the line of the log that says why, when one does. */
    missing: z.array(z.object({ jail: z.string(), line: z.string().nullable() })),
    forecast: z.object({
      jails: z.number().int(),
      bans: z.number().int(),
      /** How long its bans take to be back when each runs a firewall program. */
      seconds: z.number().int(),
      /** Runs when nothing else starts fail2ban. */
      command: z.string(),
    }),
  }),
  status: 200,
});
