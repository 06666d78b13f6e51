/** Reading what is known of an address, why it was banned, who comes back, and which ranges would cover many. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { EndpointOutput } from '../../../base/endpoint.ts';
import type { Caller } from '../../../ui/call.ts';
import type * as contract from '../contract.ts';

export type Lookup = EndpointOutput<typeof contract.lookup>;
export type Why = EndpointOutput<typeof contract.whyBanned>;
export type Offender = EndpointOutput<typeof contract.repeatOffenders>['items'][number];
export type Advice = EndpointOutput<typeof contract.subnetAdvice>['items'][number];

/** Live events of the address make it read anew: its key begins as theirs. */
export const lookupQuery = (caller: Caller, ip: string) =>
  queryOptions({
    queryKey: ['address', ip, 'lookup'],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.lookup>('GET /api/v1/lookup/{ip}', { params: { ip }, signal }),
    gcTime: 60_000,
  });

/** What was true of a ban stays true: read once. */
export const whyQuery = (caller: Caller, id: string) =>
  queryOptions({
    queryKey: ['why', id],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.whyBanned>('GET /api/v1/history/events/{id}/why', {
        params: { id },
        signal,
      }),
    gcTime: 5 * 60_000,
  });

export interface Since {
  /** ISO instant; undefined = all there is. */
  from?: string | undefined;
  atLeast: number;
}

export const offendersQuery = (caller: Caller, { from, atLeast }: Since) =>
  infiniteQueryOptions({
    queryKey: ['offenders', { from, atLeast }],
    queryFn: ({ pageParam, signal }) =>
      caller.ask<typeof contract.repeatOffenders>('GET /api/v1/history/offenders', {
        query: {
          at_least: atLeast,
          page_size: 100,
          ...(from === undefined ? {} : { from }),
          ...(pageParam === '' ? {} : { cursor: pageParam }),
        },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor,
    staleTime: 30_000,
    gcTime: 60_000,
  });

export const subnetsQuery = (caller: Caller, { from, atLeast }: Since) =>
  queryOptions({
    queryKey: ['subnets', { from, atLeast }],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.subnetAdvice>('GET /api/v1/history/subnets', {
        query: { at_least: atLeast, limit: 50, ...(from === undefined ? {} : { from }) },
        signal,
      }),
    staleTime: 30_000,
    gcTime: 60_000,
  });
