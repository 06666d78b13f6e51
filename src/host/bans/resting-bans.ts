/** Unbans of jails that stopped: those whose bans the jail's next start does not restore were the end of a ban. */
import type { Heard } from './heard.ts';

export interface HeldUnban {
  heard: Heard;
  /** Where its line begins. */
  from: number;
  pid: number;
}

export interface RestingBans {
  add(jail: string, unbans: readonly HeldUnban[], at: number): void;
  /** From now on what it restores comes. */
  started(jail: string, at: number): void;
  restored(jail: string, ip: string, at: number): void;
  /** The unban of an address that is banned anew: it was one. */
  bannedAnew(jail: string, ip: string): Heard[];
  /** What was not restored, a while after the last one that was. */
  settle(now: number): Heard[];
  /** Where the oldest of them stands in the file that is read; Infinity when none does. */
  from(): number;
  /** The file is read to its end; another one follows, and they are not read again. */
  detach(): void;
  /** Those that are not read again. */
  detached(): RestingJail[];
}

/** To be remembered when reading goes on in another process. */
export interface RestingJail {
  jail: string;
  /** ms, as below. */
  stoppedAt: number;
  restoredAt: number | null;
  unbans: { ip: string; at: number }[];
}

/** A jail that is not started again within it rests for longer; its bans come back when it does. */
const patienceMs = 60_000;

interface Resting {
  unbans: Map<string, HeldUnban>;
  stoppedAt: number;
  /** Of its start, then of the last ban it restored; null while it is stopped. */
  restoredAt: number | null;
}

export function createRestingBans(gapMs: number, before: readonly RestingJail[]): RestingBans {
  const jails = new Map<string, Resting>(before.map((one) => [one.jail, restingOf(one)]));
  return {
    add(jail, unbans, at) {
      if (unbans.length === 0) return;
      const resting = jails.get(jail) ?? {
        unbans: new Map<string, HeldUnban>(),
        stoppedAt: at,
        restoredAt: null,
      };
      for (const unban of unbans) resting.unbans.set(unban.heard.ip, unban);
      jails.set(jail, { ...resting, stoppedAt: at, restoredAt: null });
    },
    started(jail, at) {
      const resting = jails.get(jail);
      if (resting !== undefined) resting.restoredAt = at;
    },
    restored(jail, ip, at) {
      const resting = jails.get(jail);
      if (resting === undefined) return;
      resting.unbans.delete(ip);
      resting.restoredAt = at;
      if (resting.unbans.size === 0) jails.delete(jail);
    },
    bannedAnew(jail, ip) {
      const resting = jails.get(jail);
      const unban = resting?.unbans.get(ip);
      if (unban === undefined) return [];
      resting?.unbans.delete(ip);
      return [unban.heard];
    },
    settle(now) {
      const ended: Heard[] = [];
      for (const [jail, { unbans, stoppedAt, restoredAt }] of jails) {
        const over = restoredAt !== null && now - restoredAt > gapMs;
        if (over) ended.push(...[...unbans.values()].map(({ heard }) => heard));
        if (over || (restoredAt === null && now - stoppedAt > patienceMs)) jails.delete(jail);
      }
      return ended;
    },
    from: () =>
      Math.min(
        Number.POSITIVE_INFINITY,
        ...[...jails.values()].flatMap(({ unbans }) =>
          [...unbans.values()].slice(0, 1).map(({ from }) => from),
        ),
      ),
    detach() {
      for (const { unbans } of jails.values())
        for (const [ip, unban] of unbans) unbans.set(ip, { ...unban, from: notRead });
    },
    detached: () =>
      [...jails].flatMap(([jail, { unbans, stoppedAt, restoredAt }]) => {
        const kept = [...unbans.values()].filter(({ from }) => from === notRead);
        if (kept.length === 0) return [];
        return [{ jail, stoppedAt, restoredAt, unbans: kept.map(({ heard: { ip, at } }) => ({ ip, at })) }];
      }),
  };
}

const notRead = Number.POSITIVE_INFINITY;

function restingOf({ jail, stoppedAt, restoredAt, unbans }: RestingJail): Resting {
  const held = unbans.map(({ ip, at }): [string, HeldUnban] => [
    ip,
    { heard: { type: 'unban', jail, ip, at, count: 0, seconds: null }, from: notRead, pid: 0 },
  ]);
  return { unbans: new Map(held), stoppedAt, restoredAt };
}
