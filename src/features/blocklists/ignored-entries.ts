/** What the jails ignore: asked of fail2ban while it answers, else as it was last known, else as it is configured. */
import type { Kysely } from 'kysely';
import { parseAddress, type Address } from '../../base/address.ts';
import type { Clock } from '../../base/clock.ts';
import type { Host, JailName } from '../../host/host.ts';
import type { Database } from '../../platform/db/schema.ts';

interface IgnoredDeps {
  db: Kysely<Database>;
  host: Host;
  /** What the configuration tells each jail to ignore, as text; for when fail2ban was never heard since our start. */
  configuredIgnores: () => Promise<readonly { jail: string; entries: readonly string[] }[]>;
  now: Clock;
}

export interface IgnoredEntry {
  entry: Address;
  jails: string[];
}

const keptMs = 10_000;

/** Answers addresses and networks, each once with its jails; names in ignore lists are fail2ban's own affair. */
export function createIgnoredEntries(deps: IgnoredDeps): () => Promise<IgnoredEntry[]> {
  const { db, host, configuredIgnores, now } = deps;
  const known = new Map<JailName, readonly string[]>();
  let readAt: number | null = null;

  async function ask(): Promise<void> {
    const status = host.status().checkedAt === null ? await host.refresh() : host.status();
    if (status.state !== 'online') return;
    if (readAt !== null && now() - readAt < keptMs) return;
    const running = new Set(status.jails.map(({ name }) => name));
    for (const jail of known.keys()) if (!running.has(jail)) known.delete(jail);
    for (const jail of running) {
      // A jail that does not answer this time ignores what it did before.
      const entries = await host.ignoreList(jail).catch(() => null);
      if (entries !== null) known.set(jail, entries);
    }
    readAt = now();
  }

  return async () => {
    await ask();
    const lists =
      readAt === null
        ? await configuredIgnores()
        : [...known].map(([jail, entries]) => ({ jail: String(jail), entries }));
    const ours = await db
      .selectFrom('jail_ignores')
      .select(['jail', 'entry'])
      .where('host_id', '=', host.id)
      .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now())]))
      .execute();
    const found = new Map<Address, Set<string>>();
    const add = (jail: string, text: string): void => {
      const entry = parseAddress(text);
      if (entry !== null) found.set(entry, (found.get(entry) ?? new Set()).add(jail));
    };
    for (const { jail, entries } of lists) for (const entry of entries) add(jail, entry);
    for (const { jail, entry } of ours) add(jail, entry);
    return [...found].map(([entry, jails]) => ({ entry, jails: [...jails].toSorted() }));
  };
}
