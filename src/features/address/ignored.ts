/** What the jails are told to ignore: read from the daemon when it answers in time, and kept for a moment. */
import { setTimeout as sleep } from 'node:timers/promises';
import { contains, parseAddress, type Address } from '../../base/address.ts';
import type { Clock } from '../../base/clock.ts';
import type { Host, JailName } from '../../host/host.ts';

export interface IgnoreLists {
  /** As far as fail2ban answered within a second; entries that are names are left out. */
  all(): Promise<ReadonlyMap<string, readonly Address[]>>;
}

const keepMs = 10_000;
const patienceMs = 800;

export function createIgnoreLists({ host, now }: { host: Host; now: Clock }): IgnoreLists {
  const known = new Map<string, { entries: Address[]; at: number }>();
  let reading: Promise<void> | null = null;

  async function read(): Promise<void> {
    for (const { name } of host.status().jails) {
      const before = known.get(name);
      if (before !== undefined && now() - before.at < keepMs) continue;
      const entries = await ignoredBy(host, name);
      if (entries === null) known.delete(name);
      else known.set(name, { entries, at: now() });
    }
  }

  return {
    async all() {
      const { state, jails } = host.status();
      if (state !== 'online') return new Map();
      reading ??= read().finally(() => (reading = null));
      const given = new AbortController();
      await Promise.race([
        reading.catch(() => undefined),
        sleep(patienceMs, null, { signal: given.signal, ref: false }).catch(() => undefined),
      ]);
      given.abort();
      const running = new Set<string>(jails.map(({ name }) => name));
      return new Map(
        [...known].filter(([jail]) => running.has(jail)).map(([jail, { entries }]) => [jail, entries]),
      );
    },
  };
}

/** Null when fail2ban does not answer, or does not run the jail any more. */
async function ignoredBy(host: Host, jail: JailName): Promise<Address[] | null> {
  try {
    return (await host.ignoreList(jail)).flatMap((entry) => parseAddress(entry) ?? []);
  } catch {
    return null;
  }
}

/** Whether one holds the other. */
export const overlaps = (a: Address, b: Address): boolean => contains(a, b) || contains(b, a);
