/** The fail2ban of this machine, through its socket: one connection, one poll shared by everybody who asks. */
import { stat } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { unwatched, type WatchCommand } from '../base/watch.ts';
import { askHeld } from './ask-held.ts';
import { banMany, unbanMany } from './ban-many.ts';
import { asHostError } from './host-error.ts';
import { hostRemedy } from './host-remedy.ts';
import type { Host, HostStatus } from './host.ts';
import { createJailVerbs } from './jail-verbs.ts';
import { createPoll } from './poll.ts';
import { createServerVerbs } from './local-server.ts';
import { createCommands } from './wire/commands.ts';
import { createServerCommands } from './wire/server-commands.ts';
import { createDaemonSocket, type SocketFigures } from './wire/socket.ts';
import { watchSocket } from './wire/watch-socket.ts';
import { DaemonError, WireError, type FaultState } from './wire/wire-error.ts';

export interface LocalHost extends Host {
  /** Begins to poll; before it the status is `unreachable`, never asked. */
  start(): void;
  /** Of the one connection, for tests and metrics. */
  connectionFigures(): SocketFigures;
}

interface LocalHostDeps {
  id: string;
  socketPath: string;
  log: Log;
  now: Clock;
  watchCommand?: WatchCommand;
}

const pingEveryMs = 1000;
const lookEveryMs = 5000;
/** With nobody looking, counters are kept this fresh. */
const idleLookEveryMs = 60_000;
const interestLastsMs = 60_000;
/** A starting fail2ban answers before its jails exist and before their bans are back: look at every tick meanwhile. */
const startTakesMs = 10_000;

/** Polls only after `start()`; every verb works without it. `close()` ends the connection and the poll. */
export function createLocalHost(deps: LocalHostDeps): LocalHost {
  const { id, socketPath, log, now, watchCommand = unwatched } = deps;
  const socket = watchSocket(createDaemonSocket({ path: socketPath }), watchCommand);
  const commands = createCommands({ socket });
  const poll = createPoll({ commands, now });
  const listeners = new Set<(status: HostStatus) => void>();
  let status = neverAsked(now());
  let told = visible(status);
  let connectionSeen = 0;
  let serverChanged = false;
  let interestAt = now();
  let eagerUntil = 0;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;
  let current: { full: boolean; done: Promise<void> } | null = null;

  const publish = (next: HostStatus): void => {
    if (closed) return;
    if (next.state !== status.state) {
      log.info('fail2ban_state_changed', {
        host: id,
        from: status.state,
        to: next.state,
        reason: next.reason,
      });
    }
    status = next.state === status.state ? next : { ...next, since: next.checkedAt ?? next.since };
    const shown = visible(status);
    if (shown === told) return;
    told = shown;
    for (const listener of listeners) listener(status);
  };

  const online = async (full: boolean): Promise<void> => {
    await poll.ping();
    const { opened } = socket.inspect();
    const fresh = opened !== connectionSeen || status.state !== 'online';
    const every = listeners.size > 0 || now() - interestAt < interestLastsMs ? lookEveryMs : idleLookEveryMs;
    if (fresh) eagerUntil = now() + startTakesMs;
    const due = full || now() < eagerUntil || now() - (status.asOf ?? 0) >= every;
    const base = { ...status, state: 'online' as const, reason: null, remedy: null };
    if (!due) return publish({ ...base, checkedAt: now() });
    const upSince = fresh ? await socketMadeAt(socketPath) : status.upSince;
    // A starting fail2ban answers for its database and its log before it has read where they are.
    const look = await poll.look(fresh || serverChanged || now() < eagerUntil);
    serverChanged = false;
    connectionSeen = opened;
    publish({ ...base, ...look, upSince, asOf: now(), checkedAt: now() });
  };

  const attempt = async (full: boolean): Promise<void> => {
    try {
      await online(full);
    } catch (error) {
      const fault = faultOf(error);
      if (fault === null) throw error;
      const remedy = await hostRemedy(fault.state, socketPath);
      publish({ ...status, state: fault.state, reason: fault.message, remedy, checkedAt: now() });
    }
  };

  /** Joins the attempt under way when that one reads as much. */
  const run = (full: boolean): Promise<void> => {
    if (current !== null && (current.full || !full)) return current.done;
    const before = current?.done.catch(() => undefined) ?? Promise.resolve();
    const mine = { full, done: before.then(() => attempt(full)) };
    current = mine;
    const ended = (): void => {
      if (current === mine) current = null;
    };
    mine.done.then(ended, ended);
    return mine.done;
  };

  const tick = async (): Promise<void> => {
    const began = performance.now();
    try {
      await run(false);
    } catch (error) {
      log.error('fail2ban_poll_failed', { host: id, error });
    }
    const wait = Math.max(pingEveryMs / 4, pingEveryMs - (performance.now() - began));
    if (!closed) timer = setTimeout(() => void tick(), wait);
  };

  /** Any failure of a verb as the caller of the HTTP interface shall see it. */
  const asked = async <T>(verb: () => Promise<T>): Promise<T> => {
    try {
      return await verb();
    } catch (error) {
      throw await asHostError(error, socketPath);
    }
  };

  return {
    id,
    server: createServerVerbs({
      commands: createServerCommands({ socket }),
      asked,
      onChange: () => (serverChanged = true),
    }),
    start() {
      if (timer === null && !closed) void tick();
    },
    status() {
      interestAt = now();
      return status;
    },
    onStatus(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async refresh() {
      interestAt = now();
      if (!closed) await run(true);
      return status;
    },
    ban: (jail, addresses) => asked(() => banMany(commands, jail, addresses)),
    unban: (addresses, jail) => asked(() => unbanMany(commands, jail, addresses)),
    unbanAll: () => asked(() => commands.unbanAll()),
    ignoreList: (jail) => asked(() => commands.ignoreList(jail)),
    rulesOf: (jail) => asked(() => commands.rules(jail)),
    banTimes: (jail) => asked(() => commands.banTimes(jail)),
    holds: (jail, ips) => asked(() => askHeld(commands, jail, ips)),
    runningJails: () => asked(() => commands.jailNames()),
    ...createJailVerbs({ socket, commands, asked }),
    connectionFigures: () => socket.inspect(),
    async close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      listeners.clear();
      socket.close();
      await current?.done.catch(() => undefined);
    },
  };
}

const neverAsked = (at: number): HostStatus => ({
  state: 'unreachable',
  reason: 'fail2ban was not asked yet.',
  remedy: null,
  version: null,
  upSince: null,
  jails: [],
  asOf: null,
  checkedAt: null,
  since: at,
  databaseFile: null,
  logTarget: null,
  logLevel: null,
  purgeSeconds: null,
});

/** What a person could see change; the times of asking change always. */
const visible = ({ asOf: _asOf, checkedAt: _checkedAt, ...rest }: HostStatus): string => JSON.stringify(rest);

/** A refusal of a command that every fail2ban knows means that something else listens there. */
function faultOf(error: unknown): { state: FaultState; message: string } | null {
  if (error instanceof WireError) return error;
  return error instanceof DaemonError
    ? { state: 'garbled', message: 'It does not know fail2ban’s commands.' }
    : null;
}

/** fail2ban makes its socket when it starts, and nothing writes to it as a file afterwards. */
async function socketMadeAt(path: string): Promise<number | null> {
  return await stat(path).then(
    ({ mtimeMs }) => Math.round(mtimeMs),
    () => null,
  );
}
