/** Reading blocklists: the sources, their runs and simulations, the allow-list, what enforces them. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { EndpointOutput } from '../../../base/endpoint.ts';
import type { Caller } from '../../../ui/call.ts';
import { ProblemError } from '../../../ui/problem.ts';
import type * as allow from '../allow-contract.ts';
import type * as contract from '../contract.ts';
import type * as enforcement from '../enforcement-contract.ts';
import type { BlocklistRun } from '../run-contract.ts';
import type * as runs from '../runs-contract.ts';
import type * as simulation from '../simulation-contract.ts';

export type Sources = EndpointOutput<typeof contract.listSources>;
export type Source = contract.Source;
export type Run = BlocklistRun;
export type Format = contract.ListFormat;
export type Enforcement = enforcement.EnforcementView;
export type Simulation = simulation.Simulation;
export type Allowed = allow.Allowed;
export type Preview = EndpointOutput<typeof contract.previewSource>;
export type CatalogueEntry = EndpointOutput<typeof contract.readCatalogue>['items'][number];

/** Begins the key of everything that a run may change. */
export const blocklistsKey = 'blocklists';

export const sourcesQuery = (caller: Caller) =>
  queryOptions({
    queryKey: [blocklistsKey, 'sources'],
    queryFn: ({ signal }) => caller.ask<typeof contract.listSources>('GET /api/v1/blocklists', { signal }),
  });

export const enforcementQuery = (caller: Caller) =>
  queryOptions({
    queryKey: [blocklistsKey, 'enforcement'],
    queryFn: ({ signal }) =>
      caller.ask<typeof enforcement.readEnforcement>('GET /api/v1/blocklists/enforcement', { signal }),
  });

export const runQuery = (caller: Caller, id: number) =>
  queryOptions({
    queryKey: [blocklistsKey, 'run', id],
    queryFn: ({ signal }) =>
      caller.ask<typeof runs.readRun>('GET /api/v1/blocklists/runs/{id}', { params: { id }, signal }),
    gcTime: 60_000,
  });

export interface RunsFilter {
  source_id?: number;
  state?: Run['state'];
}

export const runsQuery = (caller: Caller, filter: RunsFilter) =>
  infiniteQueryOptions({
    queryKey: [blocklistsKey, 'runs', filter],
    queryFn: ({ signal, pageParam }) =>
      caller.ask<typeof runs.listRuns>('GET /api/v1/blocklists/runs', {
        query: { ...filter, ...(pageParam === null ? {} : { cursor: pageParam }) },
        signal,
      }),
    initialPageParam: firstPage,
    getNextPageParam: (last) => last.next_cursor,
    gcTime: 60_000,
  });

const firstPage: string | null = null;

/** Null when the list was never simulated. */
export const simulationQuery = (caller: Caller, id: number) =>
  queryOptions({
    queryKey: [blocklistsKey, 'simulation', id],
    queryFn: async ({ signal }): Promise<Simulation | null> => {
      const result = await caller.call<typeof simulation.readSimulation>(
        'GET /api/v1/blocklists/{id}/simulation',
        { params: { id }, signal },
      );
      if (result.ok) return result.value;
      if (result.problem.code === 'not_simulated') return null;
      throw new ProblemError(result.problem);
    },
    gcTime: 60_000,
  });

export const allowedQuery = (caller: Caller) =>
  queryOptions({
    queryKey: [blocklistsKey, 'allowed'],
    queryFn: ({ signal }) =>
      caller.ask<typeof allow.listAllowed>('GET /api/v1/blocklists/allowed', { signal }),
  });

export const tokensQuery = (caller: Caller) =>
  queryOptions({
    queryKey: [blocklistsKey, 'tokens'],
    queryFn: ({ signal }) =>
      caller.ask<typeof allow.listFeedTokens>('GET /api/v1/blocklists/feed/tokens', { signal }),
  });

/** Not under the common key: reading it may fetch from the list's maker, so a run alone does not repeat it. */
export const previewQuery = (caller: Caller, id: number) =>
  queryOptions({
    queryKey: ['blocklist-preview', id],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.previewSource>('GET /api/v1/blocklists/{id}/preview', {
        params: { id },
        signal,
      }),
    staleTime: 0,
    gcTime: 0,
  });

export const catalogueQuery = (caller: Caller) =>
  queryOptions({
    queryKey: ['blocklist-catalogue'],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.readCatalogue>('GET /api/v1/blocklists/catalogue', { signal }),
  });
