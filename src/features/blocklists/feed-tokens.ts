/** Machines that may read the feed of own bans. A token is shown once; what is kept is its hash. */
import { createHash, randomBytes } from 'node:crypto';
import type { Kysely, Selectable } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Database } from '../../platform/db/schema.ts';

type TokenRow = Omit<Selectable<Database['feed_tokens']>, 'host_id' | 'token_hash'>;

export interface FeedTokens {
  all(): Promise<TokenRow[]>;
  add(token: { name: string; actor: string }): Promise<{ row: TokenRow; token: string }>;
  remove(id: number): Promise<TokenRow | null>;
  /** Whether this is one; writes down that it was used, at most once a minute. */
  admit(token: string): Promise<boolean>;
}

const usedEveryMs = 60_000;

export function createFeedTokens(deps: { db: Kysely<Database>; hostId: string; now: Clock }): FeedTokens {
  const { db, hostId, now } = deps;
  return {
    all: () =>
      db.selectFrom('feed_tokens').select(shown).where('host_id', '=', hostId).orderBy('id').execute(),
    async add({ name, actor }) {
      const token = `bangui_feed_${randomBytes(32).toString('base64url')}`;
      const row = await db
        .insertInto('feed_tokens')
        .values({ host_id: hostId, name, actor, token_hash: hashOf(token), created_at: now(), used_at: null })
        .returning(shown)
        .executeTakeFirstOrThrow();
      return { row, token };
    },
    async remove(id) {
      const removed = await db
        .deleteFrom('feed_tokens')
        .where('host_id', '=', hostId)
        .where('id', '=', id)
        .returning(shown)
        .executeTakeFirst();
      return removed ?? null;
    },
    async admit(token) {
      const row = await db
        .selectFrom('feed_tokens')
        .select(['id', 'used_at'])
        .where('host_id', '=', hostId)
        .where('token_hash', '=', hashOf(token))
        .executeTakeFirst();
      if (row === undefined) return false;
      if (row.used_at === null || now() - row.used_at >= usedEveryMs)
        await db.updateTable('feed_tokens').set({ used_at: now() }).where('id', '=', row.id).execute();
      return true;
    },
  };
}

const shown = ['id', 'name', 'actor', 'created_at', 'used_at'] as const;
const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
