/** Keeps bans alive that shall last longer than their jail bans for: prolongs them in time, and makes them anew. */
import { parseAddress } from '../../base/address.ts';
import type { Clock } from '../../base/clock.ts';
import { permanent } from '../../base/duration.ts';
import type { Log } from '../../base/log.ts';
import type { StoredBan } from '../../host/bans/ban-database.ts';
import type { BanFeed } from '../../host/bans/feed.ts';
import type { Host, JailSnapshot } from '../../host/host.ts';
import type { Job } from '../../platform/jobs/job.ts';
import type { Fence } from '../../platform/lock/fence.ts';
import { banKey } from './ban-row.ts';
import { createManualBans, type ManualBan, type ManualBans } from './manual-bans.ts';
import type { Mirror } from './mirror.ts';
import { renewAfterMs } from './own-end.ts';

interface BanRenewalsDeps {
  host: Host;
  feed: BanFeed;
  mirror: Mirror;
  manual: Pick<ManualBans, 'of' | 'toRenew' | 'keptWithoutBan'>;
  now: Clock;
  log: Log;
}

/** What is known of some addresses of a jail. */
interface Sighting {
  jail: JailSnapshot;
  /** fail2ban's rows; null when they cannot be read. */
  stored: readonly StoredBan[] | null;
  /** Banned now, as far as the mirror knows. */
  listed: ReadonlyMap<string, unknown>;
}

const atOnce = 100;
const lookForMissingMs = 3_000;
/** A starting fail2ban brings its bans back one by one. */
const startTakesMs = 10_000;
/** A ban that fail2ban does not take is tried again after so long. */
const againAfterMs = 30_000;
/** fail2ban's `dbpurgeage`, one day unless changed: a row that is younger was not purged. */
const purgedAfterMs = 86_400_000;
/** In a burst fail2ban writes a row that much after the ban. */
const writtenAfterMs = 60_000;
/** Without a log to follow, a ban is listed that much after it was made. */
const listedAfterMs = 10_000;

/** While fail2ban does not answer nothing is judged; what ran out meanwhile is banned anew when it does. */
export function createBanRenewals({ host, feed, mirror, manual, now, log }: BanRenewalsDeps): Job {
  let lookedAt = -Infinity;

  /**
   * fail2ban deletes its row when somebody ends a ban, and keeps it when a ban runs out; but it writes new rows late,
   * and purges old ones. Where the row says nothing, a ban was ended when it is missing before its own end although
   * fail2ban ran all the time.
   */
  function wasEnded(note: ManualBan, { jail, stored, listed }: Sighting): boolean {
    if (stored?.some((row) => row.ip === note.ip)) return false;
    const { upSince } = host.status();
    const heardAt = note.renewed_at ?? 0;
    const ranOn = upSince !== null && upSince < heardAt;
    const early = jail.banSeconds === permanent || now() < heardAt + jail.banSeconds * 1000;
    const missing = !listed.has(note.ip) && ranOn && early;
    const age = now() - note.banned_at;
    if (stored === null || age > purgedAfterMs) return missing;
    if (age < listedAfterMs) return missing && feed.followsLog();
    return age > writtenAfterMs || !listed.has(note.ip);
  }

  async function ofJail(jail: JailSnapshot, notes: readonly ManualBan[], fence: Fence) {
    const ips = notes.map(({ ip }) => ip);
    const stored = await feed.rowsOf(jail.name, ips);
    const listed = await mirror.known(jail.name, ips);
    const ended = notes.filter((note) => wasEnded(note, { jail, stored, listed }));
    const write = <T>(work: (bans: ManualBans) => Promise<T>): Promise<T> =>
      fence.write((transaction) => work(createManualBans({ db: transaction, hostId: host.id })));
    const gone = new Set(ended.map(({ ip }) => ip));
    const kept = notes.filter(({ ip }) => !gone.has(ip));
    if (gone.size > 0) await write((bans) => bans.remove(jail.name, [...gone]));
    if (kept.length === 0) return { renewed: 0, banned_again: 0, let_go: gone.size };
    // fail2ban knows nothing of our lock: paused here for so long that another took over, we prolong once more what
    // it prolongs too. A ban that somebody ended in that pause would come back; the check below ends it again.
    await fence.check();
    const replies = await host.ban(
      jail.name,
      kept.flatMap(({ ip }) => parseAddress(ip) ?? []),
    );
    const at = now();
    const outcomes = new Map(replies.map((reply) => [String(reply.address), reply.outcome]));
    const still = new Set((await manual.of(jail.name, ips)).map(({ ip }) => ip));
    const renewed = kept
      .filter(({ ip }) => still.has(ip))
      .map((note): ManualBan => {
        const outcome = outcomes.get(note.ip) ?? 'failed';
        if (outcome === 'failed') return { ...note, renew_at: at + againAfterMs };
        const renew_at = at + renewAfterMs(jail.banSeconds);
        return { ...note, renewed_at: at, renew_at, banned_at: outcome === 'banned' ? at : note.banned_at };
      });
    await write((bans) => bans.renew(renewed));
    await mirror.banned(
      jail.name,
      replies.flatMap(({ address, outcome }) =>
        outcome === 'failed' ? [] : { ip: address, again: outcome === 'already_banned' },
      ),
    );
    const unwanted = replies.flatMap(({ address, outcome }) =>
      outcome === 'banned' && !still.has(address) ? address : [],
    );
    if (unwanted.length > 0) await host.unban(unwanted, jail.name);
    const anew = renewed.filter(({ ip }) => outcomes.get(ip) === 'banned').length;
    return { renewed: renewed.length - anew, banned_again: anew, let_go: ended.length };
  }

  /** Prolonging is everyday work and leaves no row of a run; bans that came back or were let go do. */
  return {
    name: 'ban_renewals',
    everyMs: 1000,
    async run({ signal, fence }) {
      const { state, upSince, since, jails } = host.status();
      if (state !== 'online' || mirror.state().state !== 'current') return {};
      if (now() - Math.max(upSince ?? 0, since) < startTakesMs) return {};
      const notes = await manual.toRenew({ time: now(), before: upSince ?? 0 }, atOnce);
      if (performance.now() - lookedAt > lookForMissingMs) {
        lookedAt = performance.now();
        const due = new Set(notes.map(({ jail, ip }) => banKey(jail, ip)));
        const missing = await manual.keptWithoutBan(atOnce);
        notes.push(...missing.filter(({ jail, ip }) => !due.has(banKey(jail, ip))));
      }
      const counts = { banned_again: 0, let_go: 0 };
      for (const [name, ofOne] of Map.groupBy(notes, (note) => note.jail)) {
        // A jail that does not run bans nobody; started again, its bans are missing and made anew.
        const jail = jails.find((one) => one.name === name);
        if (signal.aborted || jail === undefined) continue;
        const done = await ofJail(jail, ofOne, fence);
        if (done.renewed > 0) log.debug('bans_renewed', { jail: name, renewed: done.renewed });
        counts.banned_again += done.banned_again;
        counts.let_go += done.let_go;
      }
      if (counts.banned_again + counts.let_go > 0) log.info('bans_kept', counts);
      return counts;
    },
  };
}
