/** What is known of lists beyond their import: which hold an address, what one would do, how many attackers each holds. */
import type { Kysely } from 'kysely';
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { ListFolder } from './features/blocklists/folder.ts';
import { createHolding, type Holding } from './features/blocklists/holding.ts';
import { knowRoutes } from './features/blocklists/know-routes.ts';
import { listHitsJob } from './features/blocklists/list-hits.ts';
import type { Without } from './features/blocklists/list-jobs.ts';
import type { ListWork } from './features/blocklists/list-work.ts';
import { createMeetsAlert, type TellMeetings } from './features/blocklists/meets-allowed.ts';
import { createSimulator, type Simulate } from './features/blocklists/simulate.ts';
import type { Host } from './host/host.ts';
import type { Audit } from './platform/audit.ts';
import type { Database } from './platform/db/schema.ts';
import type { Mount } from './platform/http/mount.ts';
import type { Scheduler } from './platform/jobs/scheduler.ts';

interface KnowledgeDeps {
  mount: Mount;
  db: Kysely<Database>;
  /** Reads off the main thread. */
  readDb: Kysely<Database>;
  host: Host;
  scheduler: Scheduler;
  audit: Audit;
  folder: ListFolder;
  work: ListWork;
  /** What is never blocked. */
  without: () => Promise<readonly Without[]>;
  /** Whether the kernel's sets are those that should be in force. */
  isLoaded: () => Promise<boolean>;
  allowedLogDirs: readonly string[];
  log: Log;
  now: Clock;
}

/** Looking up one address after the other must not gather it each time. */
const withoutKeptMs = 5_000;

export interface Knowledge {
  holding: Holding;
  simulate: Simulate;
  tellMeetings: TellMeetings;
}

export function openListKnowledge(deps: KnowledgeDeps): Knowledge {
  const { mount, db, host, scheduler, audit, folder, isLoaded, log } = deps;
  const hostId = host.id;
  const { setFile } = folder;
  const holding = createHolding({ db, hostId, setFile });
  knowRoutes({ mount, db, hostId, holding, without: keptFor(withoutKeptMs, deps), isLoaded });
  scheduler.add(listHitsJob({ ...deps, hostId, setFile }));
  return {
    holding,
    simulate: createSimulator({ ...deps, hostId, setFile, watched: () => host.status().jails }),
    tellMeetings: createMeetsAlert({ hostId, audit, log }),
  };
}

function keptFor(
  ms: number,
  { without, now }: Pick<KnowledgeDeps, 'without' | 'now'>,
): KnowledgeDeps['without'] {
  let kept: { value: ReturnType<KnowledgeDeps['without']>; at: number } | null = null;
  return () => {
    if (kept !== null && now() - kept.at < ms) return kept.value;
    const value = without();
    kept = { value, at: now() };
    value.catch(() => (kept = null));
    return value;
  };
}
