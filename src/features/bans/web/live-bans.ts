/** Brings what is shown of the bans up to date with a batch of live events. */
import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { LiveEvent } from '../../../ui/live.ts';
import { newestCount, type ActiveBan, type BansPageData } from './bans-query.ts';
import { rowKey } from './bans-view.ts';

/** A ban as the stream tells it: origin and reason are only in the list. */
export interface LiveBan {
  ip: string;
  jail: string;
  banned_at: string;
  expires_at: string | null;
  ban_count: number;
  country: string;
  asn: number | null;
  as_name: string | null;
}

/** Unknown shapes answer null: then the list is read again instead of trusting half an event. */
export function readLiveBan(data: unknown): LiveBan | null {
  if (typeof data !== 'object' || data === null) return null;
  const fields: Record<string, unknown> = { ...data };
  const { ip, jail } = fields;
  const bannedAt = fields['banned_at'] ?? fields['at'];
  const count = fields['ban_count'] ?? fields['count'];
  const expiresAt = fields['expires_at'];
  if (typeof ip !== 'string' || typeof jail !== 'string' || typeof bannedAt !== 'string') return null;
  return {
    ip,
    jail,
    banned_at: bannedAt,
    expires_at: typeof expiresAt === 'string' ? expiresAt : null,
    ban_count: typeof count === 'number' ? count : 1,
    country: typeof fields['country'] === 'string' ? fields['country'] : 'unknown',
    asn: typeof fields['asn'] === 'number' ? fields['asn'] : null,
    as_name: typeof fields['as_name'] === 'string' ? fields['as_name'] : null,
  };
}

/** Rows with those that ended taken out and the new ones put on top; the newest first, `most` at the most. */
export function mergeNewest<R extends { ip: string; jail: string; banned_at: string }>(
  rows: readonly R[],
  added: readonly R[],
  ended: ReadonlySet<string>,
  most: number,
): R[] {
  const fresh = new Map(added.map((row) => [rowKey(row), row]));
  const kept = rows.filter((row) => !fresh.has(rowKey(row)) && !ended.has(rowKey(row)));
  return [...[...fresh.values()].filter((row) => !ended.has(rowKey(row))), ...kept]
    .toSorted((a, b) => b.banned_at.localeCompare(a.banned_at))
    .slice(0, most);
}

/** What a batch says in the end: an address banned and then unbanned is only ended, and the other way round. */
export function settle(events: readonly LiveEvent[]): {
  added: LiveBan[];
  ended: Set<string>;
  whole: boolean;
} {
  const added = new Map<string, LiveBan>();
  const ended = new Set<string>();
  let whole = false;
  for (const { type, data } of events) {
    if (type === 'bans_changed' || type === 'resync') whole = true;
    if (type !== 'ban' && type !== 'unban') continue;
    const ban = readLiveBan(data);
    if (ban === null) {
      whole = true;
      continue;
    }
    const key = rowKey(ban);
    if (type === 'ban') {
      added.set(key, ban);
      ended.delete(key);
    } else {
      added.delete(key);
      ended.add(key);
    }
  }
  return { added: [...added.values()], ended, whole };
}

/** Called at the pace of `ui/live.ts`. */
export function applyToBans(queryClient: QueryClient, events: readonly LiveEvent[]): void {
  if (events.some(({ type }) => type === 'opened')) {
    void readAgain(queryClient, ['bans', 'newest']);
    for (const name of ['repeated', 'ending', 'of', 'list'])
      void queryClient.invalidateQueries({ queryKey: ['bans', name] });
  }
  const { added, ended, whole } = settle(events);
  if (whole) {
    for (const name of ['newest', 'repeated', 'ending', 'of']) {
      void queryClient.invalidateQueries({ queryKey: ['bans', name] });
    }
    announceNew(queryClient, countNew(events) + added.length, true);
    return;
  }
  if (added.length === 0 && ended.size === 0) return;
  updateShort(queryClient, added, ended);
  takeOut(queryClient, ended);
  for (const ban of added) void queryClient.invalidateQueries({ queryKey: ['bans', 'of', ban.ip] });
  announceNew(queryClient, added.length, false);
}

/** How many rows came in since the list was last read; the list itself decides when to show them. */
export interface News {
  /** Rises with every batch that changed the list. */
  version: number;
  added: number;
}

export const newsKey = ['bans', 'news'];

/** Bans that bulk events speak of. */
function countNew(events: readonly LiveEvent[]): number {
  return events.reduce((sum, { type, data }) => {
    if (type !== 'bans_changed' || typeof data !== 'object' || data === null || !('banned' in data))
      return sum;
    return sum + (typeof data.banned === 'number' ? data.banned : 0);
  }, 0);
}

function announceNew(queryClient: QueryClient, added: number, whole: boolean): void {
  queryClient.setQueryData<News>(newsKey, (news = { version: 0, added: 0 }) => ({
    version: news.version + (added > 0 || whole ? 1 : 0),
    added: news.added + added,
  }));
}

function updateShort(queryClient: QueryClient, added: readonly LiveBan[], ended: ReadonlySet<string>): void {
  const rows = added.map(asRow);
  const newest = ['bans', 'newest'];
  queryClient.setQueryData<BansPageData>(newest, (page) =>
    page === undefined ? page : { ...page, items: mergeNewest(page.items, rows, ended, newestCount) },
  );
  // an answer on its way may be from before, and would undo this
  if (queryClient.isFetching({ queryKey: newest }) > 0) void readAgain(queryClient, newest);
  for (const name of ['repeated', 'ending']) {
    const page = queryClient.getQueryData<BansPageData>(['bans', name]);
    const touched = page !== undefined && touches(name, page.items, added, ended);
    if (touched) void queryClient.invalidateQueries({ queryKey: ['bans', name] });
  }
}

/** Also when it is being read for the first time: that would not be begun anew. */
async function readAgain(queryClient: QueryClient, queryKey: string[]): Promise<void> {
  await queryClient.cancelQueries({ queryKey });
  await queryClient.invalidateQueries({ queryKey });
}

/** Whether a short list could look different after these events. */
export function touches(
  name: string,
  items: readonly ActiveBan[],
  added: readonly LiveBan[],
  ended: ReadonlySet<string>,
): boolean {
  if (items.some((item) => ended.has(rowKey(item)))) return true;
  if (added.length === 0) return false;
  const last = items.at(-1);
  if (last === undefined) return true;
  if (name === 'repeated') return added.some((ban) => ban.ban_count > last.ban_count);
  const end = last.expires_at;
  return added.some((ban) => ban.expires_at !== null && (end === null || ban.expires_at < end));
}

function takeOut(queryClient: QueryClient, ended: ReadonlySet<string>): void {
  if (ended.size === 0) return;
  queryClient.setQueriesData<InfiniteData<BansPageData>>({ queryKey: ['bans', 'list'] }, (data) => {
    if (data === undefined) return data;
    const shown = data.pages.flatMap((page) => page.items).filter((ban) => ended.has(rowKey(ban))).length;
    return {
      ...data,
      pages: data.pages.map((page) => ({
        ...page,
        items: page.items.filter((ban) => !ended.has(rowKey(ban))),
        total: page.total - shown,
      })),
    };
  });
  queryClient.setQueriesData<BansPageData>({ queryKey: ['bans', 'of'] }, (page) =>
    page === undefined ? page : { ...page, items: page.items.filter((ban) => !ended.has(rowKey(ban))) },
  );
}

/** Only for lists that show none of the fields the stream leaves out. */
const asRow = (ban: LiveBan): ActiveBan => ({
  ...ban,
  origin: 'own',
  reason: null,
  banned_by: null,
  ends_early: false,
});
