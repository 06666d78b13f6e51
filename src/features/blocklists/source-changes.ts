/** Sources are added, changed and deleted here; each act is written down, and what is in force follows. */
import type { Insertable, Kysely, Updateable } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { EndpointInput } from '../../base/endpoint.ts';
import { AppError, conflict, invalidInput } from '../../base/errors.ts';
import type { Audit } from '../../platform/audit.ts';
import type { Database } from '../../platform/db/schema.ts';
import { transact } from '../../platform/db/transact.ts';
import type { Call } from '../../platform/http/mount.ts';
import { checkUrl } from './check-url.ts';
import type { createSource, updateSource } from './contract.ts';
import type { NextRun } from './due.ts';
import { queueRun } from './run-rows.ts';
import { heldOf, requireSource, type RowsDeps, type SourceRow } from './source-rows.ts';

export interface ChangesDeps extends RowsDeps {
  audit: Audit;
  /** Private and loopback addresses may be fetched from. */
  allowPrivate: boolean;
  nextRun: NextRun;
  now: Clock;
}

type Caller = Pick<Call, 'actor' | 'client'>;

/** A few hundred lists are a slip of a script; each is looked at every few seconds. */
const mostSources = 200;

/** Throws 409 for a name or a URL that another has, 422 for a URL or a schedule that cannot be. */
export async function addSource(
  deps: ChangesDeps,
  body: EndpointInput<typeof createSource>['body'],
  call: Caller,
): Promise<number> {
  const { db, hostId, now } = deps;
  const url = body.url === null ? null : checkUrl(body.url, deps);
  await requireSchedule(deps, body.schedule);
  const values: Insertable<Database['blocklist_sources']> = {
    host_id: hostId,
    name: body.name,
    url,
    format: JSON.stringify(body.format),
    enabled: body.enabled ? 1 : 0,
    schedule: url === null ? null : body.schedule,
    // fetched soon, then by its schedule
    next_run_at: body.enabled && url !== null ? now() : null,
    created_at: now(),
    changed_at: now(),
  };
  const id = await transact(db, async (transaction) => {
    await refuseTaken({ db: transaction, hostId }, { name: body.name, url, id: 0 });
    const { count } = await transaction
      .selectFrom('blocklist_sources')
      .where('host_id', '=', hostId)
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    if (Number(count) >= mostSources)
      throw conflict('too_many_lists', `There are ${mostSources} lists already. Delete some first.`);
    const row = await transaction
      .insertInto('blocklist_sources')
      .values(values)
      .returning('id')
      .executeTakeFirstOrThrow();
    return row.id;
  });
  await told(deps, call, { action: 'blocklists.add', target: body.name, detail: { id, ...body, url } });
  return id;
}

/** What is left out stays. Throws what `addSource` throws, and 404. */
export async function changeSource(
  deps: ChangesDeps,
  { id, body }: { id: number; body: EndpointInput<typeof updateSource>['body'] },
  call: Caller,
): Promise<void> {
  const { db, hostId, now } = deps;
  const row = await requireSource(deps, id);
  if (body.url !== undefined && (body.url === null) !== (row.url === null))
    throw invalidInput('A list is either fetched or uploaded; add another one for the other way.', [
      { field: 'body.url', message: 'Cannot be changed to the other kind' },
    ]);
  const url = body.url === undefined || body.url === null ? row.url : checkUrl(body.url, deps);
  const schedule = url === null ? null : body.schedule === undefined ? row.schedule : body.schedule;
  await requireSchedule(deps, schedule);
  const name = body.name ?? row.name;
  const enabled = body.enabled ?? row.enabled === 1;
  const format = body.format === undefined ? row.format : JSON.stringify(body.format);
  const readAnew = format !== row.format || url !== row.url;
  // Before the transaction: it asks the database for the time zone, and SQLite has one connection.
  const next_run_at = await dueNext(deps, row, { enabled, url, schedule, readAnew });
  await transact(db, async (transaction) => {
    await refuseTaken({ db: transaction, hostId }, { name, url, id });
    await transaction
      .updateTable('blocklist_sources')
      .set({
        name,
        url,
        schedule,
        format,
        enabled: enabled ? 1 : 0,
        changed_at: now(),
        next_run_at,
        ...(readAnew && forgotten),
      })
      .where('host_id', '=', hostId)
      .where('id', '=', id)
      .execute();
    const switched = enabled !== (row.enabled === 1);
    if (switched && row.set_file !== null) await queueChange({ db: transaction, hostId, now }, call);
    if (enabled && readAnew && url === null && row.content_hash !== null) {
      const actor = call.actor?.name ?? null;
      await queueRun(transaction, { hostId, source: { id, name }, cause: 'person', actor, at: now() });
    }
  });
  await told(deps, call, { action: 'blocklists.change', target: row.name, detail: { id, ...body } });
}

/** The version that waits for a person is forgotten. Throws 404, and 409 when none waits. */
export async function keepSource(deps: ChangesDeps, id: number, call: Caller): Promise<void> {
  const row = await requireSource(deps, id);
  const held = heldOf(row);
  if (held === null) throw conflict('nothing_held', 'No version of this list waits for a decision.');
  await deps.db
    .updateTable('blocklist_sources')
    .set({ held: null })
    .where('host_id', '=', deps.hostId)
    .where('id', '=', id)
    .where('held', '=', row.held)
    .execute();
  const { before, after } = held;
  await told(deps, call, { action: 'blocklists.keep', target: row.name, detail: { id, before, after } });
}

/** Its entries leave force, its runs stay. Throws 404. */
export async function removeSource(deps: ChangesDeps, id: number, call: Caller): Promise<void> {
  const { db, hostId, now } = deps;
  const row = await requireSource(deps, id);
  await transact(db, async (transaction) => {
    await transaction
      .deleteFrom('blocklist_sources')
      .where('host_id', '=', hostId)
      .where('id', '=', id)
      .execute();
    const ofIt = transaction
      .updateTable('blocklist_runs')
      .where('host_id', '=', hostId)
      .where('source_id', '=', id);
    const error = JSON.stringify({ code: 'list_deleted', message: 'The list was deleted.' });
    await ofIt.set({ state: 'aborted', ended_at: now(), error }).where('state', '=', 'queued').execute();
    await ofIt.set({ cancel: 1 }).where('state', '=', 'running').execute();
    if (row.enabled === 1 && row.set_file !== null) await queueChange({ db: transaction, hostId, now }, call);
  });
  await told(deps, call, { action: 'blocklists.delete', target: row.name, detail: { id, url: row.url } });
}

/** All lists are put together anew, soon, by whichever instance runs the jobs. */
async function queueChange(
  { db, hostId, now }: RowsDeps & { now: Clock },
  call: Pick<Call, 'actor'>,
): Promise<void> {
  const actor = call.actor?.name ?? null;
  await queueRun(db, { hostId, source: null, cause: 'change', actor, at: now() });
}

export async function told(
  { audit, hostId }: Pick<ChangesDeps, 'audit' | 'hostId'>,
  call: Caller,
  act: { action: string; target: string; detail: Readonly<Record<string, unknown>> },
): Promise<void> {
  await audit({ ...act, actor: call.actor?.name ?? '', client: call.client, hostId, outcome: 'done' });
}

/** Nothing of the version before can be compared with, or asked for by its ETag; it stays in force until the next. */
const forgotten: Updateable<Database['blocklist_sources']> = {
  etag: null,
  last_modified: null,
  content_hash: null,
  held: null,
};

interface Wanted {
  enabled: boolean;
  url: string | null;
  schedule: string | null;
  readAnew: boolean;
}

async function dueNext(deps: ChangesDeps, row: SourceRow, wanted: Wanted): Promise<number | null> {
  const { enabled, url, schedule, readAnew } = wanted;
  if (!enabled || url === null) return null;
  if (readAnew || row.set_file === null) return deps.now();
  if (row.enabled === 1 && schedule === row.schedule) return row.next_run_at;
  return schedule === null ? null : deps.nextRun(schedule, deps.now(), row.created_at);
}

async function requireSchedule(deps: ChangesDeps, schedule: string | null): Promise<void> {
  if (schedule === null || (await deps.nextRun(schedule, deps.now(), 0)) !== null) return;
  const message =
    'A schedule is hourly, daily 04:10, weekly mon 04:10, or five fields of cron that come true.';
  throw invalidInput(message, [{ field: 'body.schedule', message }]);
}

async function refuseTaken(
  { db, hostId }: { db: Kysely<Database>; hostId: string },
  { name, url, id }: { name: string; url: string | null; id: number },
): Promise<void> {
  const others = await db
    .selectFrom('blocklist_sources')
    .where('host_id', '=', hostId)
    .where('id', '!=', id)
    .where((where) =>
      url === null ? where('name', '=', name) : where.or([where('name', '=', name), where('url', '=', url)]),
    )
    .select(['name', 'url'])
    .execute();
  const same = url === null ? undefined : others.find((other) => other.url === url);
  if (same !== undefined)
    throw new AppError(409, 'list_url_taken', `The list “${same.name}” is fetched from this URL already.`);
  if (others.length > 0) throw conflict('list_name_taken', `There is a list named “${name}” already.`);
}
