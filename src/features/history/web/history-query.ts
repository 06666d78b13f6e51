/** Reading the history: pages of the list, and how completely it is kept. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { EndpointOutput } from '../../../base/endpoint.ts';
import { rangeLength } from '../../../base/time-range.ts';
import { buildUrl, type Caller } from '../../../ui/call.ts';
import type * as contract from '../contract.ts';
import type { HistoryView } from './history-view.ts';

export type { HistoryEvent } from '../contract.ts';
export type HistoryState = EndpointOutput<typeof contract.historyState>;

const pageSize = 100;

/** The filters without the open row: what the server is asked. */
export type Filters = Omit<HistoryView, 'row'>;

/** A range that ends now begins at a whole minute: two readings right after one another ask the same. */
export function apiFilters({ range, ...rest }: Filters, now: number): Omit<Filters, 'range'> {
  if (range === undefined || rest.from !== undefined || rest.to !== undefined) return rest;
  const minute = 60_000;
  return { ...rest, from: new Date(Math.floor((now - rangeLength(range)) / minute) * minute).toISOString() };
}

export const historyQuery = (caller: Caller, filters: Filters) =>
  infiniteQueryOptions({
    queryKey: ['history', 'list', filters],
    queryFn: ({ pageParam, signal }) =>
      caller.ask<typeof contract.readHistory>('GET /api/v1/history', {
        query: {
          ...apiFilters(filters, Date.now()),
          page_size: pageSize,
          ...(pageParam === '' ? {} : { cursor: pageParam }),
        },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor,
    gcTime: 60_000,
  });

/** Watched while fail2ban's own database is taken over; afterwards read now and then. */
export const historyStateQuery = (caller: Caller) =>
  queryOptions({
    queryKey: ['history', 'state'],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.historyState>('GET /api/v1/history/state', { signal }),
    refetchInterval: ({ state }) => {
      const kind = state.data?.state;
      return kind === 'seeding' ? 1000 : kind === 'waiting' ? 3000 : 60_000;
    },
  });

/** Where the file with the same rows is. */
export const exportUrl = (filters: Filters, format: 'csv' | 'json', now: number): string =>
  buildUrl('/api/v1/history/export', {}, { ...apiFilters(filters, now), format });

/** Live events of the address make it read anew: its key begins as theirs. */
export const historyOfQuery = (caller: Caller, ip: string) =>
  infiniteQueryOptions({
    queryKey: ['address', ip, 'events'],
    queryFn: ({ pageParam, signal }) =>
      caller.ask<typeof contract.readHistoryOf>('GET /api/v1/history/{ip}', {
        params: { ip },
        query: { page_size: 50, ...(pageParam === '' ? {} : { cursor: pageParam }) },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor,
    gcTime: 60_000,
  });
