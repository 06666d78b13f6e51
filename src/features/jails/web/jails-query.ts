/** Reading jails: all of them, one in full, and whom it ignores. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { EndpointOutput } from '../../../base/endpoint.ts';
import type { Caller } from '../../../ui/call.ts';
import type * as contract from '../contract.ts';
import type * as ignore from '../ignore-contract.ts';

export type Jail = z.output<typeof contract.jail>;
export type JailDetail = EndpointOutput<typeof contract.readJail>;
export type IgnoreList = EndpointOutput<typeof ignore.listIgnored>;
export type IgnoreItem = IgnoreList['items'][number];

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
