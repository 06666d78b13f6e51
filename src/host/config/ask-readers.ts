/** Asks fail2ban's own readers what they make of its configuration, in a caged process. */
import { join } from 'node:path';
import { z } from 'zod';
import { runCaged, type CagedEnd } from '../regex/caged-run.ts';
import { findEngine } from '../regex/find-engine.ts';

export interface ReadersRequest {
  configDir: string;
  jails: boolean;
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
  jails: z.array(jail).default([]),
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

const mib = 1024 * 1024;
const limits = { memoryBytes: 384 * mib, cpuSeconds: 15 };
const withinMs = 30_000;
const outputBytes = 16 * mib;
const script = join(import.meta.dirname, 'read-config.py');

/** `program` is the path of fail2ban-server, for its Python; null: on PATH. */
export async function askReaders(
  { program, signal }: { program: string | null; signal: AbortSignal },
  request: ReadersRequest,
): Promise<ReadersOutcome> {
  const engine = await findEngine(program, 'fail2ban-server');
  if ('missing' in engine) return { kind: 'failed', sentence: engine.missing };
  const input = JSON.stringify({ ...request, ...limits });
  const args = ['-I', script];
  return readEnd(await runCaged({ program: engine.python, args, input, withinMs, outputBytes, signal }));
}

function readEnd(end: CagedEnd): ReadersOutcome {
  const failed = (sentence: string): ReadersOutcome => ({ kind: 'failed', sentence });
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
      return failed('BanGUI is stopping.');
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
