/**
 * Events whose log lines may hold the words, newest first. A word that is common is found among the newest anyway; only
 * one that is not is worth the full-text index, which has to look at every event that holds it. What comes from here
 * still has to be looked at with `occurIn`.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { indexedWords } from '../../platform/db/indexed-words.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Ids, IdRange, Source } from './read-sources.ts';
import type { Word } from './read-words.ts';
import { unsearchedKey } from './store/seeding.ts';

interface TextDeps {
  db: Kysely<Database>;
  dialect: 'sqlite' | 'postgres';
  hostId: string;
}

/** Events that are looked at without the index first. */
const newest = 1_000;
const month = 31 * 86_400_000 * 1024;

/** One source reads one list: it remembers how far back it looks at a time. */
export function textSource(deps: TextDeps, words: readonly Word[]): Source {
  let first = true;
  const inIndex = deps.dialect === 'sqlite' ? sqliteSource(deps, words) : postgresSource(deps, words);
  return {
    count: null,
    async slice(range, most) {
      if (!first) return inIndex(range, most);
      first = false;
      return eachOf(deps, range, newest);
    },
  };
}

type Slice = Source['slice'];

async function eachOf({ db }: TextDeps, { from, to }: IdRange, most: number): Promise<Ids> {
  const rows = await db
    .selectFrom('history_lines')
    .select('id')
    .where('id', '>=', from)
    .where('id', '<', to)
    .orderBy('id', 'desc')
    .limit(most)
    .execute();
  return { ids: rows.map(({ id }) => id), next: rows.length < most ? null : (rows.at(-1)?.id ?? null) };
}

/** While fail2ban's database is taken over, what came last is not in the index yet: it is looked at event by event. */
function sqliteSource(deps: TextDeps, words: readonly Word[]): Slice {
  let indexed: number | null = null;
  return async ({ from, to }, most) => {
    indexed ??= await unsearchedFrom(deps);
    if (to > indexed && indexed > from) {
      const { ids, next } = await eachOf(deps, { from: indexed, to }, newest);
      return { ids, next: next ?? indexed };
    }
    if (to > indexed) return eachOf(deps, { from, to }, newest);
    return inSqlite(deps.db, sqliteQuery(words), { range: { from, to }, most });
  };
}

async function unsearchedFrom({ db, hostId }: TextDeps): Promise<number> {
  const row = await db
    .selectFrom('history_state')
    .select('value')
    .where('host_id', '=', hostId)
    .where('key', '=', unsearchedKey)
    .executeTakeFirst();
  return row === undefined ? Number.MAX_SAFE_INTEGER : Number(row.value);
}

function postgresSource({ db }: TextDeps, words: readonly Word[]): Slice {
  let width = month;
  return async ({ from, to }, most) => {
    const oldest = Math.max(from, await oldestId(db));
    const lowest = Math.max(oldest, to - width);
    width *= 2;
    const ids = await inPostgres(db, postgresQuery(words), { range: { from: lowest, to }, most });
    if (ids.length === most) return { ids, next: ids.at(-1) ?? null };
    return { ids, next: lowest <= oldest ? null : lowest };
  };
}

interface Stretch {
  range: IdRange;
  most: number;
}

async function inSqlite(db: Kysely<Database>, query: string, { range, most }: Stretch): Promise<Ids> {
  const { rows } = await sql<{ id: number }>`SELECT rowid AS id FROM history_search
    WHERE history_search MATCH ${query} AND rowid >= ${range.from} AND rowid < ${range.to}
    ORDER BY rowid DESC LIMIT ${most}`.execute(db);
  const ids = rows.map(({ id }) => id);
  return { ids, next: ids.length < most ? null : (ids.at(-1) ?? null) };
}

/** The events of the stretch are found first and put in order then: otherwise the server might look at each of them. */
async function inPostgres(
  db: Kysely<Database>,
  query: RawBuilder<unknown>,
  { range, most }: Stretch,
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`WITH found AS MATERIALIZED (
      SELECT id FROM history_lines
      WHERE id >= ${range.from} AND id < ${range.to} AND ${indexedWords} @@ (${query}))
    SELECT id FROM found ORDER BY id DESC LIMIT ${most}`.execute(db);
  return rows.map(({ id }) => id);
}

async function oldestId(db: Kysely<Database>): Promise<number> {
  const row = await db.selectFrom('history_lines').select('id').orderBy('id').limit(1).executeTakeFirst();
  return row?.id ?? 0;
}

/** Each part stands in quotes, so that none is taken for an operator; parts hold no quotes. */
const sqliteQuery = (words: readonly Word[]): string =>
  words
    .flatMap(({ whole, beginning }) => [
      ...whole.map((part) => `"${part}"`),
      ...(beginning === null ? [] : [`"${beginning}"*`]),
    ])
    .join(' AND ');

const postgresQuery = (words: readonly Word[]): RawBuilder<unknown> =>
  sql.join(
    words.flatMap(({ whole, beginning }) => [
      ...whole.map((part) => sql`plainto_tsquery('simple', ${part})`),
      ...(beginning === null ? [] : [sql`to_tsquery('simple', ${`'${beginning}':*`})`]),
    ]),
    sql` && `,
  );
