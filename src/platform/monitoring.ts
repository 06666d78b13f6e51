/** BanGUI seen from outside, put together: metrics, traces and shipped logs. */
import type { FastifyInstance } from 'fastify';
import type { Log } from '../base/log.ts';
import { watchAll, type WatchCommand } from '../base/watch.ts';
import { addMetrics, type MetricsAccess } from './http/metrics-endpoint.ts';
import type { Scheduler } from './jobs/scheduler.ts';
import { watchRuns } from './jobs/watch-runs.ts';
import type { SchedulerLock } from './lock/lock.ts';
import { firstContact, type Shipping } from './logging/open-shipping.ts';
import type { HostFigures } from './metrics/fail2ban.ts';
import { createMetrics, type Sources } from './metrics.ts';

interface MonitoringDeps {
  version: string;
  hostId: string;
  log: Log;
  /** Null when log lines go to standard output only. */
  shipping: Shipping | null;
  traces: boolean;
  config: { externalLoggingRequired: boolean; metricsEnabled: boolean; metricsToken: string | null };
}

/** What figures are read from at the moment of a scrape, and what the way to them needs. */
interface Served extends Pick<MetricsAccess, 'server' | 'identify' | 'limiter'> {
  db: Sources['db'];
  host: { id: string; status(): { state: string; jails: HostFigures['jails'] } };
  lock: Pick<SchedulerLock, 'kind' | 'state'>;
  live: { size(): number };
  history: Sources['history'];
}

export interface Monitoring {
  /** The log, counted; everything else is to use this one. */
  log: Log;
  watchHttp: readonly ((app: FastifyInstance) => void)[];
  watchCommand: WatchCommand;
  watchRuns(scheduler: Scheduler): Scheduler;
  /** Serves the metrics, once everything is open. */
  serve(served: Served): void;
  /** Sends what waits, for 2 s at most. */
  flush(): Promise<void>;
}

/** Throws StartError when the log service is required and does not take the first lines. */
export async function openMonitoring(deps: MonitoringDeps): Promise<Monitoring> {
  const { version, hostId, shipping, config } = deps;
  const metrics = createMetrics({ version, hostId, shipping: () => shipping?.figures() ?? null });
  const log = metrics.watchLog(deps.log);
  if (shipping !== null) {
    const onFailure = metrics.shippingInitFailed;
    const required = config.externalLoggingRequired;
    await firstContact({ shipping, required, log, onFailure });
  }
  // Loaded only when wanted: it is a good part of the memory and of the start.
  const tracing = deps.traces ? (await import('./tracing.ts')).openTracing({ version, log }) : null;
  const watchers = tracing === null ? [metrics] : [metrics, tracing];
  return {
    log,
    watchHttp: watchers.map(({ watchHttp }) => watchHttp),
    watchCommand: watchAll(watchers.map(({ watchCommand }) => watchCommand)),
    watchRuns: (scheduler) =>
      watchRuns(
        scheduler,
        watchers.map(({ watchRun }) => watchRun),
      ),
    serve({ db, host, lock, live, history, ...access }) {
      metrics.addSources({
        db,
        log,
        host: () => {
          const { state, jails } = host.status();
          return { id: host.id, online: state === 'online', jails };
        },
        lock,
        liveStreams: () => live.size(),
        history,
      });
      const { metricsEnabled: enabled, metricsToken: token } = config;
      addMetrics({ ...access, enabled, token, scrape: metrics.scrape });
    },
    async flush() {
      await Promise.all([shipping?.flush(), tracing?.close()]);
    },
  };
}
