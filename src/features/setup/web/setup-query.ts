/** Whether set-up is done, and what was found before it. */
import { queryOptions } from '@tanstack/react-query';
import type { EndpointOutput } from '../../../base/endpoint.ts';
import type { Caller } from '../../../ui/call.ts';
import type * as contract from '../contract.ts';

export type SetupState = EndpointOutput<typeof contract.readSetup>;
export type Found = NonNullable<SetupState['found']>;

export const setupQuery = (caller: Caller) =>
  queryOptions({
    queryKey: ['setup'],
    queryFn: ({ signal }) => caller.ask<typeof contract.readSetup>('GET /api/v1/setup', { signal }),
    staleTime: 0,
  });
