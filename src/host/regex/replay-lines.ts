/** What a changed filter or limit would have done with lines that were written already, counted by fail2ban's own classes. */
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { askEngine, refused, type EngineRefusal } from './ask-engine.ts';
import type { MatchRequest } from './match-lines.ts';

export type ReplayFilter = Omit<MatchRequest, 'lines' | 'dated' | 'at'>;

export interface ReplayRules {
  filter: ReplayFilter;
  maxretry: number;
  /** Seconds. */
  findtime: number;
  /** Seconds, -1 = permanent. */
  bantime: number;
  /** Null: the bans of those who return are not longer. */
  increase: ReplayIncrease | null;
}

/** The settings `bantime.*`. Of the first three only the arithmetic is worked out; nothing of them is run. */
export interface ReplayIncrease {
  factor: string | null;
  formula: string | null;
  multipliers: string | null;
  /** Seconds. */
  maxSeconds: number | null;
  /** Half of it stands for what fail2ban adds at random. */
  randomSeconds: number | null;
  /** Bans of other jails count too; a replay knows of none. */
  overallJails: boolean;
}

export interface ReplayInput {
  /** Number of the log it belongs to: those of one log follow one another, several logs run side by side. */
  log: number;
  from: number | Readable;
  kind: 'plain' | 'gzip' | 'journal';
  /** Bytes; 0 when not known. */
  size: number;
}

interface ReplayRequest {
  now: ReplayRules;
  trial: ReplayRules;
  /** Addresses and networks; names among them are left out. */
  ignoreip: readonly string[];
  /** Addresses of our own users, shown first. */
  own: readonly string[];
  /** Lines of other times are left out, ms. */
  from: number;
  to: number;
  /** How long fail2ban's database remembers a ban, seconds; null: there is none, and nobody is known to return. */
  purgeSeconds: number | null;
  /** Dates without a year belong to the year before it, ms. */
  at: number;
  /** The oldest of each log first. */
  inputs: readonly ReplayInput[];
}

const count = z.number().int().nonnegative();
const seconds = z.number().nullable();
const row = z.object({
  ip: z.string(),
  lines: count,
  /** First ban of the side that the list is about, and of the other; null: none. */
  at: seconds,
  before: seconds,
  bans: count,
});
const rows = z.object({ total: count, items: z.array(row) });
const both = z.object({ now: count, trial: count });
const text = z.string().nullable();

const result = z.object({
  lines: count,
  /** Of another time than asked for; without any date before them. */
  outside: count,
  undated: count,
  /** Lines that only the trial matches; lines that it matches no more. */
  new: count,
  no_more: count,
  network: z.boolean(),
  from: seconds,
  to: seconds,
  /** The oldest line that has a date, also of another time. */
  reaches: seconds,
  /** Inputs that could not be read to their end. */
  broken: z.array(count),
  /** Matches of a host's name, which was not looked up. */
  names: count,
  matched: both,
  bans: both,
  /** Of each expression of the trial. */
  hits: z.array(count),
  expressions: z.array(z.object({ text: z.string(), problem: text, slow: z.boolean() })),
  problems: z.object({ prefix: text, datePattern: text, timeZone: text }),
  /** Why longer bans of those who return were not counted, to follow the name of the setting. */
  growth: z.object({ now: text, trial: text }),
  bucket_seconds: count,
  /** Begin of each stretch, seconds, and the bans in it. */
  points: z.array(both.extend({ at: z.number() })),
  added: rows,
  lost: rows,
  earlier: rows,
  later: count,
  /** Seconds. */
  earlier_median: seconds,
  /** Ignored addresses that match, as if they were not ignored. */
  ignored: rows,
  /** Of our own users, who would be banned. */
  own: rows,
});

export type ReplayResult = z.output<typeof result>;
export interface ReplayProgress {
  lines: number;
  bytes: number;
}

export type ReplayOutcome = { kind: 'answered'; result: ReplayResult } | EngineRefusal;
export type ReplayLines = (
  request: ReplayRequest,
  signal: AbortSignal,
  onProgress: (progress: ReplayProgress) => void,
) => Promise<ReplayOutcome>;

const mib = 1024 * 1024;
const limits = {
  cpuSeconds: 30 * 60,
  withinMs: 45 * 60_000,
  memoryBytes: 1536 * mib,
  outputBytes: 16 * mib,
};
const lineSeconds = 0.5;
const firstDescriptor = 3;
const progress = z.object({ progress: z.object({ lines: count, bytes: count }) });

export function createReplayLines({ program }: { program: string | null }): ReplayLines {
  return async (request, signal, onProgress) => {
    const inputs = request.inputs.map(({ log, kind, size }, index) => ({
      log,
      kind,
      size,
      fd: index + firstDescriptor,
    }));
    const { from, to, at } = request;
    let rest = '';
    const told = await askEngine({
      program,
      script: 'replay-lines.py',
      request: { ...request, inputs, from: from / 1000, to: to / 1000, at: at / 1000, lineSeconds },
      limits,
      signal,
      inputs: request.inputs.map((one) => one.from),
      onOutput: (part) => {
        // The result, which is long and last, is read when it is whole.
        if (rest.length > 1_000) return;
        const lines = (rest + part).split('\n');
        rest = lines.pop() ?? '';
        const last = lines.findLast((line) => line.startsWith('{"progress"'));
        if (last !== undefined) onProgress(progress.parse(JSON.parse(last)).progress);
      },
    });
    if (told.kind !== 'answered') return told;
    const parsed = z.object({ result }).safeParse(told.answer);
    return parsed.success
      ? { kind: 'answered', result: parsed.data.result }
      : refused('fail2ban’s engine answered something that is not understood.');
  };
}
