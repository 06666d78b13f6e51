/** What the history must remember of its sources, written in the transaction of the events that were read from them. */
import type { Kysely, Transaction } from 'kysely';
import { z } from 'zod';
import type { Database } from '../../../platform/db/schema.ts';
import type { LogMark } from './log-source.ts';
import type { TableMark } from './table-source.ts';

interface StateKind<T> {
  key: string;
  schema: z.ZodType<T>;
}

const kind = <T>(key: string, schema: z.ZodType<T>): StateKind<T> => ({ key, schema });

const place = { inode: z.number(), head: z.string().nullable(), offset: z.number(), at: z.number() };
const logMark: z.ZodType<LogMark> = z.object({
  file: z.string(),
  mark: z.object({
    ...place,
    stopping: z.number().nullable(),
    resting: z.array(
      z.object({
        jail: z.string(),
        stoppedAt: z.number(),
        restoredAt: z.number().nullable(),
        unbans: z.array(z.object({ ip: z.string(), at: z.number() })),
      }),
    ),
  }),
});
const tableMark: z.ZodType<TableMark> = z.object({
  file: z.string(),
  anchors: z.array(z.object({ row: z.number(), jail: z.string(), ip: z.string(), at: z.number() })),
  seeded: z.boolean(),
});

export const stateKinds = {
  log: kind('log', logMark),
  table: kind('table', tableMark),
  /** Where fail2ban said that its files are, for a start at which it does not answer. */
  files: kind('files', z.object({ log: z.string().nullable(), database: z.string().nullable() })),
  /** When the history began, ms. */
  began: kind('began', z.number()),
  /** How many events there are. */
  events: kind('events', z.number()),
  /** The country and network data that events have: all of them, or those of addresses up to one. */
  geo: kind('geo', z.object({ edition: z.string(), after: z.number().nullable() })),
  /** How the writer is, for instances that do not write. */
  progress: kind(
    'progress',
    z.object({
      state: z.enum(['waiting', 'seeding', 'current']),
      read: z.number(),
      of: z.number().nullable(),
      asOf: z.number().nullable(),
      limits: z.array(z.string()),
      /** Changes with each sign of life. */
      sign: z.number(),
    }),
  ),
};

interface StateEntry {
  key: string;
  value: string;
}

export const stateEntry = <T>({ key }: StateKind<T>, value: T): StateEntry => ({
  key,
  value: JSON.stringify(value),
});

/** Null when it was never written, or by a version that wrote it otherwise: then it is found out anew. */
export async function readState<T>(
  db: Kysely<Database>,
  hostId: string,
  { key, schema }: StateKind<T>,
): Promise<T | null> {
  const row = await db
    .selectFrom('history_state')
    .select('value')
    .where('host_id', '=', hostId)
    .where('key', '=', key)
    .executeTakeFirst();
  if (row === undefined) return null;
  const parsed = schema.safeParse(jsonOf(row.value));
  return parsed.success ? parsed.data : null;
}

export async function writeState(
  trx: Transaction<Database>,
  hostId: string,
  entries: readonly StateEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  await trx
    .insertInto('history_state')
    .values(entries.map((entry) => ({ host_id: hostId, ...entry })))
    .onConflict((conflict) =>
      conflict.columns(['host_id', 'key']).doUpdateSet((eb) => ({ value: eb.ref('excluded.value') })),
    )
    .execute();
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
