/** Compares the mirror with the daemon's counters and puts right what differs. */
import type { HostStatus, JailSnapshot } from '../../host/host.ts';
import type { KnownRow } from './active-bans.ts';
import { following } from './active-bans.ts';
import type { MirrorLive } from './mirror-live.ts';
import { smallJail, type MirrorLook } from './mirror-look.ts';
import type { MirrorComplete } from './mirror-complete.ts';
import type { MirrorTools } from './mirror-parts.ts';
import { slices } from './turns.ts';

export interface MirrorCheck {
  /** Once a second; does nothing while the counters agree. */
  tick(stopped: () => boolean): Promise<void>;
  /** These jails are looked at in the next quiet moment, whatever the counters say. */
  lookSoon(jails: readonly string[]): void;
  /** A jail's ban time changed: the ends of its bans move with it. */
  banTimeChanged(jail: JailSnapshot): Promise<void>;
}

/** Nothing is in flight between log and mirror after so long a silence. */
const quietMs = 1200;
const pastEndGraceMs = 5000;
const pastEndEveryMs = 5000;
const pastEndLimit = 500;
const lookAgainMs = 10_000;
/** A difference that so many looks did not put right is looked at more rarely. */
const patience = 10;
const walkSize = 240;

export function createMirrorCheck(
  parts: MirrorTools & { complete: MirrorComplete; live: MirrorLive; look: MirrorLook },
): MirrorCheck {
  const { host, feed, bans, takeTurn, looks, look, live, now } = parts;
  const wrong = new Map<string, number>();
  const wanted = new Set<string>();
  const lookedForEnds = new Map<string, number>();
  let judgedAt = 0;
  let pastEndAt = 0;

  /** Jails whose counters differ in two polls in a row that are younger than the last change. */
  function differing(status: HostStatus): { jail: JailSnapshot; polls: number }[] {
    const asOf = status.asOf ?? 0;
    if (asOf === judgedAt || asOf <= live.lastChangeAt()) return [];
    judgedAt = asOf;
    // without a log every new ban shows up here first
    const needed = feed.followsLog() ? 2 : 1;
    return status.jails.flatMap((jail) => {
      if (bans.count(jail.name) === jail.currentlyBanned) {
        wrong.delete(jail.name);
        return [];
      }
      const polls = (wrong.get(jail.name) ?? 0) + 1;
      wrong.set(jail.name, polls);
      const due = polls >= needed && (polls <= patience || polls % patience === 0);
      return due ? [{ jail, polls }] : [];
    });
  }

  /** Rows that outlived their end: fail2ban said nothing of their end, or holds them longer than we knew. */
  async function pastEnd(status: HostStatus): Promise<JailSnapshot[]> {
    if (now() - pastEndAt < pastEndEveryMs) return [];
    pastEndAt = now();
    const ended = await bans.endedBefore(now() - pastEndGraceMs, pastEndLimit);
    const jails: JailSnapshot[] = [];
    for (const name of new Set(ended.map((row) => row.jail))) {
      const jail = status.jails.find((one) => one.name === name);
      const looked = lookedForEnds.get(name) ?? 0;
      if (jail === undefined || jail.currentlyBanned > smallJail || now() - looked < lookAgainMs) continue;
      lookedForEnds.set(name, now());
      jails.push(jail);
    }
    return jails;
  }

  /** In a large jail whose counter is lower by exactly the rows that are past their end, those rows are over. */
  async function dropEnded(jail: JailSnapshot): Promise<boolean> {
    const surplus = bans.count(jail.name) - jail.currentlyBanned;
    if (surplus <= 0) return false;
    const ended = (await bans.endedBefore(now() - pastEndGraceMs, surplus + 1)).filter(
      (row) => row.jail === jail.name,
    );
    if (ended.length !== surplus) return false;
    for (const slice of slices(ended, walkSize)) {
      const ips = slice.map((row) => row.ip);
      await takeTurn(async () => {
        const known = await bans.known(jail.name, ips);
        await bans.change({ jail: jail.name, puts: [], removals: ips, known, seen: looks.mark() });
        parts.announcer.changed({ banned: 0, unbanned: ips.length });
      });
    }
    return true;
  }

  return {
    async tick(stopped) {
      let status = host.status();
      if (status.state !== 'online') return;
      const running = new Set<string>(status.jails.map((jail) => jail.name));
      for (const jail of bans.jails()) if (!running.has(jail)) await look.forget(jail);
      const quiet = now() - live.lastChangeAt() > quietMs;
      await parts.complete.run({ quiet, stopped });
      if (!quiet || stopped()) return;
      if (status.jails.some((jail) => bans.count(jail.name) !== jail.currentlyBanned)) {
        status = await host.refresh();
        if (status.state !== 'online') return;
      }
      const named = status.jails.filter((jail) => wanted.has(jail.name));
      wanted.clear();
      const due = new Set([...named, ...(await pastEnd(status))]);
      const fresh: JailSnapshot[] = [];
      const insisted: JailSnapshot[] = [];
      for (const { jail, polls } of differing(status)) {
        if (jail.currentlyBanned <= smallJail) due.add(jail);
        else if (await dropEnded(jail)) continue;
        else if (polls === 1) fresh.push(jail);
        else if (polls > 4) insisted.push(jail);
        else due.add(jail);
      }
      if (due.size > 0) await look.look([...due], { stopped });
      if (fresh.length > 0) await look.look(fresh, { newest: true, stopped });
      if (insisted.length > 0) await look.look(insisted, { insist: true, stopped });
    },
    lookSoon(jails) {
      for (const jail of jails) wanted.add(jail);
    },
    async banTimeChanged(jail) {
      for (let after = ''; ;) {
        const rows = await takeTurn(async () => {
          const page = await bans.walk(jail.name, after, walkSize);
          const known = new Map(page.map((row) => [row.ip, row]));
          const puts = page
            .map((row) => following(row, jail.banSeconds))
            .filter((row) => row.expiresAt !== known.get(row.ip)?.expiresAt);
          await bans.change({ jail: jail.name, puts, removals: [], known, seen: looks.mark() });
          return page;
        });
        const last: KnownRow | undefined = rows.at(-1);
        if (last === undefined) return;
        after = last.ip;
      }
    },
  };
}
