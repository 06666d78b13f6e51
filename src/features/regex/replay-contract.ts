/** The what-if replay: a run over lines that were written already, with a jail as it is and as it is tried. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';
import { trial } from './contract.ts';

const query = z.object({ host: z.literal('local').default('local') });
const count = z.number().int();
const instant = z.iso.datetime();
const text = z.string().nullable();
/** As the configuration's endpoints take it. */
const longestFile = 512 * 1024;

export const startReplay = endpoint({
  method: 'POST',
  path: '/api/v1/config/replay',
  summary: 'Run a jail as it is and as it is tried over the same lines; nothing is banned or changed',
  tag: 'laboratory',
  access: 'session',
  query,
  body: z
    .object({
      jail: z.string().min(1).max(200),
      trial: trial.optional(),
      /** In place of a trial: a changed file of the configuration, with which the jail would be read. */
      draft: z
        .object({
          kind: z.enum(['jail', 'filter']),
          name: z.string().min(1).max(255),
          content: z.string().max(longestFile),
        })
        .optional(),
      source: z.union([
        /** What the jail reads: all its logs, or its matches of the journal. */
        z.object({ own: z.literal(true) }),
        /** With the files rotated away from it. */
        z.object({ log_path: z.string().min(1).max(4096) }),
        /** Absent text: what the jail itself reads of the journal. */
        z.object({ journal: z.string().max(1000) }),
        /** The lines of bans that the history holds. */
        z.object({ history: z.literal(true) }),
      ]),
      from: z.iso.datetime({ offset: true }).optional(),
      to: z.iso.datetime({ offset: true }).optional(),
    })
    .refine(
      (body) => body.trial === undefined || body.draft === undefined,
      'Either a trial or a draft, not both',
    ),
  output: z.object({ run_id: z.string() }),
  status: 202,
});

const row = z.object({
  ip: z.string(),
  lines: count,
  bans: count,
  /** First ban: of the trial; for lost ones, the one in force. Null: matches, and would not be banned. */
  banned_at: instant.nullable(),
  /** First ban as it is. */
  before_at: instant.nullable(),
  /** Two-letter code, or `private`, `reserved`, `unknown`. */
  country: z.string(),
  asn: count.nullable(),
  as_name: text,
  /** One of ours: on the jail's ignore list, of this machine, or where somebody is signed in. */
  own: z.enum(['ignored', 'machine', 'session', 'caller']).nullable(),
});
/** At most 2,000 of them, own users first, then by lines. */
const rows = z.object({ total: count, items: z.array(row) });
const both = z.object({ now: count, trial: count });

const result = z.object({
  lines: count,
  from: instant.nullable(),
  to: instant.nullable(),
  /** From when on lines were asked for; null: all. */
  asked_from: instant.nullable(),
  /** The oldest line that has a date; later than `asked_from` when the logs reach less far back. */
  reaches: instant.nullable(),
  matched: both.extend({ new: count, no_more: count }),
  /** Of each expression of the trial, in its order. */
  expressions: z.array(z.object({ regex: z.string(), hits: count, catastrophic: text })),
  bans: both,
  bucket_seconds: count,
  points: z.array(both.extend({ at: instant })),
  added: rows,
  lost: rows,
  earlier: rows.extend({ median_minutes: z.number().nullable() }),
  later: count,
  /** Would match, and stay unbanned because the jail ignores them. */
  ignored: rows,
  /** Of our own users, who would be banned. */
  own: rows,
  network_off: z.boolean(),
  /** What limits the answer, as sentences. */
  notes: z.array(z.string()),
});

export const readReplay = endpoint({
  method: 'GET',
  path: '/api/v1/config/replay/{id}',
  summary: 'How a replay goes, and what it found',
  tag: 'laboratory',
  access: 'session',
  params: z.object({ id: z.string().max(40) }),
  query,
  output: z.object({
    id: z.string(),
    jail: z.string(),
    state: z.enum(['queued', 'running', 'completed', 'failed', 'aborted']),
    started_at: instant.nullable(),
    ended_at: instant.nullable(),
    seconds: z.number(),
    progress: z.object({
      lines: count,
      /** 0 to 1; null when it is not known how much there is. */
      share: z.number().nullable(),
      lines_per_second: count,
      seconds_left: count.nullable(),
    }),
    /** Why it failed or was aborted. */
    error: text,
    result: result.nullable(),
  }),
  status: 200,
});

export const cancelReplay = endpoint({
  method: 'DELETE',
  path: '/api/v1/config/replay/{id}',
  summary: 'Cancel a replay, or forget its result',
  tag: 'laboratory',
  access: 'session',
  params: z.object({ id: z.string().max(40) }),
  query,
  status: 204,
});
