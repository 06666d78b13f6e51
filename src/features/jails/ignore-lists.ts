/** Whom a jail ignores: what the configuration says, what was let through here, and what others set at run time. */
import type { Kysely } from 'kysely';
import { addressKey, networkBounds, parseAddress, prefixLength } from '../../base/address.ts';
import type { EndpointOutput } from '../../base/endpoint.ts';
import { notFound } from '../../base/errors.ts';
import type { Host, JailName } from '../../host/host.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { listIgnored, listIgnoredInJails } from './ignore-contract.ts';
import type { IgnoreRow, IgnoreRows } from './ignore-rows.ts';

type List = EndpointOutput<typeof listIgnored>;
type Item = List['items'][number];

interface ListDeps {
  db: Kysely<Database>;
  host: Host;
  rows: Pick<IgnoreRows, 'of' | 'all'>;
  configuredOf: (jail: string) => Promise<ReadonlySet<string>>;
}

/** Throws 404 for a jail that fail2ban does not run. */
export async function readIgnoreList(deps: ListDeps, jail: JailName): Promise<List> {
  const { db, host, rows, configuredOf } = deps;
  if (!host.status().jails.some(({ name }) => name === jail)) await host.refresh();
  if (!host.status().jails.some(({ name }) => name === jail))
    throw notFound(`fail2ban does not run ${jail}, so it ignores nobody.`);
  const [held, own, configured] = await Promise.all([
    host.ignoreList(jail),
    rows.of(jail),
    configuredOf(jail),
  ]);
  const made = new Map(own.map((row) => [row.entry, row]));
  const banned = await bannedAmong(db, { hostId: host.id, entries: held });
  const items = held.map((entry) => {
    const row = made.get(entry);
    const source = row !== undefined ? 'bangui' : configured.has(entry) ? 'configuration' : 'runtime';
    return itemOf(entry, { source, row, banned: banned.get(entry)?.has(jail) ?? false });
  });
  return { items, next_cursor: null, total: items.length };
}

/** What was made here, by entry: the jails of one form stand together. */
export async function readIgnoredInJails({
  db,
  host,
  rows,
}: Pick<ListDeps, 'db' | 'host' | 'rows'>): Promise<EndpointOutput<typeof listIgnoredInJails>> {
  const made = await rows.all();
  const running = host.status().jails.map(({ name }) => name);
  const groups = Map.groupBy(made, ({ entry, actor, reason, expires_at: end }) =>
    JSON.stringify([entry, actor, reason, end]),
  );
  const banned = await bannedAmong(db, {
    hostId: host.id,
    entries: [...new Set(made.map(({ entry }) => entry))],
  });
  const items = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { entry, actor, reason, expires_at: end } = first;
    const jails = group.map(({ jail }) => jail);
    return [
      {
        entry,
        jails,
        everywhere: running.every((name) => jails.includes(name)),
        actor,
        reason,
        created_at: new Date(Math.min(...group.map(({ created_at: at }) => at))).toISOString(),
        expires_at: instant(end),
        banned_in: jails.filter((jail) => banned.get(entry)?.has(jail)),
      },
    ];
  });
  return { items, next_cursor: null, total: items.length, running: running.length };
}

interface Facts {
  source: Item['source'];
  row: IgnoreRow | undefined;
  banned: boolean;
}

const itemOf = (entry: string, { source, row, banned }: Facts): Item => ({
  entry,
  source,
  actor: row?.actor ?? null,
  reason: row?.reason ?? null,
  created_at: instant(row?.created_at),
  expires_at: instant(row?.expires_at),
  banned,
});

const instant = (ms: number | null | undefined): string | null =>
  ms === null || ms === undefined ? null : new Date(ms).toISOString();

/** Entries asked for in one statement: an ignore list has a handful. */
const mostAsked = 200;

/** For each entry the jails that ban an address or a network inside it now; names are compared by nobody. */
export async function bannedAmong(
  db: Kysely<Database>,
  { hostId, entries }: { hostId: string; entries: readonly string[] },
): Promise<Map<string, Set<string>>> {
  const ranges = entries.slice(0, mostAsked).flatMap((entry) => {
    const address = parseAddress(entry);
    if (address === null || prefixLength(address) === 0) return [];
    const { first, last } = networkBounds(address);
    return [{ entry, first, last, itself: addressKey(address) }];
  });
  if (ranges.length === 0) return new Map();
  const rows = await db
    .selectFrom('active_bans')
    .select(['jail', 'ip_key'])
    .where('host_id', '=', hostId)
    .where((eb) =>
      eb.or(
        ranges.map(({ first, last, itself }) =>
          eb.or([
            eb('ip_key', '=', itself),
            eb.and([
              eb('ip_key', '>=', first),
              eb('ip_key', '<=', last),
              eb('ip_key', 'not like', `${first}/%`),
            ]),
          ]),
        ),
      ),
    )
    .distinct()
    .limit(10_000)
    .execute();
  return new Map(
    ranges.map(({ entry, first, last, itself }) => [
      entry,
      new Set(
        rows
          .filter(({ ip_key: key }) => key === itself || (key >= first && key <= last))
          .map(({ jail }) => jail),
      ),
    ]),
  );
}
