/** Bans some addresses in one jail, leaving before the ban a note of when BanGUI has to end it. */
import type { Address } from '../../base/address.ts';
import type { Clock } from '../../base/clock.ts';
import type { BanReply, Host, JailSnapshot } from '../../host/host.ts';
import { endOf } from './ban-row.ts';
import type { ManualBan, ManualBans } from './manual-bans.ts';
import type { Mirror } from './mirror.ts';

export interface BanChunkDeps {
  host: Host;
  mirror: Mirror;
  manual: ManualBans;
  now: Clock;
}

export interface ChunkRequest {
  jail: JailSnapshot;
  addresses: readonly Address[];
  /** Shorter than the jail's ban time; null for the jail's own. */
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
  for (const ip of addresses) {
    // a ban that is already there is not made shorter
    const ends = seconds === null ? Infinity : Math.max(at + seconds * 1000, known.get(ip)?.expiresAt ?? 0);
    const endsAt = ends < endOf(at, jail.banSeconds) ? ends : null;
    notes.set(ip, {
      jail: jail.name,
      ip,
      banned_at: at,
      banned_by: by,
      reason,
      ends_at: endsAt,
      renewed_at: null,
      renew_at: null,
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
  await mirror.banned(
    jail.name,
    held.map((reply) => ({ ip: reply.address, again: reply.outcome === 'already_banned' })),
  );
  const jailEnd = endOf(now(), jail.banSeconds);
  return replies.map((reply) => ({
    ...reply,
    expiresAt: reply.outcome === 'failed' ? null : (notes.get(reply.address)?.ends_at ?? jailEnd),
  }));
}
