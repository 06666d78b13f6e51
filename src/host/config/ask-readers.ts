/** Asks fail2ban's own readers what they make of its configuration, in a caged process that is kept for a while. */
import { join } from 'node:path';
import { z } from 'zod';
import type { CagedEnd } from '../regex/caged-run.ts';
import { startCaged, type CagedServer } from '../regex/caged-server.ts';
import { findEngine } from '../regex/find-engine.ts';

export interface ReadersRequest {
  configDir: string;
  /** `known`: digests of jails that need not be told again; null: no jails. */
  jails: { known: readonly string[] } | null;
  /** Filters and actions to read by themselves: `filter.d/sshd`. */
  paths: readonly string[];
}

const text = z.string();
const value = text.nullable();
const values = z.record(text, value);
const used = z.object({
  /** Null when fail2ban cannot read what is written. */
  name: value,
  parameters: z.record(text, text),
});

const jail = z.object({
  name: text,
  enabled: z.boolean(),
  /** Why fail2ban would leave the jail out. */
  problem: value,
  /** Null where its references cannot be followed. */
  options: values,
  filter: used.nullable(),
  /** What the jail takes over from its filter. */
  fromFilter: values,
  actions: z.array(used),
});
export type ToldJail = z.output<typeof jail>;

/** A digest stands for everything that is told; that is null where the digest was known. */
const digested = z.object({ digest: text, told: jail.nullable() });

const toldFinding = z.object({
  severity: z.enum(['error', 'warning']),
  code: text,
  message: text,
  file: value,
  line: z.number().int().nullable(),
  jail: value,
  option: value,
});
export type ToldFinding = z.output<typeof toldFinding>;

const definition = z.object({
  found: z.boolean(),
  files: z.array(text),
  sections: z.record(text, values),
});
export type ToldDefinition = z.output<typeof definition>;

const answer = z.object({
  version: text,
  /** The folder, after all links; every file is named below it. */
  root: text,
  /** Files of the jails, in the order in which they are merged. */
  files: z.array(text).default([]),
  jails: z.array(digested).default([]),
  /** Files of the filters and actions that jails use, by `filter.d/sshd`. */
  definitions: z.record(text, z.array(text)).default({}),
  read: z.record(text, definition),
  /** Included, and not there. */
  missing: z.array(text),
  findings: z.array(toldFinding),
});
export type ReadersAnswer = z.output<typeof answer>;

/** failed: a sentence why fail2ban's readers could not be asked. */
export type ReadersOutcome =
  { kind: 'answered'; answer: ReadersAnswer } | { kind: 'failed'; sentence: string };

export interface Readers {
  ask(request: ReadersRequest): Promise<ReadersOutcome>;
  /** Ends what runs, and answers what is asked from now on with a sentence. */
  close(): Promise<void>;
}

const mib = 1024 * 1024;
const limits = { memoryBytes: 384 * mib, cpuSeconds: 15 };
const within = { withinMs: 30_000, outputBytes: 16 * mib };
const script = join(import.meta.dirname, 'read-config.py');
/** Long enough for somebody who edits; a fresh one takes a second. */
const keptMs = 300_000;
/** Then a fresh one, whatever Python may have gathered. */
const mostAnswers = 200;

/** `program` is the path of fail2ban-server, for its Python; null: on PATH. */
export function createReaders({ program }: { program: string | null }): Readers {
  let kept: { server: CagedServer; answers: number } | null = null;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;

  const drop = async (): Promise<void> => {
    const { server } = kept ?? {};
    kept = null;
    await server?.end();
  };
  const ask = async (line: string): Promise<ReadersOutcome> => {
    clearTimeout(idle);
    const engine = await findEngine(program, 'fail2ban-server');
    if ('missing' in engine) return failed(engine.missing);
    if (closed) return failed(stopping);
    const start = () =>
      startCaged({ program: engine.python, args: ['-I', '-B', script, JSON.stringify(limits)] });
    if (kept === null || kept.server.isGone()) kept = { server: start(), answers: 0 };
    let end = await kept.server.ask(line, within);
    // It goes without an answer when another fail2ban was installed, or when the kernel wants the memory.
    if (end.kind === 'failed' && kept.answers > 0 && !closed) {
      kept = { server: start(), answers: 0 };
      end = await kept.server.ask(line, within);
    }
    kept.answers += 1;
    if (end.kind !== 'ended' || kept.answers >= mostAnswers) await drop();
    else idle = setTimeout(() => void drop(), keptMs).unref();
    return readEnd(end);
  };

  return {
    async ask(request) {
      const mine = last.then(() => ask(JSON.stringify(request)));
      last = mine.catch(() => {});
      return await mine;
    },
    async close() {
      closed = true;
      clearTimeout(idle);
      await kept?.server.end();
      await last;
      clearTimeout(idle);
      await drop();
    },
  };
}

const stopping = 'BanGUI is stopping.';
const failed = (sentence: string): ReadersOutcome => ({ kind: 'failed', sentence });

function readEnd(end: CagedEnd): ReadersOutcome {
  switch (end.kind) {
    case 'ended': {
      const parsed = answer.safeParse(json(end.output));
      return parsed.success
        ? { kind: 'answered', answer: parsed.data }
        : failed('fail2ban’s readers answered something that is not understood.');
    }
    case 'too_slow':
      return failed('fail2ban’s readers need too much time for this configuration; they were stopped.');
    case 'too_much':
      return failed('This configuration is too large to be read.');
    case 'aborted':
      return failed(stopping);
    case 'failed':
      return /No module named 'fail2ban'/.test(end.said)
        ? failed('The Python of fail2ban-server does not know fail2ban.')
        : failed(`fail2ban’s readers failed: ${end.said.split('\n').at(-1) ?? ''}`);
  }
}

function json(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    return null;
  }
}
