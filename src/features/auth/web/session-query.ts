/** Who is signed in. Throws a problem with status 401 when nobody is. */
import { queryOptions } from '@tanstack/react-query';
import type { EndpointOutput } from '../../../base/endpoint.ts';
import type { Caller } from '../../../ui/call.ts';
import type * as contract from '../contract.ts';

export type Session = EndpointOutput<typeof contract.session>;

export const sessionQuery = (caller: Caller) =>
  queryOptions({
    queryKey: ['session'],
    queryFn: ({ signal }) => caller.ask<typeof contract.session>('GET /api/v1/auth/session', { signal }),
  });

/** Ends this session, or all of this user's. Answers the problem, or null when it is done. */
export async function signOut(caller: Caller, everywhere: boolean) {
  const result = await caller.call<typeof contract.logout>('POST /api/v1/auth/logout', {
    body: { everywhere },
  });
  return result.ok ? null : result.problem;
}
