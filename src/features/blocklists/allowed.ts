/** The allow-list, and everything else that no list may block. */
import type { Kysely } from 'kysely';
import { addressKey, parseAddress, type Address } from '../../base/address.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Host } from '../../host/host.ts';
import { readMachineAddresses, type MachineAddresses } from '../../host/machine-addresses.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Job } from '../../platform/jobs/job.ts';
import type { Fence } from '../../platform/lock/fence.ts';
import { addressesOf, createAllowedRows, type AllowedRow } from './allowed-rows.ts';
import { createIgnoredEntries } from './ignored-entries.ts';
import type { Without } from './list-jobs.ts';
import { lookUpName, resolveName, type ResolveName } from './resolve-name.ts';
import { readStanding, type Standing } from './standing.ts';

export interface AllowList {
  /** In the order of addresses; the same facts give the same list. Of a fail2ban that is away, its ignores as last known. */
  without(): Promise<Without[]>;
  standing(): Promise<Standing[]>;
  resolve: ResolveName;
  /** The set of what is allowed changed: lists have to be put together anew. */
  onChange: () => void;
  jobs: Job[];
}

export interface AllowedDeps {
  db: Kysely<Database>;
  host: Host;
  trustedProxies: readonly Address[];
  /** As fail2ban's action wrote them down. */
  machine: () => Promise<MachineAddresses>;
  configuredIgnores: () => Promise<readonly { jail: string; entries: readonly string[] }[]>;
  onChange: () => void;
  log: Log;
  now: Clock;
  /** Other than the machine's in tests only. */
  here?: () => Promise<MachineAddresses>;
  resolve?: ResolveName;
}

const resolveEveryMs = 10 * 60_000;
const expireEveryMs = 10_000;
const namesAtOnce = 4;

export function createAllowed(deps: AllowedDeps): AllowList {
  const { db, host, machine, onChange, log, now } = deps;
  const { here = () => readMachineAddresses(), resolve = lookUpName } = deps;
  const rows = createAllowedRows({ db, hostId: host.id });
  const ignored = createIgnoredEntries(deps);
  const machines = [here, machine];
  const standing = () => readStanding({ ...deps, machines, ignored });

  /** True when the name has other addresses than before. A name in trouble keeps those it had. */
  async function resolveAgain(row: AllowedRow, fence: Fence): Promise<boolean> {
    const found = await resolveName(resolve, row.entry);
    const resolved = 'trouble' in found ? row.resolved : JSON.stringify(found.addresses);
    const changes =
      'trouble' in found ? { trouble: found.trouble } : { resolved, resolved_at: now(), trouble: null };
    await fence.write((transaction) =>
      createAllowedRows({ db: transaction, hostId: host.id }).change(row.id, changes),
    );
    if ('trouble' in found && row.trouble === null)
      log.warn('allowed_name_not_resolved', { entry: row.entry, reason: found.trouble });
    return resolved !== row.resolved;
  }

  const resolveNames: Job = {
    name: 'allow_list_resolve',
    everyMs: resolveEveryMs,
    async run({ signal, ending, fence }) {
      const names = (await rows.lasting(now())).filter(({ entry }) => parseAddress(entry) === null);
      let changed = 0;
      for (let at = 0; at < names.length && !signal.aborted && !ending.aborted; at += namesAtOnce) {
        const done = await Promise.all(
          names.slice(at, at + namesAtOnce).map((row) => resolveAgain(row, fence)),
        );
        changed += done.filter(Boolean).length;
      }
      if (changed > 0) onChange();
      return { changed };
    },
  };
  const expire: Job = {
    name: 'allow_list_expiry',
    everyMs: expireEveryMs,
    async run({ fence }) {
      if (!(await rows.anyExpired(now()))) return {};
      const ended = await fence.write((transaction) =>
        createAllowedRows({ db: transaction, hostId: host.id }).removeExpired(now()),
      );
      for (const { entry } of ended) log.info('allowed_entry_expired', { entry });
      if (ended.length > 0) onChange();
      return { ended: ended.length };
    },
  };

  return {
    standing,
    resolve,
    onChange,
    jobs: [resolveNames, expire],
    async without() {
      const [listed, always] = await Promise.all([rows.lasting(now()), standing()]);
      const all: Without[] = [
        ...listed.flatMap((row) =>
          addressesOf(row).map((entry) => ({ entry, kind: 'allowed' as const, meets: named(row) })),
        ),
        ...always.map(({ entry, why, detail }) => ({ entry, kind: why, meets: `${entry} (${detail})` })),
      ];
      const keyed = all.map((one) => ({ key: `${addressKey(one.entry)} ${one.kind} ${one.meets}`, one }));
      return keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ one }) => one);
    },
  };
}

const named = ({ entry, reason, actor }: AllowedRow): string =>
  `${entry} (${reason === null || reason === '' ? actor : `${reason}, ${actor}`})`;
