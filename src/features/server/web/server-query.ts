/** Readings of fail2ban itself, and the keys they are kept by. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { EndpointOutput } from '../../../base/endpoint.ts';
import type { Caller } from '../../../ui/call.ts';
import type * as contract from '../contract.ts';
import type { LogView } from './log-view.ts';

export type LogEntry = z.output<typeof contract.logEntry>;
export type LogFilters = Omit<LogView, 'show'>;
export type Health = EndpointOutput<typeof contract.readServerHealth>;
export type Settings = EndpointOutput<typeof contract.readSettings>;
export type Restart = EndpointOutput<typeof contract.readRestart>;

const pageLines = 200;
const healthEveryMs = 30_000;
const restartEveryMs = 1_000;

export const logQuery = (caller: Caller, filters: LogFilters) =>
  infiniteQueryOptions({
    queryKey: ['server-log', filters],
    queryFn: ({ signal, pageParam }) =>
      caller.ask<typeof contract.readServerLog>('GET /api/v1/server/log', {
        signal,
        query: { ...filters, lines: pageLines, ...(pageParam === '' ? {} : { before: pageParam }) },
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
    // a log is read anew, not remembered
    gcTime: 0,
  });

export const healthQuery = (caller: Caller) =>
  queryOptions({
    queryKey: ['server-health'],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.readServerHealth>('GET /api/v1/server/health', { signal }),
    refetchInterval: healthEveryMs,
    staleTime: 0,
  });

export const settingsQuery = (caller: Caller) =>
  queryOptions({
    queryKey: ['server-settings'],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.readSettings>('GET /api/v1/server/settings', { signal }),
    staleTime: 0,
  });

export const restartQuery = (caller: Caller) =>
  queryOptions({
    queryKey: ['server-restart'],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.readRestart>('GET /api/v1/server/restart', { signal }),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? restartEveryMs : false),
    staleTime: 0,
  });
