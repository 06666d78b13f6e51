/** What a list would do: what of it is new, which attackers of ours it holds, and whom it would lock out. */
import type { Kysely } from 'kysely';
import { contains } from '../../base/address.ts';
import type { Clock } from '../../base/clock.ts';
import type { JailSnapshot } from '../../host/host.ts';
import type { Database } from '../../platform/db/schema.ts';
import { attackersSince, bannedAt } from './attackers.ts';
import { owners } from './allowed-owners.ts';
import type { Without } from './list-jobs.ts';
import type { ListWork } from './list-work.ts';
import { createTally } from './attacker-tally.ts';
import { reachableV4 } from './measure-set.ts';
import type { Simulation } from './simulation-contract.ts';

export interface SimulatorDeps {
  db: Kysely<Database>;
  /** Reads off the main thread. */
  readDb: Kysely<Database>;
  hostId: string;
  /** The jails that fail2ban runs. */
  watched: () => readonly Pick<JailSnapshot, 'files' | 'journalMatches'>[];
  work: Pick<ListWork, 'measure' | 'find' | 'logins'>;
  /** Path of a set file by its name in the source's row. */
  setFile: (name: string) => string;
  /** What is never blocked. */
  without: () => Promise<readonly Without[]>;
  allowedLogDirs: readonly string[];
  now: Clock;
}

export interface SimulationJob {
  sourceId: number;
  /** Path of the version's set file. */
  setFile: string;
  runId: number;
  /** How far back in the history. */
  days: number;
  signal: AbortSignal;
}

export type Simulate = (job: SimulationJob) => Promise<Simulation>;

const dayMs = 86_400_000;
const mostLockedOut = 200;
/** Read besides what jails read: who signs in is written here also where no jail watches. */
const loginLogs = ['/var/log/auth.log', '/var/log/secure'];

/** Nothing is written and nothing enforced; whoever asks stores the answer. Throws the signal's reason. */
export function createSimulator(deps: SimulatorDeps): Simulate {
  const { db, hostId, work, now } = deps;
  return async ({ sourceId, setFile: file, runId, days, signal }) => {
    const at = now();
    const [others, without] = await Promise.all([otherSources(deps, sourceId), deps.without()]);
    const measured = await work.measure({ file, others, without }, signal);
    const entries = measured.v4Entries + measured.v6Entries;
    const history = await compareHistory(deps, { file, since: at - days * dayMs, signal });
    return {
      run_id: runId,
      at: new Date(at).toISOString(),
      entries,
      v4_addresses: measured.v4Addresses,
      v6_entries: measured.v6Entries,
      share_of_v4: (100 * measured.v4Addresses) / reachableV4,
      largest: measured.largest,
      only_here: entries - measured.elsewhere,
      elsewhere: measured.elsewhere,
      banned_now: await countBanned(deps, { file, at, signal }),
      overlaps: others.map(({ sourceId: id, name }, index) => {
        const shared = measured.shared[index] ?? 0;
        return { source_id: id, name, entries: shared, share: entries === 0 ? 0 : shared / entries };
      }),
      history: { days, ...history },
      allowed: await owners({ db, hostId }, measured.met),
      allowed_total: measured.metTotal,
      signed_in: await lockedOut(deps, { file, without, at, signal }),
    };
  };
}

interface Version {
  /** Path of its set file. */
  file: string;
  signal: AbortSignal;
}

async function otherSources(
  { db, hostId, setFile }: SimulatorDeps,
  sourceId: number,
): Promise<{ sourceId: number; name: string; file: string }[]> {
  const rows = await db
    .selectFrom('blocklist_sources')
    .select(['id', 'name', 'set_file'])
    .where('host_id', '=', hostId)
    .where('enabled', '=', 1)
    .where('id', '!=', sourceId)
    .orderBy('name')
    .execute();
  return rows.flatMap(({ id, name, set_file: file }) =>
    file === null ? [] : [{ sourceId: id, name, file: setFile(file) }],
  );
}

async function compareHistory(
  { readDb, hostId, work }: SimulatorDeps,
  { file, since, signal }: Version & { since: number },
): Promise<Omit<Simulation['history'], 'days'>> {
  const tally = createTally();
  for await (const page of attackersSince({ db: readDb, hostId }, since)) {
    signal.throwIfAborted();
    const [held = []] = await work.find({ files: [file], addresses: page.map(({ ip }) => ip) }, signal);
    tally.add(
      page.length,
      held.flatMap((place) => page[place] ?? []),
    );
  }
  return tally.sum();
}

async function countBanned(
  { readDb, hostId, work }: SimulatorDeps,
  { file, at, signal }: Version & { at: number },
): Promise<number> {
  let banned = 0;
  for await (const addresses of bannedAt({ db: readDb, hostId }, at)) {
    signal.throwIfAborted();
    const [held = []] = await work.find({ files: [file], addresses }, signal);
    banned += held.length;
  }
  return banned;
}

async function lockedOut(
  { watched, work, allowedLogDirs }: SimulatorDeps,
  { file, without, at, signal }: Version & { without: readonly Without[]; at: number },
): Promise<Simulation['signed_in']> {
  const jails = watched();
  const logs = [...new Set([...loginLogs, ...jails.flatMap(({ files }) => files)])];
  const journals = [...new Set(jails.flatMap(({ journalMatches }) => journalMatches))];
  const { read, logins } = await work.logins({ logs, journals, allowed: allowedLogDirs, now: at }, signal);
  const [held = []] = await work.find({ files: [file], addresses: logins.map(({ ip }) => ip) }, signal);
  const out = held
    .flatMap((place) => logins[place] ?? [])
    .filter(({ ip }) => !without.some(({ entry }) => contains(entry, ip)));
  return {
    read,
    addresses: logins.length,
    held: out
      .toSorted((a, b) => b.times - a.times)
      .slice(0, mostLockedOut)
      .map(({ last, ...login }) => ({ ...login, last: last === null ? null : new Date(last).toISOString() })),
  };
}
