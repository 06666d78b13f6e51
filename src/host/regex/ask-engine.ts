/** One question to one of the programs here that run fail2ban's own classes: caged, JSON in, JSON out. */
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { runCaged, type CagedEnd } from './caged-run.ts';
import { findEngine } from './find-engine.ts';

interface EngineQuestion {
  /** fail2ban-regex; null: on PATH. */
  program: string | null;
  script: 'match-lines.py' | 'read-filters.py' | 'replay-lines.py';
  request: object;
  limits: EngineLimits;
  signal: AbortSignal;
  /** From descriptor 3 on. */
  inputs?: readonly (number | Readable)[];
  onOutput?: (part: string) => void;
}

export interface EngineLimits {
  /** Processor time for all, whole seconds. */
  cpuSeconds: number;
  withinMs: number;
  memoryBytes: number;
  outputBytes: number;
}

export type EngineRefusal =
  /** No fail2ban here to ask. */
  | { kind: 'missing'; sentence: string }
  /** Too much asked, or it was stopped at a limit. */
  | { kind: 'refused'; sentence: string };

/** The last line of what it said, as JSON; null when that is none. */
export async function askEngine(
  question: EngineQuestion,
): Promise<{ kind: 'answered'; answer: unknown } | EngineRefusal> {
  const { program, script, request, limits, signal, inputs, onOutput } = question;
  const { cpuSeconds, memoryBytes, withinMs, outputBytes } = limits;
  const found = await findEngine(program);
  if ('missing' in found) return { kind: 'missing', sentence: found.missing };
  const end = await runCaged({
    program: found.python,
    // -I: nothing of the caller's folder or environment; -B: no compiled copies are left beside the programs.
    args: ['-I', '-B', join(import.meta.dirname, script)],
    input: JSON.stringify({ ...request, cpuSeconds, memoryBytes }),
    withinMs,
    outputBytes,
    signal,
    ...(inputs === undefined ? {} : { inputs }),
    ...(onOutput === undefined ? {} : { onOutput }),
  });
  return end.kind === 'ended'
    ? { kind: 'answered', answer: json(end.output.trimEnd().split('\n').at(-1) ?? '') }
    : refusalOf(end);
}

export const refused = (sentence: string): EngineRefusal => ({ kind: 'refused', sentence });

function refusalOf(end: Exclude<CagedEnd, { kind: 'ended' }>): EngineRefusal {
  switch (end.kind) {
    case 'too_slow':
      return refused('The expressions need too much time on these lines; the test was stopped.');
    case 'too_much':
      return refused('The answer of fail2ban’s engine was too long; the test was stopped.');
    case 'aborted':
      return refused('It was stopped.');
    case 'failed':
      return /No module named 'fail2ban'/.test(end.said)
        ? { kind: 'missing', sentence: 'The Python of fail2ban-regex does not know fail2ban.' }
        : refused(`fail2ban’s engine failed: ${end.said.split('\n').at(-1) ?? ''}`);
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
