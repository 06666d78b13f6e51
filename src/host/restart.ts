/** Ends fail2ban and sees to it that it is back, with its jails and its bans. */
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../base/log.ts';
import type { Host, HostStatus } from './host.ts';
import { startBy } from './start-command.ts';

export const restartSteps = ['stop', 'gone', 'start', 'jails', 'bans'] as const;
export type RestartStepName = (typeof restartSteps)[number];

export interface RestartStep {
  name: RestartStepName;
  outcome: 'running' | 'done' | 'failed' | 'not_reached';
  /** How long it took; null unless it has ended. */
  ms: number | null;
  /** A sentence for a person. */
  detail: string;
}

export interface RestartCounts {
  jails: { back: number; of: number };
  /** Bans that end meanwhile do not come back, so the second may never be reached. */
  bans: { back: number; of: number };
}

export interface RestartEnd {
  /** Failed: fail2ban does not run, or a jail that ran does not. */
  result: 'done' | 'failed';
  /** Jails that ran before and do not now. */
  missing: string[];
}

interface RestartDeps {
  host: Host;
  socketPath: string;
  /** Program and arguments. */
  startCommand: readonly string[];
  log: Log;
  /** Other than these in tests only. */
  limits?: Partial<RestartLimits>;
}

export interface RestartLimits {
  /** For whatever watches over fail2ban to start it, before we do. */
  graceMs: number;
  /** Until it listens again. */
  startMs: number;
  /** Without a further jail. */
  jailsMs: number;
  /** Without a further ban. */
  bansMs: number;
  /** For it to end, before its bans are counted in. */
  goneMs: number;
}

const usualLimits: RestartLimits = {
  graceMs: 4_000,
  startMs: 60_000,
  jailsMs: 30_000,
  bansMs: 8_000,
  goneMs: 30_000,
};
/** An action that has no way to end all bans at once ends each by a program. */
const goneMsPerBan = 20;
const lookEveryMs = 100;
const countEveryMs = 500;
/** While we are being ended ourselves. */
const hurriedMs = 8_000;

type Tell = (step: RestartStep, counts: RestartCounts) => void;

/**
 * Once `signal` says that BanGUI ends, it waits for nothing that can happen without it: but a fail2ban that was
 * stopped is started. Never rejects: what fails is a step.
 */
export async function restartFail2ban(
  deps: RestartDeps,
  tell: Tell,
  signal: AbortSignal,
): Promise<RestartEnd> {
  const { host, socketPath, log } = deps;
  const limits = { ...usualLimits, ...deps.limits };
  const before = await host.refresh();
  const names: string[] = before.jails.map(({ name }) => name);
  const counts: RestartCounts = {
    jails: { back: 0, of: names.length },
    bans: { back: 0, of: bansOf(before) },
  };
  const old = await identityOf(socketPath);
  let up = false;
  let missing = names;

  const step = async (name: RestartStepName, work: () => Promise<string>): Promise<boolean> => {
    const began = performance.now();
    const ended = (outcome: RestartStep['outcome'], detail: string): void => {
      const ms = Math.round(performance.now() - began);
      log.info('fail2ban_restart_step', { step: name, outcome, ms, detail });
      tell({ name, outcome, ms, detail }, counts);
    };
    tell({ name, outcome: 'running', ms: null, detail: '' }, counts);
    try {
      ended('done', await work());
      return true;
    } catch (error) {
      ended('failed', error instanceof Error ? error.message : String(error));
      return false;
    }
  };
  const until = async (ask: () => Promise<boolean>, forMs: number): Promise<boolean> => {
    const began = performance.now();
    for (;;) {
      if (await ask()) return true;
      const limit = signal.aborted ? Math.min(forMs, hurriedMs) : forMs;
      if (performance.now() - began >= limit) return false;
      await sleep(lookEveryMs);
    }
  };
  const isBack = async (): Promise<boolean> => {
    const identity = await identityOf(socketPath);
    return identity !== null && identity !== old && (await host.refresh()).state === 'online';
  };

  const stop = async (): Promise<string> => {
    if (before.state === 'unreachable') return 'fail2ban did not run.';
    await host.server.stop();
    return `Asked to end, with ${count(counts.jails.of, 'jail')} and ${count(counts.bans.of, 'ban')}.`;
  };
  const gone = async (): Promise<string> => {
    const forMs = limits.goneMs + counts.bans.of * goneMsPerBan;
    const left = async (): Promise<boolean> =>
      (await identityOf(socketPath)) !== old || (await host.refresh()).state === 'unreachable';
    if (await until(left, forMs)) return 'It has ended.';
    throw new Error(`It still had not ended after ${seconds(forMs)}. Nothing was started.`);
  };
  const start = async (): Promise<string> => {
    const grace = signal.aborted ? 0 : limits.graceMs;
    const end = performance.now() + grace;
    while (performance.now() < end && !signal.aborted) {
      if (await isBack()) return 'Started by what watches over it.';
      await sleep(lookEveryMs);
    }
    if (await isBack()) return 'Started by what watches over it.';
    const limitMs = signal.aborted ? Math.min(limits.startMs, hurriedMs) : limits.startMs;
    return await startBy(deps.startCommand, isBack, limitMs);
  };
  const jails = async (): Promise<string> => {
    let last = performance.now();
    for (;;) {
      const running = new Set<string>((await host.refresh()).jails.map(({ name }) => name));
      missing = names.filter((name) => !running.has(name));
      const back = names.length - missing.length;
      if (back > counts.jails.back) last = performance.now();
      counts.jails.back = back;
      if (missing.length === 0) return `${count(names.length, 'jail')} back.`;
      if (signal.aborted || performance.now() - last > limits.jailsMs)
        throw new Error(`${back} of ${names.length} jails are back. Missing: ${missing.join(', ')}.`);
      tell({ name: 'jails', outcome: 'running', ms: null, detail: '' }, counts);
      await sleep(countEveryMs);
    }
  };
  const bans = async (): Promise<string> => {
    let last = performance.now();
    for (;;) {
      const back = bansOf(await host.refresh());
      if (back > counts.bans.back) last = performance.now();
      counts.bans.back = back;
      const { of } = counts.bans;
      if (back >= of) return `${count(back, 'ban')} back.`;
      if (signal.aborted) return `${back} of ${count(of, 'ban')} back so far.`;
      if (performance.now() - last > limits.bansMs)
        return `${back} of ${count(of, 'ban')} back. The others ended meanwhile, or fail2ban does not remember them.`;
      tell({ name: 'bans', outcome: 'running', ms: null, detail: '' }, counts);
      await sleep(countEveryMs);
    }
  };

  const works = { stop, gone, start, jails, bans };
  let failed = false;
  for (const name of restartSteps) {
    // bans come back to the other jails all the same
    if (failed && !(up && name === 'bans'))
      tell({ name, outcome: 'not_reached', ms: null, detail: '' }, counts);
    else if (!(await step(name, works[name]))) failed = true;
    else up ||= name === 'start';
  }
  return { result: failed ? 'failed' : 'done', missing };
}

const bansOf = ({ jails }: HostStatus): number => jails.reduce((sum, jail) => sum + jail.currentlyBanned, 0);
const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;
const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

/** Each start of fail2ban makes its socket anew. Null while there is none. */
async function identityOf(path: string): Promise<string | null> {
  return await stat(path).then(
    ({ dev, ino, mtimeMs }) => `${dev}:${ino}:${mtimeMs}`,
    () => null,
  );
}
