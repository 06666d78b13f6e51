/** Tries changes on a copy of the configuration, with fail2ban's own readers and a scratch server of its modules. */
import { join } from 'node:path';
import { runCaged, type CagedEnd } from '../regex/caged-run.ts';
import { findEngine } from '../regex/find-engine.ts';
import type { FileChange } from './change.ts';
import type { Rehearsal, Rehearser } from './rehearsal.ts';
import { answer } from './rehearse-answer.ts';
import { removeLeftBehind, stage, stageLimits, type Stage, type StageLimits } from './stage.ts';
import { weigh } from './weigh-findings.ts';

export interface RehearserDeps {
  configDir: string;
  /** Path of fail2ban-server, for its Python; null: on PATH. */
  program: string | null;
  /** Log files elsewhere are warned of; a log of fail2ban's own elsewhere is an error. */
  allowedLogDirs: readonly string[];
  limits?: Partial<RehearsalLimits>;
}

export interface RehearsalLimits extends StageLimits {
  /** Processor time of fail2ban's modules, whole seconds. */
  cpuSeconds: number;
  withinMs: number;
  memoryBytes: number;
  outputBytes: number;
}

const mib = 1024 * 1024;
const usual: RehearsalLimits = {
  ...stageLimits,
  cpuSeconds: 10,
  withinMs: 20_000,
  memoryBytes: 512 * mib,
  outputBytes: 16 * mib,
};
const atOnce = 2;
const mostWaiting = 16;
const script = join(import.meta.dirname, 'rehearse.py');

export function createRehearser(deps: RehearserDeps): Rehearser {
  const { configDir, program, allowedLogDirs } = deps;
  const limits = { ...usual, ...deps.limits };
  const closed = new AbortController();
  const waiting: (() => void)[] = [];
  const running = new Set<Promise<Rehearsal>>();
  let swept: Promise<void> | null = null;

  async function run(changes: readonly FileChange[], asked: AbortSignal): Promise<Rehearsal> {
    const began = performance.now();
    const signal = AbortSignal.any([asked, closed.signal]);
    const failed = (sentence: string): Rehearsal => failure(sentence, performance.now() - began);
    if (signal.aborted) return failed(stopped);
    const engine = await findEngine(program, 'fail2ban-server');
    if ('missing' in engine) return failed(engine.missing);
    try {
      await (swept ??= removeLeftBehind());
      const staged = await stage({ configDir, limits, signal }, changes);
      if ('failure' in staged) return failed(staged.failure);
      try {
        const end = await tryStaged(engine.python, staged, { changes, signal });
        const read = readEnd(end);
        if (typeof read === 'string') return failed(read);
        const weighed = await weigh({ staged, changes, allowedLogDirs }, read);
        return { ...weighed, ms: Math.round(performance.now() - began), failure: null };
      } finally {
        await staged.remove();
      }
    } catch (error) {
      if (signal.aborted) return failed(stopped);
      throw error;
    }
  }

  function tryStaged(
    python: string,
    staged: Stage,
    { changes, signal }: { changes: readonly FileChange[]; signal: AbortSignal },
  ): Promise<CagedEnd> {
    const { cpuSeconds, memoryBytes, withinMs, outputBytes } = limits;
    const { before, after, configDirs } = staged;
    const changed = changes.map(({ file }) => file.path);
    const input = JSON.stringify({ before, after, configDirs, changed, cpuSeconds, memoryBytes });
    return runCaged({ program: python, args: ['-I', '-B', script], input, withinMs, outputBytes, signal });
  }

  return {
    async rehearse(changes, signal) {
      if (running.size >= atOnce) {
        if (waiting.length >= mostWaiting)
          return failure('Too many changes are being tried. Try again later.', 0);
        await new Promise<void>((go) => waiting.push(go));
      }
      const mine = run(changes, signal);
      running.add(mine);
      try {
        return await mine;
      } finally {
        running.delete(mine);
        waiting.shift()?.();
      }
    },
    async close() {
      closed.abort();
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}

const stopped = 'The rehearsal was stopped.';

const failure = (sentence: string, ms: number): Rehearsal => ({
  findings: [],
  starts: [],
  reloads: [],
  restarts: [],
  stops: [],
  enabled: [],
  ms: Math.round(ms),
  failure: sentence,
});

/** A sentence when there is no answer. */
function readEnd(end: CagedEnd) {
  switch (end.kind) {
    case 'ended': {
      const parsed = answer.safeParse(json(end.output));
      return parsed.success ? parsed.data : 'fail2ban’s modules answered something that is not understood.';
    }
    case 'too_slow':
      return 'fail2ban’s modules need too much time to read this configuration; they were stopped.';
    case 'too_much':
      return 'The answer of fail2ban’s modules was too long; they were stopped.';
    case 'aborted':
      return stopped;
    case 'failed':
      return /No module named 'fail2ban'/.test(end.said)
        ? 'The Python of fail2ban-server does not know fail2ban.'
        : `fail2ban’s modules failed: ${end.said.split('\n').at(-1) ?? ''}`;
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
