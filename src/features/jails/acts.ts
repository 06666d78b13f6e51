/** What can be done to a jail: start, stop, idle, reload; one act at a time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import { AppError, conflict, daemonRefused, notFound } from '../../base/errors.ts';
import { refuseBroken, type Rehearse } from '../../host/config/refuse-broken.ts';
import type { Host, JailName } from '../../host/host.ts';
import type { Audit } from '../../platform/audit.ts';
import type { Call } from '../../platform/http/mount.ts';
import type { ActRows, ActState } from './act-rows.ts';
import { requireOnline } from './entries.ts';
import type { SharedLog } from './jail-log.ts';
import type { Configured, JailLists, JailView } from './list-jails.ts';

/** Lets fail2ban read these jails again, or all; `said` is what its client answered. */
export type Reload = (
  jails: readonly JailName[] | null,
) => Promise<{ ok: true } | { ok: false; said: string }>;

export interface ActDeps {
  host: Host;
  rows: ActRows;
  lists: JailLists;
  configured: Configured;
  log: SharedLog;
  reload: Reload;
  rehearse: Rehearse;
  /** Puts back what the ignore lists of these jails lost. */
  putBack: (jails: readonly JailName[]) => Promise<void>;
  audit: Audit;
  /** Throws 409 while the configuration is being changed. */
  refuseWhileChanging: () => Promise<void>;
  /** Tells every open page. */
  tell: () => void;
  now: Clock;
}

type Caller = Pick<Call, 'actor' | 'client'>;

interface ReloadedAll {
  /** False: nothing was there to try the configuration beforehand. */
  rehearsed: boolean;
  /** Ran before and do not run now, though they are switched on. */
  lost: string[];
}

export interface JailActs {
  start(jail: JailName, call: Caller): Promise<JailView>;
  stop(jail: JailName, call: Caller): Promise<JailView & { bans_ended: number }>;
  idle(jail: JailName, on: boolean, call: Caller): Promise<JailView>;
  reload(jail: JailName, call: Caller): Promise<JailView>;
  reloadAll(call: Caller): Promise<ReloadedAll>;
}

/** A jail's threads start at once; a busy machine needs a moment for it. */
const comesWithinMs = 6_000;

export function createJailActs(deps: ActDeps): JailActs {
  const { host, rows, lists, configured, log, reload, putBack, audit, tell, now } = deps;
  let turn: Promise<unknown> = Promise.resolve();

  /** Audited, and never beside another act or a change of the configuration. */
  function act<T>(action: string, target: string, call: Caller, work: () => Promise<T>): Promise<T> {
    const mine = turn.then(async () => {
      requireOnline(host);
      await deps.refuseWhileChanging();
      const entry = {
        actor: call.actor?.name ?? '',
        client: call.client,
        hostId: host.id,
        action: `jails.${action}`,
        target,
      };
      try {
        const result = await work();
        await audit({ ...entry, detail: detailOf(result), outcome: 'done' });
        return result;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        const isRefused = error instanceof AppError && error.status < 500;
        await audit({ ...entry, detail: { reason }, outcome: isRefused ? 'refused' : 'failed' });
        throw error;
      } finally {
        await host.refresh();
        tell();
      }
    });
    turn = mine.catch(() => undefined);
    return mine;
  }

  const runs = (jail: JailName): boolean => host.status().jails.some(({ name }) => name === jail);
  const note = (jail: string, state: ActState, call: Caller): Promise<void> =>
    rows.set({ jail, state, actor: call.actor?.name ?? '', at: now() });

  async function view(jail: JailName): Promise<JailView> {
    const found = await lists.one(jail);
    if (found === null) throw notFound(`There is no jail “${jail}”, neither running nor configured.`);
    return found;
  }

  async function requireRunning(jail: JailName): Promise<void> {
    if (runs(jail) || (await host.refresh()).jails.some(({ name }) => name === jail)) return;
    const found = await view(jail);
    throw notFound(
      found.state === 'inactive'
        ? `fail2ban does not run ${jail}: it is off in the configuration.`
        : `fail2ban does not run ${jail}. Start it first.`,
    );
  }

  /** Until all of these run, or the time is over. Answers those that do not. */
  async function untilRunning(jails: readonly string[]): Promise<string[]> {
    const until = performance.now() + comesWithinMs;
    for (;;) {
      const running = new Set<string>((await host.refresh()).jails.map(({ name }) => name));
      const missing = jails.filter((name) => !running.has(name));
      if (missing.length === 0 || performance.now() > until) return missing;
      await sleep(150);
    }
  }

  async function readAgain(jail: JailName, call: Caller): Promise<JailView> {
    await refuseBroken(deps.rehearse, jail);
    const end = await reload([jail]);
    const [missing] = await untilRunning(end.ok ? [jail] : []);
    if (!end.ok || missing !== undefined) {
      const said = end.ok ? await lastWords(log, jail) : end.said;
      throw daemonRefused(`fail2ban did not take ${jail}: ${said}`);
    }
    await note(jail, 'running', call);
    await putBack([jail]);
    return view(jail);
  }

  return {
    start: (jail, call) =>
      act('start', jail, call, async () => {
        if ((await host.refresh()).jails.some(({ name }) => name === jail)) return view(jail);
        const enabled = (await configured()).find(({ name }) => name === jail)?.enabled;
        if (enabled === undefined) throw notFound(`No jail “${jail}” is configured.`);
        if (!enabled)
          throw conflict('jail_inactive', `${jail} is off in the configuration: switch it on there.`);
        return readAgain(jail, call);
      }),
    stop: (jail, call) =>
      act('stop', jail, call, async () => {
        const before = await rows.of(jail);
        const running = runs(jail) || (await host.refresh()).jails.some(({ name }) => name === jail);
        if (!running && before?.state === 'stopped') return { ...(await view(jail)), bans_ended: 0 };
        await requireRunning(jail);
        // Before it is gone: nobody shall take it for one that died.
        await note(jail, 'stopped', call);
        try {
          const ended = await host.stopJail(jail);
          await host.refresh();
          return { ...(await view(jail)), bans_ended: ended };
        } catch (error) {
          await (before === null ? rows.remove(jail) : rows.set(before));
          throw error;
        }
      }),
    idle: (jail, on, call) =>
      act(on ? 'idle' : 'wake', jail, call, async () => {
        await requireRunning(jail);
        await host.idleJail(jail, on);
        await note(jail, on ? 'idle' : 'running', call);
        return view(jail);
      }),
    reload: (jail, call) =>
      act('reload', jail, call, async () => {
        await requireRunning(jail);
        return readAgain(jail, call);
      }),
    reloadAll: (call) =>
      act('reload', 'every jail', call, async () => {
        const rehearsed = await refuseBroken(deps.rehearse, null);
        const before = (await host.refresh()).jails.map(({ name }) => name);
        const end = await reload(null);
        const off = new Set((await configured()).filter((one) => !one.enabled).map(({ name }) => name));
        const wanted = before.filter((name) => !off.has(name));
        const lost = await untilRunning(end.ok ? wanted : []);
        if (!end.ok) throw daemonRefused(`fail2ban did not reload: ${end.said} ${stillThere(before, host)}`);
        const { jails } = host.status();
        for (const { name } of jails) await note(name, 'running', call);
        await putBack(jails.map(({ name }) => name));
        return { rehearsed, lost };
      }),
  };
}

function detailOf(result: unknown): Record<string, unknown> {
  if (typeof result !== 'object' || result === null) return {};
  if ('lost' in result) return { lost: result.lost };
  return 'bans_ended' in result ? { bans_ended: result.bans_ended } : {};
}

function stillThere(before: readonly string[], host: Host): string {
  const running = new Set<string>(host.status().jails.map(({ name }) => name));
  const gone = before.filter((name) => !running.has(name));
  return gone.length === 0 ? 'Every jail still runs.' : `No longer running: ${gone.join(', ')}.`;
}

async function lastWords(log: SharedLog, jail: string): Promise<string> {
  const { log: read, problem } = await log.readNow();
  return read?.errorsOf(jail).at(-1)?.text ?? problem ?? 'its log says nothing about it.';
}
