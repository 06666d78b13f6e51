/** The jails the daemon runs now. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { Caller } from '../../../ui/call.ts';
import type * as contract from '../contract.ts';

export type Jail = z.output<typeof contract.jail>;

export const jailsQuery = (caller: Caller) =>
  queryOptions({
    queryKey: ['jails'],
    queryFn: ({ signal }) => caller.ask<typeof contract.listJails>('GET /api/v1/jails', { signal }),
  });
