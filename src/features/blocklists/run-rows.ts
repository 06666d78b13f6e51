/** Rows of runs: queued by anybody, written on by the instance that runs them, read by pages. */
import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import type { Database } from '../../platform/db/schema.ts';
import {
  blocklistRun,
  refusal,
  runCounts,
  runStep,
  type BlocklistRun,
  type RunCounts,
} from './run-contract.ts';

export type RunRow = Selectable<Database['blocklist_runs']>;

interface WantedRun {
  hostId: string;
  /** Null: all lists are put together anew. */
  source: { id: number; name: string } | null;
  cause: BlocklistRun['cause'];
  actor: string | null;
  /** A person has said that the list may shrink or grow so much. */
  force?: boolean;
  /** Of a simulation. */
  options?: { fetch: boolean; days: number } | null;
  /** ms. */
  at: number;
}

export const noCounts: RunCounts = {
  lines: 0,
  valid: 0,
  invalid: 0,
  reserved: 0,
  allowed: 0,
  duplicates: 0,
  prefixes: 0,
  added: 0,
  removed: 0,
  bytes: 0,
  bytes_total: null,
  enforced: null,
};

/** Answers its id, or that of one which waits already and does the same. */
export async function queueRun(db: Kysely<Database>, wanted: WantedRun): Promise<number> {
  const { hostId, source, cause, actor, force = false, options = null, at } = wanted;
  const waiting = await db
    .selectFrom('blocklist_runs')
    .where('host_id', '=', hostId)
    .where('source_id', source === null ? 'is' : '=', source?.id ?? null)
    .where('state', '=', 'queued')
    .where('cause', cause === 'simulation' ? '=' : '!=', 'simulation')
    .where('force', '=', force ? 1 : 0)
    .select('id')
    .executeTakeFirst();
  if (waiting !== undefined) return waiting.id;
  const { id } = await db
    .insertInto('blocklist_runs')
    .values({
      host_id: hostId,
      source_id: source?.id ?? null,
      source_name: source?.name ?? '',
      cause,
      actor,
      state: 'queued',
      queued_at: at,
      started_at: null,
      ended_at: null,
      step: null,
      steps: '[]',
      counts: JSON.stringify(noCounts),
      refusals: '[]',
      error: null,
      force: force ? 1 : 0,
      holder: null,
      options: options === null ? null : JSON.stringify(options),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** The newest of each source, of any state, by the source's id. */
export async function newestRuns(db: Kysely<Database>, hostId: string): Promise<Map<number, BlocklistRun>> {
  const rows = await db
    .selectFrom('blocklist_runs')
    .selectAll()
    .where('id', 'in', (query) =>
      query
        .selectFrom('blocklist_runs')
        .where('host_id', '=', hostId)
        .where('source_id', 'is not', null)
        .groupBy('source_id')
        .select(({ fn }) => fn.max('id').as('id')),
    )
    .execute();
  return new Map(rows.map((row) => [row.source_id ?? 0, runView(row)]));
}

const { cause: causes, state: states, step: stepNames, error: errors } = blocklistRun.shape;

export function runView(row: RunRow): BlocklistRun {
  const read = <T>(schema: z.ZodType<T>, text: string): T => schema.parse(JSON.parse(text));
  return {
    id: row.id,
    source_id: row.source_id,
    source_name: row.source_name,
    cause: causes.parse(row.cause),
    actor: row.actor,
    state: states.parse(row.state),
    queued_at: iso(row.queued_at),
    started_at: row.started_at === null ? null : iso(row.started_at),
    ended_at: row.ended_at === null ? null : iso(row.ended_at),
    step: stepNames.parse(row.step),
    steps: read(z.array(runStep), row.steps),
    counts: read(runCounts, row.counts),
    refusals: read(z.array(refusal), row.refusals),
    error: row.error === null ? null : read(errors, row.error),
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();
