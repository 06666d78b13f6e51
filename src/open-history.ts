/** The history, put together: its writer while this instance holds the lock, its jobs, its routes. */
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { Closers } from './closers.ts';
import type { Config } from './config.ts';
import { createFollower } from './features/history/follow/follower.ts';
import { historyJobs } from './features/history/follow/follow-jobs.ts';
import { mountHistoryState } from './features/history/follow/history-state.ts';
import type { Host } from './host/host.ts';
import type { Outside } from './open-outside.ts';
import type { DatabaseAt } from './platform/db/open.ts';
import type { Mount } from './platform/http/mount.ts';
import type { Scheduler } from './platform/jobs/scheduler.ts';
import type { HistoryFigures } from './platform/metrics/history.ts';
import { whileHeld } from './platform/lock/while-held.ts';

interface HistoryDeps {
  config: Config;
  outside: Outside;
  host: Host;
  mount: Mount;
  scheduler: Scheduler;
  closers: Closers;
  log: Log;
  now: Clock;
}

export function openHistory({ config, outside, host, mount, scheduler, closers, log, now }: HistoryDeps): {
  figures: () => HistoryFigures | null;
} {
  const { database, geo, lock, postgresUrl } = outside;
  const follower = createFollower({
    at: placeOf(database.path, postgresUrl),
    host,
    databaseFile: config.fail2banDatabase,
    geo,
    retentionDays: config.historyRetentionDays,
    backfillDays: config.historyBackfillDays,
    log,
  });
  const { start, stop } = follower;
  closers.add('history', whileHeld({ lock, log, name: 'history', start, stop }));
  for (const job of historyJobs({ run: follower.run })) scheduler.add(job);
  const runNow = (job: string): void => {
    scheduler.runNow(job).catch((error: unknown) => log.debug('history_job_not_begun', { job, error }));
  };
  // so that the take-over has a run from its beginning
  follower.onSeeding((begun) => {
    for (const job of begun ? ['history_sync'] : ['history_rollup', 'geo_cache_resolution']) runNow(job);
  });
  const stopListening = geo.onChange(() => runNow('geo_cache_resolution'));
  closers.add('history_places', async () => stopListening());
  mountHistoryState({
    mount,
    db: database.db,
    hostId: host.id,
    progress: follower.progress,
    geo,
    retentionDays: config.historyRetentionDays,
    now,
  });
  return {
    figures() {
      const progress = follower.progress();
      return progress === null ? null : { ...progress, seeding: progress.state === 'seeding' };
    },
  };
}

function placeOf(path: string | null, url: string | null): DatabaseAt {
  if (path !== null) return { path };
  return { url: url ?? '' };
}
