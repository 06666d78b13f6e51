/** Lets the daemon take up what the files say, and looks whether every jail that should run does. */
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../base/errors.ts';
import type { Host, JailName } from '../host.ts';
import type { Reloader } from '../reload.ts';
import { WireError } from '../wire/wire-error.ts';
import type { Finding } from './change.ts';
import type { Plan } from './journal.ts';
import { markLog, type LogError, type LogMark } from './log-mark.ts';
import { decisive, readLayers } from './tree.ts';

export interface TakeUpDeps {
  configDir: string;
  host: Pick<Host, 'runningJails' | 'stopJail' | 'status' | 'refresh'>;
  reloader: Reloader;
}

export type Taken = { ok: true; said: string } | { ok: false; said: string; findings: Finding[] };

/** So long a jail may take to appear. */
const appearsWithinMs = 5_000;
/** The start of an action fails in the jail's own thread, a moment after the jail is there. */
const settleMs = 600;
const lookEveryMs = 100;
/** With more jails one reload of everything is quicker. */
const mostSingly = 4;

/** Names of the jails that run now; null when no fail2ban does. Throws AppError 503 when it runs and does not answer. */
export async function runningJails(host: TakeUpDeps['host']): Promise<JailName[] | null> {
  try {
    return await host.runningJails();
  } catch (error) {
    if (error instanceof AppError && error.cause instanceof WireError && error.cause.state === 'unreachable')
      return null;
    throw error;
  }
}

export async function markDaemonLog(host: TakeUpDeps['host']): Promise<LogMark> {
  const target = host.status().logTarget ?? (await host.refresh()).logTarget;
  return await markLog(target);
}

/** Stops, restarts, reloads and starts what the plan names, and nothing else. */
export async function takeUp({ host, reloader }: TakeUpDeps, plan: Plan): Promise<Taken> {
  for (const jail of plan.stops) {
    const failure = await stop(host, jail);
    if (failure !== null) return { ok: false, said: failure, findings: [] };
  }
  const restarted = await reloader.reload(plan.restarts, { restart: true });
  if (!restarted.ok) return { ...restarted, findings: [] };
  const rest = [...plan.reloads.filter((jail) => !plan.restarts.includes(jail)), ...plan.starts];
  const end = await reloader.reload(plan.whole && rest.length > mostSingly ? null : rest);
  return end.ok ? { ok: true, said: words(plan) } : { ...end, findings: [] };
}

/** Null when it is stopped; a jail that does not run is. */
async function stop(host: TakeUpDeps['host'], jail: JailName): Promise<string | null> {
  try {
    await host.stopJail(jail);
    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.status === 404 ? null : error.message;
  }
}

function words({ starts, reloads, stops }: Plan): string {
  const parts = [
    ['started', starts],
    ['reloaded', reloads],
    ['stopped', stops],
  ] as const;
  const told = parts.flatMap(([verb, names]) => (names.length === 0 ? [] : [`${verb} ${list(names)}`]));
  return told.length === 0 ? 'No jail is concerned.' : `fail2ban has ${told.join(', ')}.`;
}

const list = (names: readonly string[]): string =>
  names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');

/** Whether what ran or should run does, what should not does not, and fail2ban's log holds no new error about it. */
export async function look(deps: TakeUpDeps, plan: Plan, mark: LogMark): Promise<Taken> {
  const must = [...new Set([...(plan.running ?? []), ...plan.starts])].filter(
    (one) => !plan.stops.includes(one),
  );
  const touched = [...plan.starts, ...plan.reloads];
  const until = performance.now() + appearsWithinMs;
  let missing: string | null;
  while ((missing = await wrongNow(deps.host, must, plan.stops)) !== null) {
    if (performance.now() > until) return await failed(deps, missing, await mark.errors(touched));
    await delay(lookEveryMs);
  }
  const settled =
    performance.now() + (plan.starts.length + plan.restarts.length > 0 ? settleMs : lookEveryMs);
  do {
    const errors = await mark.errors(touched);
    if (errors.length > 0) return await failed(deps, 'fail2ban’s log tells of errors', errors);
    await delay(lookEveryMs);
  } while (performance.now() < settled);
  // One that came up and went down again.
  missing = await wrongNow(deps.host, must, plan.stops);
  if (missing !== null) return await failed(deps, missing, await mark.errors(touched));
  const log = mark.readable ? 'its log tells of no error' : 'its log cannot be looked at';
  return { ok: true, said: `${must.length} ${must.length === 1 ? 'jail runs' : 'jails run'}, ${log}.` };
}

async function wrongNow(
  host: TakeUpDeps['host'],
  must: readonly JailName[],
  gone: readonly JailName[],
): Promise<string | null> {
  const running = await runningJails(host).catch((error: unknown) => {
    if (error instanceof AppError) return null;
    throw error;
  });
  if (running === null) return 'fail2ban does not answer';
  const missing = must.filter((one) => !running.includes(one));
  if (missing.length > 0) return `these jails do not run: ${list(missing)}`;
  const left = gone.filter((one) => running.includes(one));
  return left.length > 0 ? `these jails still run: ${list(left)}` : null;
}

async function failed(deps: TakeUpDeps, why: string, errors: readonly LogError[]): Promise<Taken> {
  const findings = await Promise.all(errors.map((error) => findingOf(deps.configDir, error)));
  return {
    ok: false,
    said: [`${why}.`, ...errors.map(({ said }) => said)].join(' ').slice(0, 2_000),
    findings,
  };
}

async function findingOf(configDir: string, { jail, said, action }: LogError): Promise<Finding> {
  const layers = action === null ? [] : await readLayers(configDir, `action.d/${action}`);
  const entry = decisive(layers, 'Definition', 'actionstart');
  return {
    severity: 'error',
    code: action === null ? 'daemon-error' : 'action-start-failed',
    message: said,
    jail,
    option: action === null ? null : 'actionstart',
    file: entry === null ? null : entry.file.slice(configDir.length + 1),
    line: entry?.line ?? null,
    suggestion: null,
  };
}
