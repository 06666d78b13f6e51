/** Lists that block attackers before they come: how much they hold, how fresh they are, how their runs end. */
import type { Kysely } from 'kysely';
import { Counter, Gauge, type Registry } from 'prom-client';
import { z } from 'zod';
import type { Log } from '../../base/log.ts';
import type { Database } from '../db/schema.ts';

interface BlocklistMetricsDeps {
  registry: Registry;
  db: Kysely<Database>;
  log: Log;
}

const endStates = ['completed', 'unchanged', 'held', 'failed', 'aborted'];

/** Read from the database, so that every instance shows the same, whichever ran them. */
export function blocklistMetrics({ registry, db, log }: BlocklistMetricsDeps): void {
  const registers = [registry];
  const complete = (metric: Gauge | Counter, read: () => Promise<void>) => async (): Promise<void> => {
    metric.reset();
    try {
      await read();
    } catch (error) {
      log.warn('metrics_incomplete', { metric: 'bangui_blocklist', error });
    }
  };
  const inForce: Gauge = new Gauge({
    name: 'bangui_blocklist_entries',
    help: 'Networks and addresses of all blocklists together, as last put together, by family.',
    labelNames: ['host', 'family'],
    registers,
    collect: () =>
      complete(inForce, async () => {
        const rows = await db.selectFrom('blocklist_enforcement').select(['host_id', 'combined']).execute();
        for (const { host_id: host, combined } of rows) {
          const { v4_entries, v6_entries } = sizesOf(combined);
          inForce.set({ host, family: '4' }, v4_entries);
          inForce.set({ host, family: '6' }, v6_entries);
        }
      })(),
  });
  const entries: Gauge = new Gauge({
    name: 'bangui_blocklist_source_entries',
    help: 'Networks and addresses of each blocklist that is switched on.',
    labelNames: ['host', 'source'],
    registers,
    collect: () =>
      complete(entries, async () => {
        for (const { host_id: host, name: source, entries: held } of await enabled(db))
          if (held !== null) entries.set({ host, source }, held);
      })(),
  });
  const age: Gauge = new Gauge({
    name: 'bangui_blocklist_source_age_seconds',
    help: 'Since a run last found each blocklist that is switched on as it is now.',
    labelNames: ['host', 'source'],
    registers,
    collect: () =>
      complete(age, async () => {
        const seen = await lastSuccesses(db);
        for (const { id, host_id: host, name: source } of await enabled(db)) {
          const at = seen.get(id);
          if (at !== undefined) age.set({ host, source }, Math.max(0, Date.now() - at) / 1000);
        }
      })(),
  });
  const runs: Counter = new Counter({
    name: 'bangui_blocklist_runs_total',
    help: 'Runs of blocklists that ended, by how; of all instances together.',
    labelNames: ['state'],
    registers,
    collect: () =>
      complete(runs, async () => {
        const rows = await db
          .selectFrom('blocklist_runs')
          .where('state', 'in', endStates)
          .groupBy('state')
          .select(({ fn }) => ['state', fn.countAll().as('runs')])
          .execute();
        const counted = new Map(rows.map((row) => [row.state, Number(row.runs)]));
        for (const state of endStates) runs.inc({ state }, counted.get(state) ?? 0);
      })(),
  });
}

const enabled = (db: Kysely<Database>) =>
  db
    .selectFrom('blocklist_sources')
    .where('enabled', '=', 1)
    .select(['id', 'host_id', 'name', 'entries'])
    .execute();

async function lastSuccesses(db: Kysely<Database>): Promise<Map<number, number>> {
  const rows = await db
    .selectFrom('blocklist_runs')
    .where('state', 'in', ['completed', 'unchanged'])
    .where('source_id', 'is not', null)
    .groupBy('source_id')
    .select(({ fn }) => ['source_id', fn.max('ended_at').as('at')])
    .execute();
  return new Map(rows.flatMap(({ source_id: id, at }) => (id === null ? [] : [[id, Number(at)]])));
}

const sizes = z.object({ v4_entries: z.number(), v6_entries: z.number() });

const sizesOf = (combined: string | null) =>
  combined === null ? { v4_entries: 0, v6_entries: 0 } : sizes.parse(JSON.parse(combined));
