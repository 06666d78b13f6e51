/** Tells bans and unbans from the lines that fail2ban writes when it or a jail stops and its bans only rest. */
import type { Heard } from './heard.ts';
import type { LineEvent } from './parse-log-line.ts';
import { createRestingBans, type HeldUnban, type RestingJail } from './resting-bans.ts';

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

/** What must be remembered when reading stops here and goes on in another process. */
export interface NoiseState {
  /** Process id of the fail2ban that is stopping. */
  stopping: number | null;
  /** Unbans in files that are not read again. */
  resting: RestingJail[];
}

export interface RestartNoise {
  take(line: HeardLine): Heard[];
  /** Unbans whose jail has said nothing for long enough to know what they meant. */
  settle(now: number): Heard[];
  /** All that is held back, at the end of a file that nothing follows. */
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

/**
 * From "Shutdown in progress" until another process writes, no `Unban` is the end of a ban. A single jail that is
 * stopped says so only after its unbans (server/jail.py), so the unbans of each jail are held back for a moment; those
 * that its start restores were none. Where fail2ban logs only notices, its shutdown shows by another process id that
 * follows in that moment. `Restore Ban` is no ban.
 */
export function createRestartNoise(before: NoiseState | null): RestartNoise {
  let stopping = before?.stopping ?? null;
  let pid: number | null = null;
  const held = new Map<string, HeldUnban[]>();
  const resting = createRestingBans(gapMs, before?.resting ?? []);
  const restarted = new Set<string>();

  const release = (jail: string): Heard[] => {
    const run = held.get(jail) ?? [];
    held.delete(jail);
    return run.map(({ heard }) => heard);
  };
  const releaseAll = (which: (run: HeldUnban[]) => boolean): Heard[] =>
    [...held].flatMap(([jail, run]) => (which(run) ? release(jail) : []));
  const settle = (now: number): Heard[] => [
    ...resting.settle(now),
    ...releaseAll(
      (run) => now - (run.at(-1)?.heard.at ?? 0) > gapMs || now - (run[0]?.heard.at ?? 0) > longestMs,
    ),
  ];

  function rest(jail: string, at: number): void {
    restarted.add(jail);
    resting.add(jail, held.get(jail) ?? [], at);
    held.delete(jail);
  }

  function otherProcess(next: number, at: number): void {
    if (pid !== null && next !== pid) {
      for (const [jail, run] of held) {
        if (run[0]?.pid === next) continue;
        rest(jail, at);
        resting.started(jail, at);
      }
    }
    pid = next;
    if (stopping !== next) stopping = null;
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
        rest(event.jail, at);
        return [];
      case 'jail_started':
        resting.started(event.jail, at);
        return [];
      case 'again':
        return [];
      case 'unban': {
        if (stopping !== null) return [];
        const { jail, ip } = event;
        const heard = { type: 'unban' as const, jail, ip, at, count: 0, seconds: null };
        const run = held.get(jail) ?? [];
        run.push({ heard, from, pid: by });
        held.set(jail, run);
        return [];
      }
      case 'ban': {
        const { jail, ip } = event;
        if (event.restored) {
          restarted.add(jail);
          resting.restored(jail, ip, at);
          return [];
        }
        // The jail is at work: what it ended before is over.
        const ban = { type: 'ban' as const, jail, ip, at, count: 1, seconds: null };
        return [...resting.bannedAnew(jail, ip), ...release(jail), ban];
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
      otherProcess(line.pid, line.at);
      return [...settle(line.at), ...takeEvent(line)];
    },
    settle,
    flush() {
      resting.detach();
      return releaseAll(() => true);
    },
    restarted() {
      const jails = [...restarted];
      restarted.clear();
      return jails;
    },
    heldFrom() {
      const oldest = [...held.values()].flatMap(([first]) => first?.from ?? []);
      const least = Math.min(resting.from(), ...oldest);
      return Number.isFinite(least) ? least : null;
    },
    state: () => ({ stopping, resting: resting.detached() }),
  };
}
