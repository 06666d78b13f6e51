/** Reading jails: all of them, one in full, and whom it ignores. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { EndpointOutput } from '../../../base/endpoint.ts';
import type { Caller } from '../../../ui/call.ts';
import type { RangeView } from '../../../ui/range-view.ts';
import type * as contract from '../contract.ts';
import type * as ignore from '../ignore-contract.ts';

export type Jail = z.output<typeof contract.jail>;
export type JailDetail = EndpointOutput<typeof contract.readJail>;
export type Failures = EndpointOutput<typeof contract.jailFailures>;
export type IgnoreList = EndpointOutput<typeof ignore.listIgnored>;
export type IgnoreItem = IgnoreList['items'][number];
export type IgnoredInJails = EndpointOutput<typeof ignore.listIgnoredInJails>['items'][number];

/** `inactive`: those that are off too. */
export const jailsQuery = (caller: Caller, inactive = false) =>
  queryOptions({
    queryKey: ['jails', 'list', inactive],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.listJails>('GET /api/v1/jails', {
        signal,
        ...(inactive ? { query: { include: 'inactive' as const } } : {}),
      }),
  });

export const jailQuery = (caller: Caller, name: string) =>
  queryOptions({
    queryKey: ['jails', 'one', name],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.readJail>('GET /api/v1/jails/{name}', { params: { name }, signal }),
    gcTime: 60_000,
  });

export const ignoredQuery = (caller: Caller, name: string) =>
  queryOptions({
    queryKey: ['jails', 'ignored', name],
    queryFn: ({ signal }) =>
      caller.ask<typeof ignore.listIgnored>('GET /api/v1/jails/{name}/ignoreip', {
        params: { name },
        signal,
      }),
    gcTime: 60_000,
  });

/** Not among the keys of the jails: failures are read again at a pace of their own. */
export const failuresKey = 'failures';

export const failuresQuery = (caller: Caller, name: string, range: RangeView) =>
  queryOptions({
    queryKey: [failuresKey, name, range],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.jailFailures>('GET /api/v1/jails/{name}/failures', {
        params: { name },
        query: range,
        signal,
      }),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });

export const ignoredInJailsQuery = (caller: Caller) =>
  queryOptions({
    queryKey: ['jails', 'ignored-in-jails'],
    queryFn: ({ signal }) => caller.ask<typeof ignore.listIgnoredInJails>('GET /api/v1/ignoreip', { signal }),
    gcTime: 60_000,
  });
