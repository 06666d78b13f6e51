/** Signs in with a password. */
import type { QueryClient } from '@tanstack/react-query';
import type { Caller } from '../../../ui/call.ts';
import type { Problem } from '../../../ui/problem.ts';
import type * as contract from '../contract.ts';
import { sessionQuery } from './session-query.ts';

interface SignInDeps {
  caller: Caller;
  queryClient: QueryClient;
}

/** Answers null when signed in, else what stood in the way: 401 wrong, 429 wait `retryAfterSeconds`. */
export async function signIn({ caller, queryClient }: SignInDeps, password: string): Promise<Problem | null> {
  const result = await caller.call<typeof contract.login>('POST /api/v1/auth/login', { body: { password } });
  if (!result.ok) return result.problem;
  queryClient.setQueryData(sessionQuery(caller).queryKey, result.value);
  return null;
}
