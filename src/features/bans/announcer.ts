/** Announces bans one by one while a person could follow, and in bulk when not. */
import type { BanEvent, Events, UnbanEvent } from '../../platform/events.ts';
import type { Clock } from '../../base/clock.ts';

export interface Announcer {
  ban(event: BanEvent): void;
  unban(event: UnbanEvent): void;
  /** Many at once, or changes that are nobody's news: read the list again. */
  changed(counts: { banned: number; unbanned: number }): void;
  stop(): void;
}

const windowMs = 250;
const singlesPerWindow = 20;
const bulkEveryMs = 500;

export function createAnnouncer({
  events,
  host,
  now,
}: {
  events: Events;
  host: string;
  now: Clock;
}): Announcer {
  let windowStart = 0;
  let inWindow = 0;
  /** The window before was too full: in a flood nobody wants to see some of it one by one. */
  let flooded = false;
  let banned = 0;
  let unbanned = 0;
  let timer: NodeJS.Timeout | null = null;

  const flush = (): void => {
    timer = null;
    if (banned + unbanned === 0) return;
    events.announce({ type: 'bans_changed', host, banned, unbanned, at: now() });
    banned = 0;
    unbanned = 0;
  };
  const bulk = (): void => {
    timer ??= setTimeout(flush, bulkEveryMs);
  };
  const single = (event: BanEvent | UnbanEvent): boolean => {
    const age = now() - windowStart;
    if (age > windowMs) {
      flooded = inWindow > singlesPerWindow && age < 2 * windowMs;
      windowStart = now();
      inWindow = 0;
    }
    inWindow += 1;
    if (flooded || inWindow > singlesPerWindow) return false;
    events.announce(event);
    return true;
  };

  return {
    ban(event) {
      if (single(event)) return;
      banned += 1;
      bulk();
    },
    unban(event) {
      if (single(event)) return;
      unbanned += 1;
      bulk();
    },
    changed(counts) {
      if (counts.banned + counts.unbanned === 0) return;
      banned += counts.banned;
      unbanned += counts.unbanned;
      bulk();
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      flush();
    },
  };
}
