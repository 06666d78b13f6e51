/** The state of fail2ban and the figures of this moment: one small answer, kept by the shell for every page. */
import { queryOptions } from '@tanstack/react-query';
import type { EndpointOutput } from '../../../base/endpoint.ts';
import type { Caller } from '../../../ui/call.ts';
import type * as contract from '../contract.ts';

export type Status = EndpointOutput<typeof contract.dashboardStatus>;

export const statusQuery = (caller: Caller) =>
  queryOptions({
    queryKey: ['status'],
    queryFn: ({ signal }) =>
      caller.ask<typeof contract.dashboardStatus>('GET /api/v1/dashboard/status', { signal }),
  });
