/** The endpoints of runs: begin, list, look, cancel. */
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { EndpointInput, EndpointOutput } from '../../base/endpoint.ts';
import { conflict, invalidInput, notFound } from '../../base/errors.ts';
import type { Audit } from '../../platform/audit.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Call, Mount } from '../../platform/http/mount.ts';
import { cancelRun, importLists, listRuns, readRun } from './runs-contract.ts';
import { simulate } from './simulation-contract.ts';
import { queueRun, runView, type RunRow } from './run-rows.ts';
import { told } from './source-changes.ts';
import { heldOf, readSourceRows, requireSource, type RowsDeps, type SourceRow } from './source-rows.ts';

interface RunRoutesDeps extends RowsDeps {
  mount: Mount;
  audit: Audit;
  /** Something can enforce lists. */
  isEnforced: () => Promise<boolean>;
  /** A run was queued here: it need not wait for the next look. */
  hurry: () => void;
  now: Clock;
}

export function runRoutes(deps: RunRoutesDeps): void {
  const { mount, db, hostId, hurry } = deps;
  mount(importLists, async ({ body }, call) => {
    const run_ids = await queueImports(deps, body, call);
    hurry();
    const [run_id = 0] = run_ids;
    return { run_id, run_ids };
  });
  mount(simulate, async ({ params, body: options }, call) => {
    const source = await requireSource(deps, params.id);
    const actor = call.actor?.name ?? null;
    const wanted = { hostId, source, cause: 'simulation', actor, options, at: deps.now() } as const;
    const run_id = await queueRun(db, wanted);
    await told(deps, call, { action: 'blocklists.simulate', target: source.name, detail: { run: run_id } });
    hurry();
    return { run_id };
  });
  mount(listRuns, ({ query }) => pageOfRuns(db, hostId, query));
  mount(readRun, async ({ params }) => runView(await requireRun(deps, params.id)));
  mount(cancelRun, async ({ params }, call) => {
    const run = await requireRun(deps, params.id);
    await cancel(deps, run);
    const target = run.source_name === '' ? 'all lists' : run.source_name;
    await told(deps, call, { action: 'blocklists.cancel', target, detail: { run: run.id } });
    return runView(await requireRun(deps, params.id));
  });
}

/** Throws 409 while nothing can enforce, when nothing waits to be accepted, or when no list is switched on. */
async function queueImports(
  deps: RunRoutesDeps,
  { id, accept_change: accept }: EndpointInput<typeof importLists>['body'],
  call: Call,
): Promise<number[]> {
  const { db, hostId, now } = deps;
  const sources = await wantedSources(deps, id);
  if (accept && (id === undefined || sources.every((source) => heldOf(source) === null)))
    throw conflict('nothing_held', 'No version of this list waits to be accepted.');
  if (!(await deps.isEnforced()))
    throw conflict(
      'blocklist_enforcement_absent',
      'Nothing enforces lists yet. Install the enforcement first; a list can be simulated without it.',
    );
  const actor = call.actor?.name ?? null;
  const ids: number[] = [];
  for (const source of sources)
    ids.push(await queueRun(db, { hostId, source, cause: 'person', actor, force: accept, at: now() }));
  const target = id === undefined ? 'all lists' : sources.map(({ name }) => name).join(', ');
  await told(deps, call, { action: 'blocklists.import', target, detail: { runs: ids, accept } });
  return ids;
}

async function wantedSources(deps: RunRoutesDeps, id: number | undefined): Promise<SourceRow[]> {
  if (id !== undefined) return [await requireSource(deps, id)];
  const enabled = (await readSourceRows(deps)).filter((source) => source.enabled === 1);
  if (enabled.length === 0) throw conflict('no_list_enabled', 'No list is switched on.');
  return enabled;
}

/** A queued one ends here; a running one is told, and ends at the edge of its next batch. Throws 409 `run_over`. */
async function cancel({ db, now }: RunRoutesDeps, { id }: RunRow): Promise<void> {
  const error = JSON.stringify({ code: 'cancelled', message: 'It was cancelled before it began.' });
  const { numUpdatedRows: ended } = await db
    .updateTable('blocklist_runs')
    .set({ state: 'aborted', ended_at: now(), error, cancel: 1 })
    .where('id', '=', id)
    .where('state', '=', 'queued')
    .executeTakeFirst();
  if (ended > 0n) return;
  const { numUpdatedRows: asked } = await db
    .updateTable('blocklist_runs')
    .set({ cancel: 1 })
    .where('id', '=', id)
    .where('state', '=', 'running')
    .executeTakeFirst();
  if (asked === 0n) throw conflict('run_over', 'This run has ended.');
}

async function requireRun({ db, hostId }: RowsDeps, id: number): Promise<RunRow> {
  const row = await db
    .selectFrom('blocklist_runs')
    .where('host_id', '=', hostId)
    .where('id', '=', id)
    .selectAll()
    .executeTakeFirst();
  if (row === undefined) throw notFound('There is no such run (any more).');
  return row;
}

/** Throws 422 for text that is no cursor. */
async function pageOfRuns(
  db: Kysely<Database>,
  hostId: string,
  { source_id, state, page_size, cursor }: EndpointInput<typeof listRuns>['query'],
): Promise<EndpointOutput<typeof listRuns>> {
  let runs = db.selectFrom('blocklist_runs').where('host_id', '=', hostId).selectAll().orderBy('id', 'desc');
  if (source_id !== undefined) runs = runs.where('source_id', '=', source_id);
  if (state !== undefined) runs = runs.where('state', '=', state);
  if (cursor !== undefined) runs = runs.where('id', '<', readCursor(cursor));
  const rows = await runs.limit(page_size + 1).execute();
  const items = rows.slice(0, page_size).map(runView);
  const last = items.at(-1);
  return { items, next_cursor: rows.length > page_size && last !== undefined ? writeCursor(last.id) : null };
}

const writeCursor = (id: number): string => Buffer.from(`list run ${id}`).toString('base64url');

function readCursor(text: string): number {
  const id = /^list run (\d{1,15})$/.exec(Buffer.from(text, 'base64url').toString('utf8'))?.[1];
  if (id !== undefined) return Number(id);
  throw invalidInput('This cursor belongs to another list. Read the list again from its start.', [
    { field: 'query.cursor', message: 'Not a cursor of this list' },
  ]);
}
