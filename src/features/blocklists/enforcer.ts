/** Makes what fail2ban enforces equal to what should be in force, after whatever happened. */
import { open } from 'node:fs/promises';
import { AppError } from '../../base/errors.ts';
import type { BlocklistHost } from '../../host/blocklist/blocklist-host.ts';
import type { Fence } from '../../platform/lock/fence.ts';
import { readDesired, type Desired, type DesiredDeps } from './desired.ts';
import { combinedOf, readEnforcementRow, type Combined } from './in-force.ts';
import type { ListWork } from './list-work.ts';
import type { Met } from './meets-allowed.ts';
import type { OpenRun } from './open-run.ts';
import { readSourceRows } from './source-rows.ts';

interface EnforcerDeps extends DesiredDeps {
  blocklist: Pick<BlocklistHost, 'status' | 'load'>;
  work: Pick<ListWork, 'combine'>;
  /** Lists meet what is never blocked: compares with the time before. */
  onMet: (before: Met | null, after: Met, names: ReadonlyMap<number, string>) => Promise<void>;
}

export interface Enforcer {
  /** True: nothing is to be done, or nothing can enforce. */
  isEqual(): Promise<boolean>;
  /** What should be in force is in force. */
  isLoaded(): Promise<boolean>;
  /**
   * `stop` ends the work on the lists, `signal` the wait for fail2ban too. Throws AppError `blocklist_*` when fail2ban
   * did not take them; what was in force then still is.
   */
  makeEqual(
    run: Pick<OpenRun, 'step' | 'count'>,
    tools: { fence: Fence; stop: AbortSignal; signal: AbortSignal },
  ): Promise<'absent' | 'equal' | 'loaded'>;
}

export function createEnforcer(deps: EnforcerDeps): Enforcer {
  const { blocklist } = deps;
  /** Entries that are in force, when they are those of `desired`. */
  const loadedOf = async (desired: Desired): Promise<number | null> => {
    const status = await blocklist.status();
    if (status?.id !== desired.id || status.state === 'failed' || status.state === 'empty') return null;
    return status.entriesV4 + status.entriesV6;
  };
  return {
    async isEqual() {
      const desired = await readDesired(deps);
      return desired === null || (await loadedOf(desired)) !== null;
    },
    async isLoaded() {
      const desired = await readDesired(deps);
      return desired !== null && (await loadedOf(desired)) !== null;
    },
    async makeEqual(run, { fence, stop, signal }) {
      const desired = await readDesired(deps);
      if (desired === null) return 'absent';
      const loaded = await loadedOf(desired);
      if (loaded !== null) {
        run.count({ enforced: loaded });
        return 'equal';
      }
      const sizes = await run.step(
        'combine',
        async () => (await standing(deps, desired)) ?? combine(deps, { desired, fence, stop }),
        ({ v4_entries, v6_entries }) => `${shown(v4_entries)} IPv4 and ${shown(v6_entries)} IPv6 entries`,
      );
      const enforced = await run.step(
        'enforce',
        async () => {
          await fence.check();
          return load(blocklist, sizes, signal);
        },
        (count) => `${shown(count)} in force`,
      );
      run.count({ enforced });
      return 'loaded';
    },
  };
}

/** What was put together the last time, when that is what is wanted and its file lies there. */
async function standing(deps: EnforcerDeps, { id }: Desired): Promise<Combined | null> {
  const row = await readEnforcementRow(deps);
  const combined = row === undefined ? null : combinedOf(row);
  if (combined?.id !== id) return null;
  return (await firstLine(deps.folder.ipsetFile)) === `# bangui-blocklist ${id}` ? combined : null;
}

interface CombineTools {
  desired: Desired;
  fence: Fence;
  stop: AbortSignal;
}

async function combine(deps: EnforcerDeps, { desired, fence, stop }: CombineTools): Promise<Combined> {
  const { hostId, folder, work, onMet } = deps;
  const { id, sets, without } = desired;
  const end = await work.combine({ sets, without, into: folder.ipsetFile, id }, stop);
  const combined: Combined = {
    id,
    v4_addresses: end.v4Addresses,
    v4_entries: end.v4Entries,
    v6_entries: end.v6Entries,
    met: end.met,
    met_total: end.metTotal,
  };
  const before = await fence.write(async (transaction) => {
    const row = await readEnforcementRow({ db: transaction, hostId });
    await transaction
      .updateTable('blocklist_enforcement')
      .set({ combined: JSON.stringify(combined) })
      .where('host_id', '=', hostId)
      .execute();
    for (const { sourceId } of sets)
      await transaction
        .updateTable('blocklist_sources')
        .set({ meets_allowed: end.metTotal[sourceId] ?? 0 })
        .where('id', '=', sourceId)
        .execute();
    return row === undefined ? null : combinedOf(row);
  });
  const names = new Map((await readSourceRows(deps)).map((row) => [row.id, row.name]));
  await onMet(before === null ? null : { met: before.met, metTotal: before.met_total }, end, names);
  return combined;
}

/** Answers how many entries the kernel's sets hold. */
async function load(
  blocklist: EnforcerDeps['blocklist'],
  wanted: Combined,
  signal: AbortSignal,
): Promise<number> {
  const end = await blocklist.load(wanted.id, signal);
  if (end.outcome !== 'loaded') throw new AppError(502, `blocklist_${end.outcome}`, end.reason);
  if (end.entriesV4 !== wanted.v4_entries || end.entriesV6 !== wanted.v6_entries)
    throw new AppError(
      502,
      'blocklist_incomplete',
      `The kernel's sets hold ${shown(end.entriesV4 + end.entriesV6)} entries of ${shown(wanted.v4_entries + wanted.v6_entries)}.`,
    );
  return end.entriesV4 + end.entriesV6;
}

async function firstLine(path: string): Promise<string | null> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(200), 0, 200, 0);
    return buffer.toString('latin1', 0, bytesRead).split('\n', 1)[0] ?? null;
  } catch {
    return null;
  }
}

const shown = (count: number): string => count.toLocaleString('en');
