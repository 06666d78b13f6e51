/** The jails as they are now: those that run, from the shared poll, and those that do not, from what was done to them. */
import type { EndpointOutput } from '../../base/endpoint.ts';
import type { ConfiguredJail } from '../../host/config/configured-jails.ts';
import type { Host, JailSnapshot } from '../../host/host.ts';
import type { ActRows, JailAct } from './act-rows.ts';
import type { startJail } from './contract.ts';
import { scoreOf, type Finding } from './judge-jail.ts';
import type { HealthLook, JailHealth } from './jail-health.ts';

export type JailView = EndpointOutput<typeof startJail>;
export type Configured = () => Promise<readonly ConfiguredJail[]>;

export interface JailLists {
  list(options: { inactive: boolean }): Promise<JailView[]>;
  /** Also of a jail that is off; null for one that neither runs nor is configured. */
  one(name: string): Promise<JailView | null>;
}

interface ListDeps {
  host: Host;
  rows: Pick<ActRows, 'all'>;
  configured: Configured;
  health: JailHealth;
}

export function createJailLists({ host, rows, configured, health }: ListDeps): JailLists {
  async function list({ inactive }: { inactive: boolean }): Promise<JailView[]> {
    const [acts, named, look] = await Promise.all([rows.all(), configured(), health.look()]);
    const { jails, upSince } = host.status();
    const running = jails.map((jail) => runningView(jail, { act: acts.get(jail.name), upSince, look }));
    const runs = new Set<string>(jails.map(({ name }) => name));
    const enabled = new Map(named.map((one) => [one.name, one.enabled]));
    const gone = [...acts.values()].filter((act) => {
      if (runs.has(act.jail)) return false;
      // One that was switched off meanwhile is no longer missing. Nothing is known where the files cannot be read.
      if (act.state === 'stopped') return enabled.get(act.jail) ?? true;
      return act.state === 'died' && (enabled.get(act.jail) ?? named.length === 0);
    });
    const missing = new Set(gone.map((act) => act.jail));
    const off = inactive ? named.filter(({ name }) => !runs.has(name) && !missing.has(name)) : [];
    return [
      ...running,
      ...gone.map((act) => goneView(act, look)),
      ...off.map((jail) => inactiveView(jail, look)),
    ].toSorted((a, b) => a.name.localeCompare(b.name));
  }
  return {
    list,
    one: async (name) => (await list({ inactive: true })).find((jail) => jail.name === name) ?? null,
  };
}

interface Surroundings {
  act: JailAct | undefined;
  upSince: number | null;
  look: HealthLook;
}

function runningView(jail: JailSnapshot, { act, upSince, look }: Surroundings): JailView {
  const idle = act?.state === 'idle' && !forgotten(act, upSince, look);
  return {
    name: jail.name,
    state: idle ? 'idle' : 'running',
    currently_failed: jail.currentlyFailed,
    total_failed: jail.totalFailed,
    currently_banned: jail.currentlyBanned,
    total_banned: jail.totalBanned,
    ban_seconds: jail.banSeconds,
    find_seconds: jail.findSeconds,
    max_retry: jail.maxRetry,
    increments: jail.increments,
    files: jail.files,
    journal_matches: jail.journalMatches,
    acted: idle ? actedOf(act) : null,
    died: null,
    health: healthOf(look.findings(jail)),
  };
}

/** A restart, and each reload of the jail, ends its idling. Reloads by others show within a minute. */
function forgotten({ at, jail }: JailAct, upSince: number | null, { reading }: HealthLook): boolean {
  if (upSince !== null && upSince > at) return true;
  const turn = reading.log?.turnOf(jail) ?? null;
  return turn !== null && turn.kind !== 'stopped' && turn.at > at;
}

const none = {
  currently_failed: 0,
  total_failed: 0,
  currently_banned: 0,
  total_banned: 0,
  ban_seconds: null,
  find_seconds: null,
  max_retry: null,
  increments: false,
  files: [],
  journal_matches: [],
  acted: null,
  died: null,
};

function goneView(act: JailAct, look: HealthLook): JailView {
  const base = { name: act.jail, ...none, state: 'stopped' as const };
  if (act.state === 'stopped') return { ...base, acted: actedOf(act), health: healthOf([]) };
  const line = lastWords(act, look);
  const message =
    line === null
      ? 'It ran, and is gone without having been stopped here.'
      : `It ran, and is gone without having been stopped here. The log’s last words on it: ${line}`;
  return {
    ...base,
    died: { at: new Date(act.at).toISOString(), log_line: line },
    health: healthOf([{ code: 'died', severity: 'bad', message, since: act.at }]),
  };
}

const beforeDeathMs = 10 * 60_000;

/** Its last error, else the line that says it was stopped: by a command that nobody gave here. */
function lastWords({ jail, at }: JailAct, { reading }: HealthLook): string | null {
  const error = reading.log?.errorsOf(jail).findLast((line) => line.at > at - beforeDeathMs);
  const turn = reading.log?.turnOf(jail) ?? null;
  return error?.text ?? (turn?.kind === 'stopped' ? turn.text : null);
}

function inactiveView({ name, enabled }: ConfiguredJail, look: HealthLook): JailView {
  const line = enabled ? (look.reading.log?.errorsOf(name).at(-1) ?? null) : null;
  const message =
    'It is switched on in the configuration, and fail2ban does not run it.' +
    (line === null ? '' : ` The log’s last words on it: ${line.text}`);
  const findings: Finding[] = enabled
    ? [{ code: 'not-running', severity: 'bad', message, since: line?.at ?? null }]
    : [];
  return { name, ...none, state: 'inactive', health: healthOf(findings) };
}

const actedOf = ({ actor, at }: JailAct): JailView['acted'] => ({
  by: actor,
  at: new Date(at).toISOString(),
});

export const healthOf = (findings: readonly Finding[]): JailView['health'] => ({
  score: scoreOf(findings),
  findings: findings.map((finding) => ({
    ...finding,
    since: finding.since === null ? null : new Date(finding.since).toISOString(),
  })),
});
