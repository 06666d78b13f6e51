/** Figures of fail2ban: how it answers, and how many it bans now, from what the one poll already knows. */
import type { Kysely } from 'kysely';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Log } from '../../base/log.ts';
import type { WatchCommand } from '../../base/watch.ts';
import type { Database } from '../db/schema.ts';

export interface HostFigures {
  id: string;
  online: boolean;
  jails: readonly { name: string; currentlyBanned: number }[];
}

interface HostDeps {
  registry: Registry;
  db: Kysely<Database>;
  log: Log;
  /** Never waits, and asks fail2ban nothing. */
  host: () => HostFigures;
}

/** Further jails are one value together: each jail is a series of its own in Prometheus. */
const mostJails = 100;

export function commandMetrics(registry: Registry, host: string): WatchCommand {
  const registers = [registry];
  const duration = new Histogram({
    name: 'bangui_fail2ban_command_duration_seconds',
    help: 'Time from giving a command to fail2ban to its answer, waiting in our queue included.',
    labelNames: ['host', 'verb'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
    registers,
  });
  const errors = new Counter({
    name: 'bangui_fail2ban_command_errors_total',
    help: 'Commands without a good answer: error is fail2ban’s own, anything else is the state it was found in.',
    labelNames: ['host', 'kind'],
    registers,
  });
  return (verb) => {
    const began = performance.now();
    return (outcome) => {
      duration.observe({ host, verb }, (performance.now() - began) / 1000);
      if (outcome !== 'ok') errors.inc({ host, kind: outcome });
    };
  };
}

export function hostMetrics({ registry, db, log, host }: HostDeps): void {
  const registers = [registry];
  const up = new Gauge({
    name: 'bangui_fail2ban_up',
    help: '1 while fail2ban answers, else 0.',
    labelNames: ['host'],
    registers,
    collect: () => {
      const { id, online } = host();
      up.set({ host: id }, online ? 1 : 0);
    },
  });
  const bans = new Gauge({
    name: 'bangui_bans',
    help: 'Addresses banned now, by jail and by who banned them: bangui for an operator here, fail2ban for all others.',
    labelNames: ['host', 'jail', 'origin'],
    registers,
    collect: async () => {
      const { id, jails } = host();
      try {
        const manual = await manualBans(db, id);
        bans.reset();
        for (const [jail, { own, all }] of byJail(jails, manual)) {
          bans.set({ host: id, jail, origin: 'manual' }, own);
          bans.set({ host: id, jail, origin: 'own' }, all - own);
        }
      } catch (error) {
        bans.reset();
        log.warn('metrics_incomplete', { metric: 'bangui_bans', error });
      }
    },
  });
}

async function manualBans(db: Kysely<Database>, hostId: string): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('manual_bans')
    .select((eb) => ['jail', eb.fn.countAll().as('bans')])
    .where('host_id', '=', hostId)
    .groupBy('jail')
    .execute();
  return new Map(rows.map((row) => [row.jail, Number(row.bans)]));
}

/** A ban that fail2ban has ended may still be noted as ours for a moment; fail2ban's count is the truth. */
function byJail(jails: HostFigures['jails'], manual: ReadonlyMap<string, number>) {
  const result = new Map<string, { own: number; all: number }>();
  for (const [place, { name, currentlyBanned }] of jails.entries()) {
    const label = place < mostJails ? name : 'other';
    const so = result.get(label) ?? { own: 0, all: 0 };
    const own = Math.min(manual.get(name) ?? 0, currentlyBanned);
    result.set(label, { own: so.own + own, all: so.all + currentlyBanned });
  }
  return result;
}
