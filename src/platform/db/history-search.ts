/** SQLite's full-text index over the matched lines: it holds no text, and is written beside them. */
import { sql, type Kysely } from 'kysely';
import type { Database } from './schema.ts';

const linesAtOnce = 1_000;

/** Lines as they are indexed: one below the other. */
const textOf = sql`(SELECT group_concat(value, char(10)) FROM json_each(l.lines))`;

/** Puts the lines of some events from this id on into the index, where they are missing; `next` null: these were the last. */
export async function searchLines(
  db: Kysely<Database>,
  from: number,
): Promise<{ lines: number; next: number | null }> {
  const ids = await db
    .selectFrom('history_lines')
    .select('id')
    .where('id', '>=', from)
    .orderBy('id')
    .limit(linesAtOnce)
    .execute();
  const last = ids.at(-1);
  if (last === undefined) return { lines: 0, next: null };
  await sql`INSERT INTO history_search (rowid, lines) SELECT l.id, ${textOf} FROM history_lines l
    WHERE l.id >= ${from} AND l.id <= ${last.id}
      AND NOT EXISTS (SELECT 1 FROM history_search_docsize d WHERE d.id = l.id)`.execute(db);
  return { lines: ids.length, next: ids.length < linesAtOnce ? null : last.id + 1 };
}

/** Makes the index anew, after lines were copied. */
export async function rebuildSearch(db: Kysely<Database>): Promise<void> {
  await sql`INSERT INTO history_search (history_search) VALUES ('delete-all')`.execute(db);
  for (let from: number | null = Number.MIN_SAFE_INTEGER; from !== null;)
    from = (await searchLines(db, from)).next;
}
