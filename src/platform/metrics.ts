/** BanGUI in figures for Prometheus. Collecting asks nobody but memory, and the database one small question. */
import type { FastifyInstance } from 'fastify';
import type { Kysely } from 'kysely';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Log } from '../base/log.ts';
import type { WatchCommand } from '../base/watch.ts';
import type { Database } from './db/schema.ts';
import type { WatchRun } from './jobs/watch-runs.ts';
import { blocklistMetrics } from './metrics/blocklists.ts';
import { commandMetrics, hostMetrics, type HostFigures } from './metrics/fail2ban.ts';
import { historyMetrics, type HistoryFigures } from './metrics/history.ts';
import { httpMetrics } from './metrics/http.ts';
import { jobMetrics } from './metrics/jobs.ts';
import { logMetrics } from './metrics/log-lines.ts';
import { shippingMetrics, type ShippingFigures } from './metrics/shipping.ts';

interface MetricsDeps {
  version: string;
  /** The fail2ban that `watchCommand` is for. */
  hostId: string;
  /** Null while logs are not shipped. */
  shipping: () => ShippingFigures | null;
}

/** What is only there once the rest is open. */
export interface Sources {
  db: Kysely<Database>;
  log: Log;
  host: () => HostFigures;
  lock: { kind: string; state: () => string };
  liveStreams: () => number;
  history: () => HistoryFigures | null;
}

export interface Metrics {
  watchHttp: (app: FastifyInstance) => void;
  watchCommand: WatchCommand;
  watchRun: WatchRun;
  watchLog: (log: Log) => Log;
  shippingInitFailed: () => void;
  /** Adds the figures that are read at the moment of a scrape. */
  addSources(sources: Sources): void;
  /** In Prometheus' text format. */
  scrape(): Promise<{ type: string; body: string }>;
}

/** A registry of its own, not the library's global one: nothing outlives it, and tests can have several. */
export function createMetrics({ version, hostId, shipping }: MetricsDeps): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 50 });
  new Gauge({
    name: 'bangui_build_info',
    help: '1; the labels say what runs.',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version, node: process.version }, 1);
  return {
    watchHttp: httpMetrics(registry),
    watchCommand: commandMetrics(registry, hostId),
    watchRun: jobMetrics(registry),
    watchLog: logMetrics(registry),
    shippingInitFailed: shippingMetrics(registry, shipping),
    addSources({ db, log, host, lock, liveStreams, history }) {
      hostMetrics({ registry, db, log, host });
      historyMetrics(registry, history);
      blocklistMetrics({ registry, db, log });
      addLock(registry, lock);
      const streams: Gauge = new Gauge({
        name: 'bangui_live_streams',
        help: 'Open pages that are told of changes as they happen.',
        registers: [registry],
        collect: () => streams.set(liveStreams()),
      });
    },
    scrape: async () => ({ type: registry.contentType, body: await registry.metrics() }),
  };
}

const lockStates = ['held', 'standby', 'lost', 'released'];

function addLock(registry: Registry, { kind, state }: Sources['lock']): void {
  const gauge = new Gauge({
    name: 'bangui_scheduler_lock_state',
    help: '1 for the state this instance is in: held, standby, lost or released.',
    labelNames: ['kind', 'state'],
    registers: [registry],
    collect: () => {
      gauge.reset();
      const now = state();
      for (const each of new Set([...lockStates, now]))
        gauge.set({ kind, state: each }, each === now ? 1 : 0);
    },
  });
}
