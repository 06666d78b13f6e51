/** The job that ends bans earlier than fail2ban would, at the time an operator asked for. */
import type { Clock } from '../../base/clock.ts';
import { parseAddress } from '../../base/address.ts';
import type { Log } from '../../base/log.ts';
import type { Host } from '../../host/host.ts';
import type { BanFeed } from '../../host/bans/feed.ts';
import { parseJailName } from '../../host/jail-name.ts';
import type { Job } from '../../platform/jobs/job.ts';
import type { Fence } from '../../platform/lock/fence.ts';
import { endOf, manualSlackMs } from './ban-row.ts';
import { createManualBans, type ManualBan, type ManualBans } from './manual-bans.ts';
import type { Mirror } from './mirror.ts';

interface BanEndsDeps {
  host: Host;
  feed: BanFeed;
  mirror: Mirror;
  manual: Pick<ManualBans, 'due' | 'withoutBan'>;
  now: Clock;
  log: Log;
}

const atOnce = 200;
const tidyEveryMs = 60_000;
/** A restarted fail2ban brings its bans back one by one; so long nothing is taken for gone. */
const settledMs = 120_000;

/** While fail2ban does not answer, bans that are due wait, and are ended when it does. */
export function createBanEnds({ host, feed, mirror, manual, now, log }: BanEndsDeps): Job {
  let tidiedAt = now();

  const remove = (fence: Fence, jail: string, notes: readonly ManualBan[]): Promise<void> =>
    fence.write((transaction) =>
      createManualBans({ db: transaction, hostId: host.id }).remove(
        jail,
        notes.map((note) => note.ip),
      ),
    );

  async function end(notes: readonly ManualBan[], fence: Fence): Promise<number> {
    let ended = 0;
    for (const [jailText, ofJail] of Map.groupBy(notes, (note) => note.jail)) {
      const jail = parseJailName(jailText);
      const runs = host.status().jails.some((one) => one.name === jail);
      // A stopped jail bans nobody; started again, it brings the ban back, and the note is still there.
      if (jail === null || !runs) continue;
      const known = await mirror.known(
        jail,
        ofJail.map((note) => note.ip),
      );
      const ours = ofJail.filter(
        (note) => (known.get(note.ip)?.bannedAt ?? 0) <= note.banned_at + manualSlackMs,
      );
      const addresses = ours.flatMap((note) => parseAddress(note.ip) ?? []);
      // fail2ban knows nothing of our lock: paused between these two lines for so long that another took over, we
      // end a ban that is due, once more. Only one made anew in that pause would end too early.
      await fence.check();
      ended += await host.unban(addresses, jail);
      await mirror.unbanned(jail, addresses);
      await remove(fence, jail, ofJail);
    }
    return ended;
  }

  /** Notes whose ban is over: unbanned elsewhere, run out, or made anew by fail2ban itself. */
  async function tidy(fence: Fence): Promise<number> {
    const { upSince, asOf } = host.status();
    if (mirror.state().state !== 'current' || asOf === null) return 0;
    if (now() - Math.max(upSince ?? 0, host.status().since) < settledMs) return 0;
    const candidates = await manual.withoutBan(now() - settledMs, atOnce);
    let removed = 0;
    for (const [jail, notes] of Map.groupBy(candidates, (note) => note.jail)) {
      const ips = notes.map((note) => note.ip);
      const stored = await feed.rowsOf(jail, ips);
      // Without fail2ban's database only a note that is past every end it could have is known to be over.
      const held = new Map((stored ?? []).map((row) => [row.ip, row]));
      const over = notes.filter((note) => {
        const row = held.get(note.ip);
        if (row !== undefined) return endOf(row.bannedAt, row.seconds) < now();
        return stored !== null || (note.ends_at !== null && note.ends_at < now() - settledMs);
      });
      if (over.length > 0) await remove(fence, jail, over);
      removed += over.length;
    }
    return removed;
  }

  return {
    name: 'ban_ends',
    everyMs: 1000,
    async run({ signal, fence }) {
      if (host.status().state !== 'online') return {};
      const counts: Record<string, number> = {};
      const due = await manual.due(now(), atOnce);
      if (due.length > 0) {
        const ended = await end(due, fence);
        if (ended > 0) {
          counts['ended'] = ended;
          log.info('bans_ended_early', { ended });
        }
      }
      if (!signal.aborted && now() - tidiedAt >= tidyEveryMs) {
        tidiedAt = now();
        const removed = await tidy(fence);
        if (removed > 0) counts['notes_removed'] = removed;
      }
      return counts;
    },
  };
}
