/** The endpoints of the feed of own bans, and of the tokens that open it. */
import { Readable } from 'node:stream';
import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import { conflict, notFound, tooManyRequests, unauthenticated } from '../../base/errors.ts';
import type { Audit } from '../../platform/audit.ts';
import type { Database } from '../../platform/db/schema.ts';
import { limitKey } from '../../platform/http/caller-address.ts';
import type { Call, Mount } from '../../platform/http/mount.ts';
import { waitSeconds, type LimitPolicy, type LimitStore } from '../../platform/limits/limit.ts';
import { addFeedToken, listFeedTokens, readFeed, removeFeedToken } from './allow-contract.ts';
import { readBans } from './feed.ts';
import { createFeedTokens } from './feed-tokens.ts';

interface FeedRoutesDeps {
  mount: Mount;
  db: Kysely<Database>;
  /** Should answer off the main thread: a million bans are read through it. */
  readDb: Kysely<Database>;
  hostId: string;
  /** Of `feedPolicy`. */
  limit: LimitStore;
  audit: Audit;
  now: Clock;
}

/** A machine that was given a wrong token asks again and again: after some tries each one doubles the wait. */
export const feedPolicy: LimitPolicy = {
  name: 'feed',
  perMinute: 120,
  waitsMs: [0, 0, 0, ...Array.from({ length: 10 }, (_, more) => 1000 * 2 ** more), 15 * 60_000],
};

const mostTokens = 100;

export function feedRoutes({ mount, db, readDb, hostId, limit, audit, now }: FeedRoutesDeps): void {
  const tokens = createFeedTokens({ db, hostId, now });
  const told = (call: Call, action: string, { id, name }: { id: number; name: string }): Promise<void> =>
    audit({
      actor: call.actor?.name ?? '',
      client: call.client,
      hostId,
      action,
      target: name,
      detail: { id },
      outcome: 'done',
    });

  mount(listFeedTokens, async () => {
    const items = (await tokens.all()).map(show);
    return { items, next_cursor: null, total: items.length };
  });

  mount(addFeedToken, async ({ body }, call) => {
    if ((await tokens.all()).length >= mostTokens)
      throw conflict(
        'too_many_feed_tokens',
        `There are ${mostTokens} tokens, the most there can be. Revoke one.`,
      );
    const { row, token } = await tokens.add({ name: body.name, actor: call.actor?.name ?? '' });
    await told(call, 'blocklists.feed_token_add', row);
    return { ...show(row), token };
  });

  mount(removeFeedToken, async ({ params }, call) => {
    const row = await tokens.remove(params.id);
    if (row === null) throw notFound('There is no such token (any more).');
    await told(call, 'blocklists.feed_token_remove', row);
    return undefined;
  });

  /** Counted as a failed try before it is looked at, so that tries sent side by side count as well. */
  async function admit(token: string | null, call: Call): Promise<void> {
    const key = limitKey(call.client);
    const taken = await limit.take(key, 1);
    if (taken.granted === 0)
      throw tooManyRequests('Too many tries with a wrong token. Wait a moment.', waitSeconds(taken));
    if (token !== null && (await tokens.admit(token))) return limit.forget(key);
    call.reply.header('www-authenticate', 'Bearer');
    throw unauthenticated(
      'This feed needs a token: `Authorization: Bearer …`. One is made on the page of blocklists.',
    );
  }

  mount(readFeed, async ({ query }, call) => {
    const { request, reply } = call;
    await admit(bearer(request.headers.authorization) ?? query.token ?? null, call);
    const { parts, etag } = await readBans({ db: readDb, hostId, now }, query);
    reply.header('etag', etag);
    if (sameAs(request.headers['if-none-match'], etag)) return void (await reply.code(304).send());
    reply.type('text/plain; charset=utf-8');
    await reply.send(Readable.from(parts));
    return undefined;
  });
}

const show = (row: {
  id: number;
  name: string;
  actor: string;
  created_at: number;
  used_at: number | null;
}) => ({
  id: row.id,
  name: row.name,
  owner: row.actor,
  created_at: new Date(row.created_at).toISOString(),
  used_at: row.used_at === null ? null : new Date(row.used_at).toISOString(),
});

const bearer = (header = ''): string | null => /^Bearer +(\S{1,200})$/i.exec(header)?.[1] ?? null;

/** Weak comparison (RFC 9110, 13.1.2): compression on the way makes a tag weak. */
function sameAs(header: string | undefined, etag: string): boolean {
  return (header ?? '')
    .split(',')
    .some((one) => one.trim().replace(/^W\//, '') === etag || one.trim() === '*');
}
