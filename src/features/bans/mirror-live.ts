/** Takes what the log says, as it says it, into the mirror. */
import type { LogEvent } from '../../host/bans/log-follow.ts';
import type { HostStatus, JailSnapshot } from '../../host/host.ts';
import { endOrNull } from './ban-row.ts';
import { foldEvents, type JailEvent } from './fold-events.ts';
import type { MirrorComplete } from './mirror-complete.ts';
import type { MirrorTools } from './mirror-parts.ts';
import { slices } from './turns.ts';

export interface MirrorLive {
  /** Resolves once the events are in the table and announced. */
  take(events: readonly LogEvent[]): Promise<void>;
  /** ms of the last change that was taken, 0 before the first. */
  lastChangeAt(): number;
  /** A daemon that runs again means what its `Unban` lines say. */
  daemonStarted(): void;
}

/** About 3 ms of work. */
const sliceSize = 120;
const refreshEveryMs = 500;
/** fail2ban's own default, for the moment until the jail's ban time is known. */
const unknownBanSeconds = 600;

export function createMirrorLive(parts: MirrorTools & { complete: MirrorComplete }): MirrorLive {
  const { host, bans, takeTurn, announcer, complete, looks, locate, now, log } = parts;
  let stopping = false;
  let lastChangeAt = 0;
  let refreshTimer: NodeJS.Timeout | null = null;

  async function takeSlice(jail: string, events: readonly JailEvent[]): Promise<void> {
    const ips = [...new Set(events.map((event) => event.ip))];
    const known = await bans.known(jail, ips);
    const banSeconds = snapshotOf(host.status(), jail)?.banSeconds ?? unknownBanSeconds;
    const folded = foldEvents({ events, known, banSeconds });
    const change = { jail, puts: folded.puts, removals: folded.removals, known, seen: looks.mark() };
    const written = new Map((await bans.change(change)).map((row) => [row.ip, row]));
    looks.removed(jail, folded.removals);
    if (folded.puts.length + folded.removals.length > 0) lastChangeAt = now();
    for (const { ip, at, why } of folded.incomplete) complete.add({ jail, ip, at, why });
    for (const row of folded.banned) {
      const { bannedAt, expiresAt, count } = written.get(row.ip) ?? row;
      const { country, asn, asName } = locate(row.ip);
      announcer.ban({
        type: 'ban',
        host: host.id,
        jail,
        ip: row.ip,
        at: bannedAt,
        expiresAt: endOrNull(expiresAt),
        count,
        country,
        asn,
        asName,
      });
    }
    for (const { ip, at } of folded.unbanned) announcer.unban({ type: 'unban', host: host.id, jail, ip, at });
  }

  /** The counters follow the list soon, without one poll for each ban. */
  function refreshSoon(): void {
    refreshTimer ??= setTimeout(() => {
      refreshTimer = null;
      host.refresh().catch((error: unknown) => log.debug('status_refresh_failed', { error }));
    }, refreshEveryMs);
    refreshTimer.unref();
  }

  /** A stopping server unbans everything to restore it at its next start: those bans are not over. */
  function relevant(events: readonly LogEvent[]): JailEvent[] {
    const kept: JailEvent[] = [];
    for (const event of events) {
      if (event.type === 'server_stopping') stopping = true;
      else if (event.type === 'server_starting') stopping = false;
      else if (!(stopping && event.type === 'unban')) kept.push(event);
    }
    return kept;
  }

  return {
    async take(events) {
      const kept = relevant(events);
      if (kept.length === 0) return;
      const unknownJail = kept.some((event) => snapshotOf(host.status(), event.jail) === undefined);
      if (unknownJail) await host.refresh();
      for (const [jail, ofJail] of Map.groupBy(kept, (event) => event.jail)) {
        for (const slice of slices(ofJail, sliceSize)) await takeTurn(() => takeSlice(jail, slice));
      }
      refreshSoon();
    },
    lastChangeAt: () => lastChangeAt,
    daemonStarted() {
      stopping = false;
    },
  };
}

const snapshotOf = (status: HostStatus, jail: string): JailSnapshot | undefined =>
  status.jails.find((one) => one.name === jail);
