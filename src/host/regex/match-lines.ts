/** Which expressions match which lines, as fail2ban's own engine answers it: its classes, in a caged process. */
import { z } from 'zod';
import { askEngine, refused } from './ask-engine.ts';
import { createTurns } from './turns.ts';

export interface MatchRequest {
  /** As in a filter (`<HOST>`), or as the daemon has expanded them. */
  expressions: readonly string[];
  ignore: readonly string[];
  /** `prefregex`. */
  prefix: string | null;
  /** Null: fail2ban's default detectors. */
  datePattern: string | null;
  /** Of dates that name none, as `logtimezone`; null: this machine's. */
  timeZone: string | null;
  /** How many lines the filter reads at once. */
  maxLines: number;
  /** `<HOST>` stands for names too, as with every `usedns` but `no`; they are never looked up. */
  hostNames?: boolean;
  lines: readonly string[];
  /** Before each line stand seconds since the epoch and a space, as for lines of the journal. */
  dated?: boolean;
  /** When the lines were read, ms: dates without a year belong to the year before it. */
  at: number;
}

const count = z.number().int().nonnegative();
/** Start and end in the line, counted as JavaScript does. */
const place = z.tuple([count, count]);
const tried = z.object({
  /** With fail2ban's tags in place of what they stand for. */
  text: z.string(),
  /** Why fail2ban refuses it; null when it takes it. */
  problem: z.string().nullable(),
  /** It needed too much time on a line; lines after that were tried without it. */
  slow: z.boolean(),
  /** How often it was tried, and how long that took in all. */
  tries: count,
  seconds: z.number(),
});
const matched = z.object({
  expression: count,
  /** What fail2ban would ban. */
  id: z.string().nullable(),
  /** Where that stands in the line. */
  address: place.nullable(),
  /** True: it only helps to understand other lines and is no failure by itself. */
  helper: z.boolean(),
  /** False: it began here, and a later line decided. */
  last: z.boolean(),
  groups: z.record(z.string(), z.string()),
});
const answer = z.object({
  version: z.string(),
  /** False: the kernel kept the engine from any network. */
  network: z.boolean(),
  /** In the order of the request. */
  expressions: z.array(tried),
  ignore: z.array(tried),
  problems: z.object({
    prefix: z.string().nullable(),
    datePattern: z.string().nullable(),
    timeZone: z.string().nullable(),
  }),
  lines: z.array(
    z.object({
      /** The date that was read, seconds since the epoch. */
      at: z.number().nullable(),
      date: place.nullable(),
      /** What `prefregex` leaves of it for the expressions. */
      content: place.nullable(),
      /** Number of the ignoring expression that matched it. */
      ignored: count.nullable(),
      /** Every expression that matches; fail2ban takes the first. */
      matches: z.array(matched),
      state: z.enum(['tested', 'too_slow', 'too_large']),
    }),
  ),
});

export type MatchAnswer = z.output<typeof answer>;

export type MatchOutcome =
  | { kind: 'answered'; answer: MatchAnswer }
  /** No fail2ban here to ask. */
  | { kind: 'missing'; sentence: string }
  /** Too much asked, too many ask, or it was stopped at a limit. */
  | { kind: 'refused'; sentence: string };

export interface MatchLimits {
  /** Processor time for one line, seconds. */
  lineSeconds: number;
  /** Processor time for all, whole seconds. */
  cpuSeconds: number;
  withinMs: number;
  memoryBytes: number;
  inputBytes: number;
  outputBytes: number;
}

export interface RegexEngine {
  /** Never throws for what the expressions or lines hold. Two run at once, others wait. */
  matchLines(request: MatchRequest, limits?: Partial<MatchLimits>): Promise<MatchOutcome>;
  /** Kills what runs. */
  close(): Promise<void>;
}

const mib = 1024 * 1024;
const usual: MatchLimits = {
  lineSeconds: 0.5,
  cpuSeconds: 5,
  withinMs: 15_000,
  memoryBytes: 384 * mib,
  inputBytes: 2 * mib,
  outputBytes: 8 * mib,
};

export function createRegexEngine({ program }: { program: string | null }): RegexEngine {
  const closed = new AbortController();
  const turns = createTurns({ atOnce: 2, mostWaiting: 16 });

  async function run(request: MatchRequest, limits: MatchLimits): Promise<MatchOutcome> {
    const { lineSeconds, inputBytes } = limits;
    const asked = { ...request, now: request.at / 1000, lineSeconds };
    if (Buffer.byteLength(JSON.stringify(asked)) > inputBytes)
      return refused('The lines are too long to be tested.');
    const told = await askEngine({
      program,
      script: 'match-lines.py',
      request: asked,
      limits,
      signal: closed.signal,
    });
    if (told.kind !== 'answered') return told;
    const parsed = answer.safeParse(told.answer);
    return parsed.success
      ? { kind: 'answered', answer: parsed.data }
      : refused('fail2ban’s engine answered something that is not understood.');
  }

  return {
    async matchLines(request, limits = {}) {
      const outcome = await turns.take(() => run(request, { ...usual, ...limits }));
      return outcome ?? refused('Too many tests are waiting. Try again later.');
    },
    async close() {
      closed.abort();
      await turns.idle();
    },
  };
}
