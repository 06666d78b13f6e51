/** The laboratory: expressions tested on lines, and what a change would have done, before anything is changed. */
import { z } from 'zod';
import { endpoint } from '../../base/endpoint.ts';

const host = z.literal('local').default('local');
const query = z.object({ host });
const count = z.number().int();
const instant = z.iso.datetime();
const name = z.string().min(1).max(200);
const text = z.string().nullable();

const longestExpressions = 64 * 1024;
/** One a line, as in a filter; or a list. */
const expressions = z.union([z.string().max(longestExpressions), z.array(z.string().max(20_000)).max(500)]);
const expression = z.string().max(20_000);

const filterText = z.object({
  /** As written, fail2ban's tags unresolved. */
  failregex: z.array(z.string()),
  ignoreregex: z.array(z.string()),
  prefregex: text,
  /** Null: fail2ban's default detectors. */
  datepattern: text,
  maxlines: count,
});

export const sourceKind = z.enum(['log', 'journal', 'history']);

const source = z.object({
  kind: sourceKind,
  /** Path of the log, matches of the journal. */
  name: z.string(),
  /** Bytes of the log, rotated files included; bans whose lines the history holds. */
  size: count.nullable(),
  /** Rotated files beside it. */
  rotated: count,
  /** Why it cannot be used; null when it can. */
  problem: text,
});

export const readLab = endpoint({
  method: 'GET',
  path: '/api/v1/config/lab',
  summary: 'Jails and filters that can be tried',
  tag: 'laboratory',
  access: 'session',
  query,
  output: z.object({
    jails: z.array(z.object({ name: z.string(), enabled: z.boolean(), running: z.boolean() })),
    filters: z.array(z.string()),
    /** There is a program to read the systemd journal with. */
    journal: z.boolean(),
    log_folders: z.array(z.string()),
  }),
  status: 200,
});

export const readLabJail = endpoint({
  method: 'GET',
  path: '/api/v1/config/lab/jails/{name}',
  summary: "A jail's filter and limits in force, and the lines it could be tried on",
  tag: 'laboratory',
  access: 'session',
  params: z.object({ name }),
  query,
  output: z.object({
    name: z.string(),
    running: z.boolean(),
    filter: text,
    text: filterText,
    maxretry: count,
    /** Seconds; -1 = permanent. */
    findtime: count,
    bantime: count,
    ignoreip: z.array(z.string()),
    sources: z.array(source),
  }),
  status: 200,
});

export const readLabFilter = endpoint({
  method: 'GET',
  path: '/api/v1/config/lab/filters/{name}',
  summary: 'A filter as fail2ban reads it, with its includes',
  tag: 'laboratory',
  access: 'session',
  params: z.object({ name }),
  query,
  output: z.object({ name: z.string(), text: filterText }),
  status: 200,
});

export const readSamples = endpoint({
  method: 'GET',
  path: '/api/v1/config/filters/{name}/samples',
  summary: "Sample lines of a filter, out of the tests that ship with fail2ban's package",
  tag: 'laboratory',
  access: 'session',
  params: z.object({ name }),
  query,
  output: z.object({
    items: z.array(
      z.object({
        /** Of the filter, e.g. `{"mode": "aggressive"}`. */
        options: z.record(z.string(), z.string()),
        /** With them, the filter reads so. */
        text: filterText.nullable(),
        lines: z.array(z.object({ text: z.string(), match: z.boolean(), host: text, description: text })),
      }),
    ),
    next_cursor: z.null(),
    total: count,
  }),
  status: 200,
});

const place = z.tuple([count, count]);
const tried = z.object({
  regex: z.string(),
  /** Why fail2ban refuses it; null when it takes it. */
  problem: text,
  /** A sentence when it took so long on a line that it was left out from there on. */
  catastrophic: text,
  /** Lines it matched. */
  hits: count,
  /** Of one try, ms; null when it was never tried. */
  mean_ms: z.number().nullable(),
});

export const testRegex = endpoint({
  method: 'POST',
  path: '/api/v1/config/regex-test',
  summary:
    "Try expressions on lines with fail2ban's own engine: pasted ones, the tail of an allowed log, or of the journal",
  tag: 'laboratory',
  access: 'session',
  query,
  // 4 MB of lines, and what JSON puts around them
  bodyLimit: 6 * 1024 * 1024,
  body: z
    .object({
      failregex: expressions,
      ignoreregex: expressions.optional(),
      prefregex: expression.nullish(),
      datepattern: expression.nullish(),
      maxlines: z.number().int().min(1).max(200).optional(),
      /** An existing filter or a jail that gives what is not given here. */
      filter: name.optional(),
      jail: name.optional(),
      lines: z.array(z.string()).max(20_000, 'At most 20,000 lines').optional(),
      log_path: z.string().min(1).max(4096).optional(),
      /** A unit, or the matches of a journal jail. */
      journal: z.string().min(1).max(1000).optional(),
      /** So many of the newest lines of the log or journal. */
      tail: z.number().int().min(1).max(20_000).default(1_000),
    })
    .refine(
      (body) => [body.lines, body.log_path, body.journal].filter((one) => one !== undefined).length === 1,
      'One of lines, log_path and journal is needed',
    ),
  output: z.object({
    version: z.string(),
    /** True: the kernel kept the engine from any network. It looks no name up in either case. */
    network_off: z.boolean(),
    counts: z.object({ lines: count, matched: count, ignored: count, missed: count }),
    failregex: z.array(tried),
    ignoreregex: z.array(tried),
    problems: z.array(z.object({ option: z.string(), sentence: z.string() })),
    lines: z.array(
      z.object({
        text: z.string(),
        state: z.enum(['matched', 'ignored', 'missed', 'too_slow', 'too_large']),
        /** Number of the expression that decides, from 0. */
        regex: count.nullable(),
        at: instant.nullable(),
        /** Where the date, and the address, stand in the text. */
        date: place.nullable(),
        host: place.nullable(),
        id: text,
        /** It helps to understand other lines and is no failure by itself. */
        helper: z.boolean(),
        /** By fail2ban's names, `user` of `<F-USER>`. */
        groups: z.record(z.string(), z.string()),
      }),
    ),
  }),
  status: 200,
});

export const proposeRegex = endpoint({
  method: 'POST',
  path: '/api/v1/config/regex-propose',
  summary: 'From a line of a log to an expression that matches it, tried before it is told',
  tag: 'laboratory',
  access: 'session',
  query,
  body: z.object({
    line: z.string().min(1).max(20_000),
    samples: z.array(z.string().max(20_000)).max(5_000).default([]),
    prefregex: expression.nullish(),
    datepattern: expression.nullish(),
  }),
  output: z.object({
    failregex: z.string(),
    matches_line: z.boolean(),
    /** What it would ban. */
    id: text,
    groups: z.record(z.string(), z.string()),
    samples: z.object({ matched: count, of: count }),
    notes: z.array(z.string()),
  }),
  status: 200,
});

export const trial = z.object({
  failregex: expressions.optional(),
  ignoreregex: expressions.optional(),
  datepattern: expression.optional(),
  maxretry: z.number().int().min(1).max(1_000_000).optional(),
  /** Seconds, or as fail2ban writes times. */
  findtime: z.union([z.number(), z.string().max(100)]).optional(),
  bantime: z.union([z.number(), z.string().max(100)]).optional(),
});
