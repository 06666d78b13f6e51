/** Rows of sources, and how the HTTP interface shows them. */
import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import { notFound } from '../../base/errors.ts';
import type { Database } from '../../platform/db/schema.ts';
import { listFormat, type ListFormat, type Source } from './contract.ts';
import { runCounts, type BlocklistRun } from './run-contract.ts';
import { newestRuns } from './run-rows.ts';

export type SourceRow = Selectable<Database['blocklist_sources']>;

export interface RowsDeps {
  db: Kysely<Database>;
  hostId: string;
}

/** A version that waits for a person, as its row keeps it. */
const heldVersion = z.object({
  run_id: z.number(),
  reason: z.string(),
  before: z.number(),
  after: z.number(),
  set_file: z.string(),
  content_hash: z.string(),
  etag: z.string().nullable(),
  last_modified: z.string().nullable(),
  /** As it was read. */
  counts: runCounts.omit({ allowed: true, bytes: true, bytes_total: true, enforced: true }),
});
export type HeldVersion = z.output<typeof heldVersion>;

export const formatOf = ({ format }: Pick<SourceRow, 'format'>): ListFormat =>
  listFormat.parse(JSON.parse(format));

export const heldOf = ({ held }: Pick<SourceRow, 'held'>): HeldVersion | null =>
  held === null ? null : heldVersion.parse(JSON.parse(held));

export const readSourceRows = ({ db, hostId }: RowsDeps): Promise<SourceRow[]> =>
  db.selectFrom('blocklist_sources').where('host_id', '=', hostId).selectAll().orderBy('name').execute();

/** Throws 404. */
export async function requireSource({ db, hostId }: RowsDeps, id: number): Promise<SourceRow> {
  const row = await db
    .selectFrom('blocklist_sources')
    .where('host_id', '=', hostId)
    .where('id', '=', id)
    .selectAll()
    .executeTakeFirst();
  if (row === undefined) throw notFound('There is no such list (any more).');
  return row;
}

export async function viewSources(deps: RowsDeps, rows: readonly SourceRow[]): Promise<Source[]> {
  const newest = await newestRuns(deps.db, deps.hostId);
  return rows.map((row) => sourceView(row, newest.get(row.id) ?? null));
}

const simulated = z.object({ at: z.iso.datetime() });

function sourceView(row: SourceRow, lastRun: BlocklistRun | null): Source {
  const held = heldOf(row);
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    format: formatOf(row),
    enabled: row.enabled === 1,
    schedule: row.schedule,
    next_run_at: iso(row.next_run_at),
    created_at: new Date(row.created_at).toISOString(),
    entries: row.entries,
    entries_at: iso(row.entries_at),
    last_run: lastRun,
    held:
      held === null
        ? null
        : { run_id: held.run_id, reason: held.reason, before: held.before, after: held.after },
    hits: row.hits,
    meets_allowed: row.meets_allowed,
    simulated_at:
      row.simulation === null ? null : (simulated.safeParse(JSON.parse(row.simulation)).data?.at ?? null),
  };
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
