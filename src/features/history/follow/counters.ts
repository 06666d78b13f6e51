/** Compares the bans that fail2ban counted with those its log told of: what is missing is looked for in its database. */
import type { Heard } from '../../../host/bans/heard.ts';
import type { HostFacts } from './messages.ts';

export interface Counters {
  /** A look at fail2ban's counters. */
  counted(facts: HostFacts): void;
  heard(heard: readonly Heard[]): void;
  /** These jails count from the start again. */
  restarted(jails: readonly string[]): void;
  /** Jails that counted more bans than were heard, a while after they were counted. */
  missing(): Missing[];
  /** That is settled: count on from here. */
  settle(jail: string): void;
}

export interface Missing {
  jail: string;
  /** By fail2ban, and how many of them were not heard. */
  counted: number;
  bans: number;
  /** ms; the counting began then. */
  since: number;
}

interface Count {
  /** Of the first look: counter and time. */
  base: number;
  since: number;
  total: number;
  asOf: number;
  heard: number;
}

/** A ban is counted, then logged, then read: so long after a look its bans are heard if they ever are. */
const readingMs = 3_000;
/** The counters are read a moment before the look has its time. */
const lookMs = 2_000;

export function createCounters(now: () => number): Counters {
  const counts = new Map<string, Count>();
  /** Times of the newest bans of each jail, for a count that begins now. */
  const recent = new Map<string, number[]>();
  let upSince: number | null = null;

  const heardSince = (jail: string, since: number): number =>
    (recent.get(jail) ?? []).filter((at) => at > since - lookMs).length;
  const begin = (jail: string, total: number, asOf: number): void =>
    void counts.set(jail, { base: total, since: asOf, total, asOf, heard: heardSince(jail, asOf) });

  function keep(jail: string, at: number): void {
    const oldest = now() - 2 * readingMs;
    if (at < oldest) return;
    const times = recent.get(jail) ?? [];
    times.push(at);
    if ((times[0] ?? at) < oldest - readingMs)
      recent.set(
        jail,
        times.filter((time) => time > oldest),
      );
    else recent.set(jail, times);
  }

  return {
    counted(facts) {
      if (facts.upSince !== upSince) counts.clear();
      upSince = facts.upSince;
      for (const { name, totalBanned: total } of facts.jails) {
        const count = counts.get(name);
        if (count === undefined || total < count.total) begin(name, total, facts.asOf);
        else if (facts.asOf > count.asOf) Object.assign(count, { total, asOf: facts.asOf });
      }
      const running = new Set(facts.jails.map(({ name }) => name));
      for (const jail of counts.keys()) if (!running.has(jail)) counts.delete(jail);
    },
    heard(heard) {
      for (const { type, jail, at } of heard) {
        if (type !== 'ban') continue;
        keep(jail, at);
        const count = counts.get(jail);
        if (count !== undefined && at > count.since - lookMs) count.heard += 1;
      }
    },
    restarted(jails) {
      for (const jail of jails) counts.delete(jail);
    },
    missing() {
      return [...counts].flatMap(([jail, { base, since, total, asOf, heard }]) => {
        const counted = total - base;
        const bans = counted - heard;
        return bans > 0 && now() - asOf > readingMs ? [{ jail, counted, bans, since: since - lookMs }] : [];
      });
    },
    settle(jail) {
      const count = counts.get(jail);
      if (count !== undefined) begin(jail, count.total, count.asOf);
    },
  };
}
