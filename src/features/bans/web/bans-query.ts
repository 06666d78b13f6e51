/** Reading the bans that are in force: pages of the list, the newest, the most repeated, the next to end. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { EndpointOutput } from '../../../base/endpoint.ts';
import type { Caller } from '../../../ui/call.ts';
import type * as contract from '../contract.ts';
import type { BansView } from './bans-view.ts';

export type { ActiveBan } from '../contract.ts';
export type BansPageData = EndpointOutput<typeof contract.listActive>;

export const pageSize = 100;
export const newestCount = 30;
export const shortCount = 10;

type Filters = Omit<BansView, 'row'>;
/** A view's fields one by one, so that a memo can depend on each. */
type Fields = { [K in keyof Filters]: Filters[K] | undefined };

export const readBansPage = (caller: Caller, filters: Filters, cursor?: string, signal?: AbortSignal) =>
  caller.ask<typeof contract.listActive>('GET /api/v1/bans/active', {
    query: { ...filters, page_size: pageSize, ...(cursor === undefined ? {} : { cursor }) },
    ...(signal === undefined ? {} : { signal }),
  });

export const bansQuery = (caller: Caller, { search, jail, country, origin, sort }: Fields) => {
  const filters: Filters = {
    ...(search === undefined ? {} : { search }),
    ...(jail === undefined ? {} : { jail }),
    ...(country === undefined ? {} : { country }),
    ...(origin === undefined ? {} : { origin }),
    ...(sort === undefined ? {} : { sort }),
  };
  return infiniteQueryOptions({
    queryKey: ['bans', 'list', filters],
    queryFn: ({ pageParam, signal }) =>
      readBansPage(caller, filters, pageParam === '' ? undefined : pageParam, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor,
    // a view left behind is not worth keeping current
    gcTime: 60_000,
  });
};

const short = (
  caller: Caller,
  name: string,
  sort: '-banned_at' | '-ban_count' | 'expires_at',
  count: number,
) =>
  queryOptions({
    queryKey: ['bans', name],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.listActive>('GET /api/v1/bans/active', {
        query: { sort, page_size: count },
        signal,
      }),
  });

export const newestQuery = (caller: Caller) => short(caller, 'newest', '-banned_at', newestCount);
export const repeatedQuery = (caller: Caller) => short(caller, 'repeated', '-ban_count', shortCount);
export const endingQuery = (caller: Caller) => short(caller, 'ending', 'expires_at', shortCount);

/** Every jail that holds this very address now. */
export const bansOfQuery = (caller: Caller, ip: string) =>
  queryOptions({
    queryKey: ['bans', 'of', ip],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.listActive>('GET /api/v1/bans/active', {
        query: { search: ip, page_size: 500 },
        signal,
      }),
    select: (page) => page.items.filter((ban) => ban.ip === ip),
    gcTime: 60_000,
  });

/** A few of those whose address holds this text. */
export const bansFoundQuery = (caller: Caller, search: string, count: number) =>
  queryOptions({
    queryKey: ['bans', 'found', search, count],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.listActive>('GET /api/v1/bans/active', {
        query: { search, page_size: count },
        signal,
      }),
    staleTime: 5000,
    gcTime: 10_000,
  });
