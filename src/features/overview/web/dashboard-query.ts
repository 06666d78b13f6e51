/** Reading the figures of a range. What was shown stays while another range is read. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { EndpointOutput } from '../../../base/endpoint.ts';
import type { Caller } from '../../../ui/call.ts';
import type * as contract from '../contract.ts';
import type { DashboardView } from './dashboard-view.ts';

/** Begins the key of every figure of a range: whatever changes the history makes all of them old. */
export const dashboardKey = 'dashboard';

export type DashboardFilters = DashboardView & { country?: string; jail?: string };

export type RangeFigures = EndpointOutput<typeof contract.dashboardFigures>;
export type Trend = EndpointOutput<typeof contract.bansTrend>;
export type Ranked = EndpointOutput<typeof contract.bansByCountry>;
export type RankedItem = Ranked['items'][number];

/** A view left behind is not worth keeping. */
const kept = { placeholderData: keepPreviousData, gcTime: 60_000 } as const;

export const figuresQuery = (caller: Caller, filters: DashboardFilters) =>
  queryOptions({
    queryKey: [dashboardKey, 'figures', filters],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.dashboardFigures>('GET /api/v1/dashboard/figures', {
        query: filters,
        signal,
      }),
    ...kept,
  });

export const trendQuery = (caller: Caller, filters: DashboardFilters) =>
  queryOptions({
    queryKey: [dashboardKey, 'trend', filters],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.bansTrend>('GET /api/v1/dashboard/bans/trend', { query: filters, signal }),
    ...kept,
  });

export const heatQuery = (caller: Caller, filters: DashboardFilters) =>
  queryOptions({
    queryKey: [dashboardKey, 'heat', filters],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.bansHeat>('GET /api/v1/dashboard/bans/heat', { query: filters, signal }),
    ...kept,
  });

/** There are fewer countries than this: the list is whole. */
const everyCountry = 500;

export const countriesQuery = (caller: Caller, filters: DashboardFilters) =>
  queryOptions({
    queryKey: [dashboardKey, 'countries', filters],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.bansByCountry>('GET /api/v1/dashboard/bans/by-country', {
        query: { ...filters, limit: everyCountry },
        signal,
      }),
    ...kept,
  });

export const jailsInRangeQuery = (caller: Caller, filters: DashboardFilters, limit: number) =>
  queryOptions({
    queryKey: [dashboardKey, 'jails', filters, limit],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.bansByJail>('GET /api/v1/dashboard/bans/by-jail', {
        query: { ...filters, limit },
        signal,
      }),
    ...kept,
  });

export const networksQuery = (caller: Caller, filters: DashboardFilters, limit: number) =>
  queryOptions({
    queryKey: [dashboardKey, 'networks', filters, limit],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.bansByNetwork>('GET /api/v1/dashboard/bans/by-network', {
        query: { ...filters, limit },
        signal,
      }),
    ...kept,
  });
