/** Sets up, then signs in with the new password and opens the first page. */
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import type { z } from 'zod';
import { useCaller } from '../../../ui/app-context.tsx';
import type { Problem } from '../../../ui/problem.ts';
import type * as contract from '../contract.ts';

type Body = z.input<typeof contract.completeSetup.body>;

/** Answers the problem, or null when signed in. */
export type LogIn = (password: string) => Promise<Problem | null>;

interface SetUpState {
  working: boolean;
  problem: Problem | null;
  setUp: (body: Body) => Promise<void>;
}

/** `logIn` comes from the composing page: set-up itself knows nothing of sessions. */
export function useSetUp(logIn: LogIn): SetUpState {
  const caller = useCaller();
  const queryClient = useQueryClient();
  const router = useRouter();
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  return {
    working,
    problem,
    async setUp(body) {
      setWorking(true);
      const result = await caller.call<typeof contract.completeSetup>('POST /api/v1/setup', { body });
      if (!result.ok) {
        setWorking(false);
        setProblem(result.problem);
        return;
      }
      queryClient.removeQueries({ queryKey: ['setup'] });
      // a sign-in that fails here leads to the sign-in page, which says why
      await logIn(body.password);
      await router.navigate({ to: '/' });
    },
  };
}
