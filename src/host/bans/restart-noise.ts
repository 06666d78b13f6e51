/** Tells bans and unbans from the lines that fail2ban writes when it or a jail stops and its bans only rest. */
import type { LineEvent } from './parse-log-line.ts';

/** One line; `from` is where in its file it begins. */
export interface HeardLine {
  event: LineEvent;
  /** ms UTC. */
  at: number;
  /** Of an increased ban, ms UTC; null = never. */
  endsAt: number | null;
  pid: number;
  from: number;
}

export interface Heard {
  type: 'ban' | 'unban' | 'increase';
  jail: string;
  ip: string;
  at: number;
  /** Of an increased ban: its number and length in seconds, -1 = permanent. */
  count: number;
  seconds: number | null;
}

/** What must be remembered when reading stops here and goes on in another process. */
export interface NoiseState {
  /** Process id of the fail2ban that is stopping. */
  stopping: number | null;
}

export interface RestartNoise {
  take(line: HeardLine): Heard[];
  /** Unbans whose jail has said nothing for long enough to know that it goes on. */
  settle(now: number): Heard[];
  /** All that is held back, at the end of what will ever be read. */
  flush(): Heard[];
  /** Jails whose counters at fail2ban began anew since the last call. */
  restarted(): string[];
  /** Where the oldest line begins that was read and not handed over; null when there is none. */
  heldFrom(): number | null;
  state(): NoiseState;
}

/** Between two unbans of a jail that stops: an action that takes longer is not waited for. */
const gapMs = 3_000;
/** A jail whose bans end all the time is not kept waiting longer than this. */
const longestMs = 60_000;

interface Held extends Heard {
  from: number;
  pid: number;
}

/**
 * From "Shutdown in progress" until another process writes, no `Unban` is the end of a ban. A single jail that is
 * stopped says so only after its unbans (server/jail.py), so the unbans of each jail are held back for a moment. Where
 * fail2ban logs only notices, its shutdown shows by another process id that follows in that moment. `Restore Ban` is none.
 */
export function createRestartNoise({ stopping: before }: NoiseState): RestartNoise {
  let stopping = before;
  let pid: number | null = null;
  const held = new Map<string, Held[]>();
  const restarted = new Set<string>();

  const release = (jail: string): Heard[] => {
    const run = held.get(jail) ?? [];
    held.delete(jail);
    return run.map(({ from: _from, pid: _pid, ...heard }) => heard);
  };
  const releaseAll = (which: (run: Held[]) => boolean): Heard[] =>
    [...held].flatMap(([jail, run]) => (which(run) ? release(jail) : []));
  const settle = (now: number): Heard[] =>
    releaseAll((run) => now - (run.at(-1)?.at ?? 0) > gapMs || now - (run[0]?.at ?? 0) > longestMs);

  function otherProcess(next: number): void {
    if (pid !== null && next !== pid) {
      for (const [jail, run] of held) if (run[0]?.pid !== next) held.delete(jail);
      if (stopping === pid) stopping = null;
    }
    pid = next;
    if (stopping !== null && stopping !== next) stopping = null;
  }

  function takeEvent({ event, at, endsAt, pid: by, from }: HeardLine): Heard[] {
    switch (event.type) {
      case 'server_starting':
        stopping = null;
        return [];
      case 'server_stopping':
        stopping = by;
        return releaseAll(() => true);
      case 'jail_stopped':
        held.delete(event.jail);
        restarted.add(event.jail);
        return [];
      case 'again':
        return [];
      case 'unban': {
        if (stopping !== null) return [];
        const { jail, ip } = event;
        const unban = { type: 'unban' as const, jail, ip, at, count: 0, seconds: null, from, pid: by };
        const run = held.get(jail);
        if (run === undefined) held.set(jail, [unban]);
        else run.push(unban);
        return [];
      }
      case 'ban': {
        const { jail, ip } = event;
        if (event.restored) {
          restarted.add(jail);
          return [];
        }
        // The jail is at work: what it ended before is over.
        return [...release(jail), { type: 'ban', jail, ip, at, count: 1, seconds: null }];
      }
      case 'increase': {
        const { jail, ip, count } = event;
        const seconds = endsAt === null ? -1 : Math.max(0, Math.round((endsAt - at) / 1000));
        return [{ type: 'increase', jail, ip, at, count, seconds }];
      }
    }
  }

  return {
    take(line) {
      otherProcess(line.pid);
      return [...settle(line.at), ...takeEvent(line)];
    },
    settle,
    flush: () => releaseAll(() => true),
    restarted() {
      const jails = [...restarted];
      restarted.clear();
      return jails;
    },
    heldFrom() {
      const oldest = [...held.values()].map(([first]) => first?.from ?? 0);
      return oldest.length === 0 ? null : Math.min(...oldest);
    },
    state: () => ({ stopping }),
  };
}
