/** Filters and jails as fail2ban's own readers read the configuration, and the samples that ship with its tests. */
import { z } from 'zod';
import { askEngine, refused, type EngineRefusal } from './ask-engine.ts';
import { createTurns } from './turns.ts';

const text = z.string().nullable();
const attempt = <T extends z.ZodType>(value: T) => z.object({ value: value.nullable(), problem: text });

const filter = z.object({
  expressions: z.array(z.string()),
  ignore: z.array(z.string()),
  /** Each as the words of one `journalmatch`. */
  journal: z.array(z.array(z.string())),
  prefix: text,
  datePattern: text,
  maxLines: text,
  timeZone: text,
  usedns: text,
});
const jail = filter.extend({
  /** With its options, `sshd[mode=normal]`. */
  filter: text,
  backend: text,
  /** As written. */
  maxretry: text,
  findtime: text,
  bantime: text,
  /** `bantime.increment` and what belongs to it. */
  increment: text,
  factor: text,
  formula: text,
  multipliers: text,
  maxtime: text,
  rndtime: text,
  overalljails: text,
  ignoreself: text,
  ignoreip: z.array(z.string()),
  /** Patterns. */
  logpath: z.array(z.string()),
});
const sampleGroup = z.object({
  /** Of the filter, for these lines. */
  options: z.record(z.string(), z.string()),
  /** Lines of the journal: their time is not in them. */
  journal: z.boolean(),
  /** What stands before each line in the journal. */
  before: z.string(),
  lines: z.array(
    z.object({ text: z.string(), match: z.boolean(), host: text.optional(), description: text.optional() }),
  ),
});
const answer = z.object({
  filters: z.array(attempt(filter)),
  jails: z.array(attempt(jail)),
  list: attempt(z.array(z.object({ name: z.string(), enabled: z.boolean() }))).nullable(),
  samples: attempt(z.array(sampleGroup)).nullable(),
  /** What is wrong with the files of a draft. */
  findings: z.array(
    z.object({ file: z.string().nullish(), line: z.number().nullish(), message: z.string() }),
  ),
});

export type WrittenFilter = z.output<typeof filter>;
export type WrittenJail = z.output<typeof jail>;
type ReadAnswer = z.output<typeof answer>;

export interface FilterQuestion {
  filters?: readonly { name: string; options: Readonly<Record<string, string>> }[];
  jails?: readonly string[];
  /** The names of all jails too. */
  list?: boolean;
  /** Of this filter. */
  samples?: string;
  /** Reads a copy of the configuration in its place. */
  draft?: {
    folder: string;
    /** What the copy is of, by the name it was given and by its real one. */
    homes: readonly string[];
    /** The file that is not as it stands there. */
    changed: string;
  };
}

export interface FilterReader {
  /** What cannot be read says why, in its place. */
  read(question: FilterQuestion): Promise<{ kind: 'answered'; answer: ReadAnswer } | EngineRefusal>;
  /** Kills what runs. */
  close(): Promise<void>;
}

const mib = 1024 * 1024;
const limits = { cpuSeconds: 20, withinMs: 30_000, memoryBytes: 384 * mib, outputBytes: 16 * mib };

export function createFilterReader(deps: { program: string | null; configDir: string }): FilterReader {
  const { program, configDir } = deps;
  const closed = new AbortController();
  const turns = createTurns({ atOnce: 2, mostWaiting: 16 });
  return {
    async read({ filters = [], jails = [], list = false, samples = '', draft }) {
      const folder = draft?.folder ?? configDir;
      const request = { configDir: folder, filters, jails, list, samples, draft: draft ?? null };
      const { signal } = closed;
      const told = await turns.take(() =>
        askEngine({ program, script: 'read-filters.py', request, limits, signal }),
      );
      if (told === null) return refused('Too many tests are waiting. Try again later.');
      if (told.kind !== 'answered') return told;
      const parsed = answer.safeParse(told.answer);
      return parsed.success
        ? { kind: 'answered', answer: parsed.data }
        : refused('fail2ban’s readers answered something that is not understood.');
    },
    async close() {
      closed.abort();
      await turns.idle();
    },
  };
}

/** A file's name below `filter.d`, without its ending: never a path. */
export const isFilterName = (name: string): boolean =>
  /^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,99}$/.test(name) && !name.includes('..');
