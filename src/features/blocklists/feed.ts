/** Addresses that own jails ban now, as text for other machines. */
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { parseAddress } from '../../base/address.ts';
import type { Clock } from '../../base/clock.ts';
import { blocklistJailName } from '../../host/blocklist/names.ts';
import type { Database } from '../../platform/db/schema.ts';

interface FeedDeps {
  db: Kysely<Database>;
  hostId: string;
  now: Clock;
}

interface FeedQuery {
  jail?: string | undefined;
  family?: '4' | '6' | undefined;
}

export interface Feed {
  /** One address or network a line, in the order of addresses; 16 MB for a million. */
  parts: Buffer[];
  /** The same for the same text. */
  etag: string;
}

/** So that a connection that answers here holds this thread for some milliseconds at a time. */
const page = 1_000;

export async function readBans({ db, hostId, now }: FeedDeps, { jail, family }: FeedQuery): Promise<Feed> {
  const hash = createHash('sha256');
  const parts: Buffer[] = [];
  const time = now();
  // Keys of addresses begin with their family, and `6` ends before `7`.
  let after = family === '6' ? '6' : '4';
  const end = family === '4' ? '5' : '7';
  for (;;) {
    let bans = db
      .selectFrom('active_bans')
      .select(['ip', 'ip_key'])
      .distinct()
      .where('host_id', '=', hostId)
      // two machines that read each other's would keep each other's bans alive
      .where('jail', '!=', blocklistJailName)
      .where('expires_at', '>', time)
      .where('ip_key', '>', after)
      .where('ip_key', '<', end)
      .orderBy('ip_key')
      .limit(page);
    if (jail !== undefined) bans = bans.where('jail', '=', jail);
    const rows = await bans.execute();
    const lines = new Set(rows.flatMap(({ ip }) => parseAddress(ip) ?? []));
    const part = Buffer.from([...lines].map((line) => `${line}\n`).join(''));
    hash.update(part);
    parts.push(part);
    const last = rows.at(-1);
    if (last === undefined || rows.length < page) return { parts, etag: `"${hash.digest('base64url')}"` };
    after = last.ip_key;
  }
}
