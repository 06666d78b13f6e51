/** The endpoints of the background jobs. */
import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import { invalidInput } from '../../base/errors.ts';
import type { EndpointInput, EndpointOutput } from '../../base/endpoint.ts';
import type { Audit } from '../../platform/audit.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Mount } from '../../platform/http/mount.ts';
import type { Scheduler } from '../../platform/jobs/scheduler.ts';
import { bounded } from '../../platform/lock/bounded.ts';
import { listJobs, listRuns, runJob } from './contract.ts';

interface JobsRoutesDeps {
  mount: Mount;
  db: Kysely<Database>;
  scheduler: Scheduler;
  audit: Audit;
}

type Run = EndpointOutput<typeof listRuns>['items'][number];

/** So long the answer to "run now" waits for the run. */
const patienceMs = 2_000;

export function jobsRoutes({ mount, db, scheduler, audit }: JobsRoutesDeps): void {
  mount(listJobs, async () => {
    const newest = await db
      .selectFrom('job_runs')
      .selectAll()
      .where('id', 'in', (eb) =>
        eb
          .selectFrom('job_runs')
          .select(({ fn }) => fn.max('id').as('id'))
          .groupBy('job'),
      )
      .execute();
    const lastRuns = new Map(newest.map((row) => [row.job, view(row)]));
    const items = scheduler.list().map(({ name, everyMs, running }) => {
      const last = lastRuns.get(name) ?? null;
      return {
        name,
        every_seconds: everyMs / 1000,
        running: running || last?.state === 'running',
        last_run: last,
      };
    });
    return { items, next_cursor: null, total: items.length, scheduler: scheduler.state() };
  });
  mount(runJob, async ({ params: { name } }, call) => {
    const counts = await bounded(scheduler.runNow(name), patienceMs);
    await audit({
      actor: call.actor?.name ?? '',
      client: call.client,
      hostId: null,
      action: 'jobs.run',
      target: name,
      detail: {},
      outcome: 'done',
    });
    if (counts === 'late') return { name, state: 'running' as const, counts: {} };
    return { name, state: 'completed' as const, counts };
  });
  mount(listRuns, ({ query }) => pageOfRuns(db, query));
}

/** Throws 422 for text that is no cursor. */
async function pageOfRuns(
  db: Kysely<Database>,
  { job, state, page_size, cursor }: EndpointInput<typeof listRuns>['query'],
): Promise<EndpointOutput<typeof listRuns>> {
  let runs = db.selectFrom('job_runs').selectAll().orderBy('id', 'desc');
  if (job !== undefined) runs = runs.where('job', '=', job);
  if (state !== undefined) runs = runs.where('state', '=', state);
  if (cursor !== undefined) runs = runs.where('id', '<', readCursor(cursor));
  const rows = await runs.limit(page_size + 1).execute();
  const items = rows.slice(0, page_size).map(view);
  const last = items.at(-1);
  return { items, next_cursor: rows.length > page_size && last !== undefined ? writeCursor(last.id) : null };
}

const states = z.enum(['running', 'completed', 'failed', 'aborted']);
const counts = z.record(z.string(), z.number());

const view = (row: Selectable<Database['job_runs']>): Run => ({
  id: row.id,
  job: row.job,
  state: states.parse(row.state),
  started_at: new Date(row.started_at).toISOString(),
  ended_at: row.ended_at === null ? null : new Date(row.ended_at).toISOString(),
  counts: counts.parse(JSON.parse(row.counts)),
  error: row.error,
  holder: row.holder,
  fence: row.fence,
});

const writeCursor = (id: number): string => Buffer.from(`run ${id}`).toString('base64url');

function readCursor(text: string): number {
  const id = /^run (\d{1,15})$/.exec(Buffer.from(text, 'base64url').toString('utf8'))?.[1];
  if (id !== undefined) return Number(id);
  throw invalidInput('This cursor belongs to another list. Read the list again from its start.', [
    { field: 'query.cursor', message: 'Not a cursor of this list' },
  ]);
}
