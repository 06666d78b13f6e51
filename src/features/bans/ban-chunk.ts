/** Bans some addresses in one jail, leaving before the ban a note of when BanGUI has to end it, or to renew it. */
import type { Address } from '../../base/address.ts';
import type { Clock } from '../../base/clock.ts';
import type { BanReply, Host, JailSnapshot } from '../../host/host.ts';
import { endOf } from './ban-row.ts';
import type { ManualBan, ManualBans } from './manual-bans.ts';
import type { Mirror } from './mirror.ts';
import { renewAfterMs } from './own-end.ts';

/** So much later BanGUI looks what became of a ban to keep, when it did not live to hear the answer. */
const unheardMs = 10 * 60_000;

export interface BanChunkDeps {
  host: Host;
  mirror: Mirror;
  manual: ManualBans;
  now: Clock;
}

export interface ChunkRequest {
  jail: JailSnapshot;
  addresses: readonly Address[];
  /** -1 = permanent; null for the jail's own ban time. Longer than that only in a jail where bans can be kept alive. */
  seconds: number | null;
  by: string;
  reason: string;
}

/** `expiresAt` ms, null for a ban that failed. */
export type ChunkOutcome = BanReply & { expiresAt: number | null };

/**
 * The note is written first: killed at any moment, BanGUI ends the ban in time after its next start. Throws what the
 * host throws when nothing was sent; the notes are then as before.
 */
export async function banChunk(
  { host, mirror, manual, now }: BanChunkDeps,
  { jail, addresses, seconds, by, reason }: ChunkRequest,
): Promise<ChunkOutcome[]> {
  const at = now();
  const known = await mirror.known(jail.name, addresses);
  const before = new Map((await manual.of(jail.name, addresses)).map((note) => [note.ip, note]));
  const notes = new Map<string, ManualBan>();
  const jailsEnd = endOf(at, jail.banSeconds);
  const wanted = seconds === null ? jailsEnd : endOf(at, seconds);
  for (const ip of addresses) {
    const standing = known.get(ip)?.expiresAt ?? 0;
    const keptAlready = (before.get(ip)?.renew_at ?? null) !== null;
    // A ban that is already there is not made shorter, and needs no keeping when fail2ban holds it long enough.
    const ends = Math.max(wanted, standing);
    const daemonsEnd = keptAlready ? jailsEnd : Math.max(jailsEnd, standing);
    notes.set(ip, {
      jail: jail.name,
      ip,
      banned_at: at,
      banned_by: by,
      reason,
      ends_at: ends === daemonsEnd ? null : ends,
      renewed_at: null,
      renew_at: ends > daemonsEnd ? at + unheardMs : null,
    });
  }
  const putBack = async (ips: readonly string[]): Promise<void> => {
    await manual.remove(
      jail.name,
      ips.filter((ip) => !before.has(ip)),
    );
    await manual.write(ips.flatMap((ip) => before.get(ip) ?? []));
  };

  await manual.write([...notes.values()]);
  let replies: BanReply[];
  try {
    replies = await host.ban(jail.name, addresses);
  } catch (error) {
    await putBack(addresses);
    throw error;
  }
  // A ban whose answer was lost may still come into force: a note that ends it stays.
  const failed = replies.filter((reply) => reply.outcome === 'failed').map((reply) => reply.address);
  await putBack(failed.filter((ip) => notes.get(ip)?.ends_at === null));
  const held = replies.filter((reply) => reply.outcome !== 'failed');
  const heardAt = now();
  await manual.renew(
    held.flatMap((reply) => {
      const note = notes.get(reply.address);
      if (note === undefined || note.renew_at === null) return [];
      return { ...note, renewed_at: heardAt, renew_at: heardAt + renewAfterMs(jail.banSeconds) };
    }),
  );
  await mirror.banned(
    jail.name,
    held.map((reply) => ({ ip: reply.address, again: reply.outcome === 'already_banned' })),
  );
  const jailEnd = endOf(heardAt, jail.banSeconds);
  return replies.map((reply) => ({
    ...reply,
    expiresAt: reply.outcome === 'failed' ? null : (notes.get(reply.address)?.ends_at ?? jailEnd),
  }));
}
