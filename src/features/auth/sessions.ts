/** Sessions: rows that can be revoked, found through a signed cookie, kept in memory for some seconds. */
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import { keepRecent } from '../../base/recent-map.ts';
import type { Database } from '../../platform/db/schema.ts';
import type { Identify, Identity } from '../../platform/http/guard.ts';
import { hashToken, newToken, readToken, signToken } from './cookie-value.ts';

export interface Sessions {
  identify: Identify;
  open(session: NewSession): Promise<{ cookie: string; expiresAt: number }>;
  /** The password was typed again: for some minutes it need not be typed for what runs code. */
  confirm(sessionId: string): Promise<void>;
  /** Whether it was, in the session of this cookie. */
  isConfirmed(cookie: string | undefined): Promise<boolean>;
  end(sessionId: string): Promise<void>;
  endAllOf(userId: number): Promise<number>;
  /** Calls back with the id of each session that ended, here or elsewhere. Returns the way to stop listening. */
  onEnd(listener: (sessionId: string) => void): () => void;
  /** Another instance ended it. */
  endedElsewhere(sessionId: string): void;
  /** Endings elsewhere may have been missed: every session is looked up again. */
  doubt(): void;
  /** Removes expired rows, inside the job's transaction. Answers how many. */
  cleanUp(transaction: Kysely<Database>): Promise<number>;
  cache: 'present' | 'disabled';
}

export interface NewSession {
  userId: number;
  client: string;
  userAgent: string;
  durationMs: number;
}

interface SessionsDeps {
  db: Kysely<Database>;
  /** The first signs; all are accepted. */
  secrets: readonly [string, ...string[]];
  /** How long a session is answered from memory, ms; 0 switches that off. */
  cacheMs: number;
  /** Hears of each session that is ended here before its time. */
  tell: (sessionId: string) => void;
  now: Clock;
}

const mostCached = 1_000;
const confirmedMs = 5 * 60_000;

export function createSessions({ db, secrets, cacheMs, tell, now }: SessionsDeps): Sessions {
  const cache = new Map<string, { identity: Identity; readAt: number }>();
  const listeners = new Set<(sessionId: string) => void>();
  let endings = 0;
  const ended = (sessionId: string): void => {
    endings += 1;
    cache.delete(sessionId);
    for (const listener of listeners) listener(sessionId);
  };
  const endedHere = (sessionId: string): void => {
    ended(sessionId);
    tell(sessionId);
  };
  return {
    cache: cacheMs > 0 ? 'present' : 'disabled',
    async identify(cookie) {
      const token = cookie === undefined ? null : readToken(cookie, secrets);
      if (token === null) return null;
      const sessionId = hashToken(token);
      const time = now();
      const cached = cache.get(sessionId);
      const endingsBefore = endings;
      const fresh = cached !== undefined && time >= cached.readAt && time - cached.readAt < cacheMs;
      const identity = fresh ? cached.identity : await find(db, sessionId);
      if (identity === null || identity.expiresAt <= time) {
        cache.delete(sessionId);
        return null;
      }
      // A session that ended while it was read must not come back from memory.
      if (!fresh && cacheMs > 0 && endings === endingsBefore) {
        keepRecent(cache, sessionId, { identity, readAt: time }, mostCached);
      }
      return identity;
    },
    async open({ userId, client, userAgent, durationMs }) {
      const token = newToken();
      const created = now();
      const expiresAt = created + durationMs;
      await db
        .insertInto('sessions')
        .values({
          token_hash: hashToken(token),
          user_id: userId,
          created_at: created,
          expires_at: expiresAt,
          client,
          user_agent: userAgent.slice(0, 300),
        })
        .execute();
      return { cookie: signToken(token, secrets[0]), expiresAt };
    },
    async confirm(sessionId) {
      const until = now() + confirmedMs;
      await db
        .updateTable('sessions')
        .set({ confirmed_until: until })
        .where('token_hash', '=', sessionId)
        .execute();
    },
    async isConfirmed(cookie) {
      const token = cookie === undefined ? null : readToken(cookie, secrets);
      if (token === null) return false;
      const row = await db
        .selectFrom('sessions')
        .where('token_hash', '=', hashToken(token))
        .select(['confirmed_until', 'expires_at'])
        .executeTakeFirst();
      return row !== undefined && row.expires_at > now() && row.confirmed_until > now();
    },
    async end(sessionId) {
      await db.deleteFrom('sessions').where('token_hash', '=', sessionId).execute();
      endedHere(sessionId);
    },
    async endAllOf(userId) {
      const rows = await db
        .deleteFrom('sessions')
        .where('user_id', '=', userId)
        .returning('token_hash')
        .execute();
      for (const row of rows) endedHere(row.token_hash);
      return rows.length;
    },
    onEnd(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    endedElsewhere: ended,
    doubt() {
      endings += 1;
      cache.clear();
    },
    async cleanUp(transaction) {
      const rows = await transaction
        .deleteFrom('sessions')
        .where('expires_at', '<=', now())
        .returning('token_hash')
        .execute();
      for (const row of rows) ended(row.token_hash);
      return rows.length;
    },
  };
}

async function find(db: Kysely<Database>, sessionId: string): Promise<Identity | null> {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .where('sessions.token_hash', '=', sessionId)
    .select(['users.id', 'users.name', 'users.role', 'sessions.expires_at'])
    .executeTakeFirst();
  if (row === undefined) return null;
  const actor = { userId: row.id, name: row.name, role: row.role };
  return { sessionId, actor, expiresAt: row.expires_at };
}
