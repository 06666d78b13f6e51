/** Reads and writes the rows of events, their matched lines and the search index over these. */
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import type { Database } from '../../../platform/db/schema.ts';
import type { Batch } from './batch.ts';
import type { Bulk, Shape, Value } from './bulk.ts';
import { eventColumns, readEvent, type EventRow } from './known-events.ts';
import type { StoredEvent } from './stored-event.ts';

interface WriteOptions {
  trx: Transaction<Database>;
  dialect: 'sqlite' | 'postgres';
  hostId: string;
  bulk: Bulk;
}

export const eventShape: Shape = {
  table: 'history',
  columns: {
    id: 'bigint',
    host_id: 'text',
    jail: 'text',
    ip: 'text',
    action: 'text',
    at: 'bigint',
    fail2ban_at: 'bigint',
    heard_at: 'bigint',
    seconds: 'bigint',
    ban_count: 'bigint',
    failures: 'bigint',
    origin: 'text',
    actor: 'text',
    reason: 'text',
    again: 'bigint',
    country: 'text',
    asn: 'bigint',
  },
};
const mutable = [
  'fail2ban_at',
  'heard_at',
  'seconds',
  'ban_count',
  'failures',
  'origin',
  'actor',
  'reason',
  'again',
];
const changedShape: Shape = {
  ...eventShape,
  rest: `ON CONFLICT (id) DO UPDATE SET ${mutable.map((column) => `${column} = excluded.${column}`).join(', ')}`,
};
export const lineShape: Shape = { table: 'history_lines', columns: { id: 'bigint', lines: 'text' } };
const searchShape: Shape = { table: 'history_search', columns: { rowid: 'bigint', lines: 'text' } };

export async function writeEvents({ trx, dialect, hostId, bulk }: WriteOptions, batch: Batch): Promise<void> {
  const { fresh, changed } = batch;
  await bulk.insert(
    trx,
    eventShape,
    [...fresh].map((event) => rowOf(hostId, event)),
  );
  await writeChanged({ trx, dialect, hostId, bulk }, [...changed.keys()]);
  const lines = [...batch.lines].map(([event, told]) => ({
    id: event.id,
    told,
    replaces: !fresh.has(event),
  }));
  const replaced = lines.filter(({ replaces }) => replaces).map(({ id }) => id);
  if (replaced.length > 0) await removeLines({ trx, dialect }, replaced);
  const there = lines.filter(({ told }) => told.length > 0);
  await bulk.insert(
    trx,
    lineShape,
    there.map(({ id, told }) => [id, JSON.stringify(told)]),
  );
  if (dialect === 'sqlite')
    await bulk.insert(
      trx,
      searchShape,
      there.map(({ id, told }) => [id, told.join('\n')]),
    );
}

export async function writeChanged(
  { trx, hostId, bulk }: WriteOptions,
  events: readonly StoredEvent[],
): Promise<void> {
  await bulk.insert(
    trx,
    changedShape,
    events.map((event) => rowOf(hostId, event)),
  );
}

export async function removeLines(
  { trx, dialect }: Pick<WriteOptions, 'trx' | 'dialect'>,
  ids: readonly number[],
): Promise<void> {
  await trx.deleteFrom('history_lines').where('id', 'in', ids).execute();
  if (dialect === 'sqlite')
    await sql`DELETE FROM history_search WHERE rowid IN (${sql.join(ids)})`.execute(trx);
}

export async function readLines(trx: Transaction<Database>, id: number): Promise<readonly string[]> {
  const row = await trx.selectFrom('history_lines').select('lines').where('id', '=', id).executeTakeFirst();
  return row === undefined ? [] : linesShape.parse(JSON.parse(row.lines));
}

/** The earliest one of the address. */
export async function readFirstBan(
  { trx, hostId }: Pick<WriteOptions, 'trx' | 'hostId'>,
  ip: string,
): Promise<StoredEvent | null> {
  const { rows } = await sql<EventRow>`SELECT ${eventColumns} FROM history h
    WHERE h.ip = ${ip} AND h.host_id = ${hostId} AND h.action = 'ban' ORDER BY h.id LIMIT 1`.execute(trx);
  const [row] = rows;
  return row === undefined ? null : readEvent(row);
}

const linesShape = z.array(z.string());

function rowOf(hostId: string, event: StoredEvent): Value[] {
  const row: Value[] = [];
  pushRow(row, hostId, event);
  return row;
}

export function pushRow(values: Value[], hostId: string, event: StoredEvent): void {
  values.push(
    event.id,
    hostId,
    event.jail,
    event.ip,
    event.action,
    event.at,
    event.fail2banAt,
    event.heardAt,
    event.seconds,
    event.count,
    event.failures,
    event.origin,
    event.actor,
    event.reason,
    event.again ? 1 : 0,
    event.country,
    event.asn,
  );
}
