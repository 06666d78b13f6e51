/** The one restart of fail2ban under way, or the last one: kept in memory, for it does not outlast us. */
import type { EndpointOutput } from '../../base/endpoint.ts';
import { conflict } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Host } from '../../host/host.ts';
import {
  restartFail2ban,
  restartSteps,
  type RestartCounts,
  type RestartLimits,
  type RestartStep,
} from '../../host/restart.ts';
import { readLog } from '../../host/server-log/read-log.ts';
import type { readRestart } from './contract.ts';

export interface RestartRunDeps {
  host: Host;
  socketPath: string;
  /** Program and arguments. */
  startCommand: readonly string[];
  log: Log;
  now: () => number;
  limits?: Partial<RestartLimits>;
}

export interface RestartRun {
  /** Answers its number at once; `ended` is told how it went. Throws 409 while one is under way. */
  begin(actor: string, ended: (result: 'done' | 'failed') => Promise<void>): number;
  state(): EndpointOutput<typeof readRestart>;
  /** Waits for what must not be left half done: a fail2ban that was stopped is started. */
  close(): Promise<void>;
}

type Answer = EndpointOutput<typeof readRestart>;
type Step = Answer['steps'][number];

/** Bans a second with a firewall program for each, as measured with fail2ban's own nftables action. */
const restoredPerSecond = 115;

export function createRestartRun(deps: RestartRunDeps): RestartRun {
  const { host, now, log } = deps;
  const ending = new AbortController();
  let running: Promise<void> | null = null;
  let id: number | null = null;
  let actor: string | null = null;
  let state: Answer['state'] = 'never';
  let endedAt: number | null = null;
  let steps: Step[] = [];
  let counts: RestartCounts = { jails: { back: 0, of: 0 }, bans: { back: 0, of: 0 } };
  let missing: Answer['missing'] = [];

  const tell = (step: RestartStep, next: RestartCounts): void => {
    counts = structuredClone(next);
    steps = steps.map((known) => (known.name === step.name ? step : known));
  };
  const run = async (since: number): Promise<'done' | 'failed'> => {
    const end = await restartFail2ban(deps, tell, ending.signal);
    missing = await Promise.all(
      end.missing.map(async (jail) => ({ jail, line: await lastWord(host, jail, since) })),
    );
    return end.result;
  };

  return {
    begin(by, ended) {
      if (running !== null) throw conflict('restart_running', 'fail2ban is being restarted already.');
      const began = now();
      [id, actor, state, endedAt, missing] = [began, by, 'running', null, []];
      steps = restartSteps.map((name) => ({ name, outcome: 'waiting', ms: null, detail: '' }));
      counts = { jails: { back: 0, of: 0 }, bans: { back: 0, of: 0 } };
      running = run(began)
        .catch((error: unknown) => {
          log.error('fail2ban_restart_failed', { error });
          return 'failed' as const;
        })
        .then(async (result) => {
          state = result;
          endedAt = now();
          await ended(result);
        })
        .catch((error: unknown) => log.error('fail2ban_restart_unrecorded', { error }))
        .finally(() => (running = null));
      return began;
    },
    state() {
      const { jails } = host.status();
      const bans = jails.reduce((sum, jail) => sum + jail.currentlyBanned, 0);
      return {
        state,
        run_id: id,
        started_at: id === null ? null : new Date(id).toISOString(),
        ended_at: endedAt === null ? null : new Date(endedAt).toISOString(),
        actor,
        steps,
        ...counts,
        missing,
        forecast: {
          jails: jails.length,
          bans,
          seconds: Math.ceil(bans / restoredPerSecond),
          command: deps.startCommand.join(' '),
        },
      };
    },
    async close() {
      ending.abort();
      await running;
    },
  };
}

/** The last thing fail2ban's log says went wrong with a jail; null when it cannot be read, or says nothing. */
async function lastWord(host: Host, jail: string, since: number): Promise<string | null> {
  const file = host.status().logTarget;
  if (file === null || !file.startsWith('/')) return null;
  const query = { text: jail, level: 'WARNING', jail: null, most: 1, before: null, rotated: false, since };
  try {
    const [entry] = (await readLog(file, query)).entries;
    return entry?.message ?? null;
  } catch {
    // Only a help beside what is told already.
    return null;
  }
}
