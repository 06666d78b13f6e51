/** Addresses that were banned most often, page by page. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql, type Kysely } from 'kysely';
import { z } from 'zod';
import type { EndpointInput, EndpointOutput } from '../../base/endpoint.ts';
import { invalidInput } from '../../base/errors.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { repeatOffenders } from './contract.ts';
import { namesOf } from './networks.ts';

interface OffendersDeps {
  db: Kysely<Database>;
  hostId: string;
}

/** Bans, last ban (ms) and id of the last row shown. */
const place = z.tuple([z.number().int(), z.number().int(), z.number().int()]);
type Place = z.output<typeof place>;

/** Entries of the index that one statement looks through. */
const slice = 1_000;

/** Throws 422 for a text that is no cursor. */
export async function listOffenders(
  { db, hostId }: OffendersDeps,
  query: EndpointInput<typeof repeatOffenders>['query'],
): Promise<EndpointOutput<typeof repeatOffenders>> {
  const since = query.from === undefined ? 0 : Date.parse(query.from);
  const wanted = query.page_size + 1;
  let after = query.cursor === undefined ? null : readCursor(query.cursor);
  const size = since === 0 ? wanted : slice;
  const rows: Row[] = [];
  // The index has the order; of what is in it only some was active lately, so it is walked slice by slice.
  for (;;) {
    const part = await sliceAfter(db, { hostId, atLeast: query.at_least, after, size });
    rows.push(...part.filter((row) => row.last_at >= since));
    const end = part.at(-1);
    if (rows.length >= wanted || end === undefined || part.length < size) break;
    after = [end.bans, end.last_at, end.id];
    await nextTurn();
  }
  const shown = rows.slice(0, query.page_size);
  const last = shown.at(-1);
  const items = await described(db, hostId, shown);
  return {
    items,
    next_cursor: rows.length >= wanted && last !== undefined ? writeCursor(last) : null,
  };
}

interface Row {
  id: number;
  bans: number;
  last_at: number;
}

interface Slice {
  hostId: string;
  atLeast: number;
  after: Place | null;
  size: number;
}

async function sliceAfter(db: Kysely<Database>, { hostId, atLeast, after, size }: Slice): Promise<Row[]> {
  let rows = db
    .selectFrom('addresses')
    .select(['id', 'bans', 'last_at'])
    .where('host_id', '=', hostId)
    .where('bans', '>=', atLeast)
    // Said as it stands in the index, which leaves out the many that came once.
    .where(sql<boolean>`bans > 1`);
  if (after !== null) rows = rows.where(sql<boolean>`(bans, last_at, id) < (${sql.join(after)})`);
  return await rows
    .orderBy('bans', 'desc')
    .orderBy('last_at', 'desc')
    .orderBy('id', 'desc')
    .limit(size)
    .execute();
}

async function described(
  db: Kysely<Database>,
  hostId: string,
  shown: readonly Row[],
): Promise<EndpointOutput<typeof repeatOffenders>['items']> {
  if (shown.length === 0) return [];
  const ids = shown.map((row) => row.id);
  const rows = await db.selectFrom('addresses').selectAll().where('id', 'in', ids).execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  const names = await namesOf(
    db,
    rows.map((row) => row.asn),
  );
  const keys = rows.map((row) => row.ip_key);
  const held = await db
    .selectFrom('active_bans')
    .select('ip_key')
    .where('host_id', '=', hostId)
    .where('ip_key', 'in', keys)
    .execute();
  const banned = new Set(held.map((row) => row.ip_key));
  return ids.flatMap((id) => {
    const row = byId.get(id);
    if (row === undefined) return [];
    return {
      ip: row.ip,
      bans: row.bans,
      first: new Date(row.first_at).toISOString(),
      last: new Date(row.last_at).toISOString(),
      country: row.country,
      asn: row.asn === 0 ? null : row.asn,
      as_name: names.get(row.asn) ?? null,
      banned_now: banned.has(row.ip_key),
    };
  });
}

const writeCursor = ({ bans, last_at, id }: Row): string =>
  Buffer.from(JSON.stringify([bans, last_at, id])).toString('base64url');

function readCursor(text: string): Place {
  let parsed: unknown = null;
  try {
    parsed = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    // Told below.
  }
  const result = place.safeParse(parsed);
  if (result.success) return result.data;
  throw invalidInput('This cursor belongs to another list. Read the list again from its start.', [
    { field: 'query.cursor', message: 'Not a cursor of this list' },
  ]);
}
