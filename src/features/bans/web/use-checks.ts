/** Looks at pasted entries through the server, a moment after the last key. */
import { useEffect, useState } from 'react';
import type { EndpointOutput } from '../../../base/endpoint.ts';
import { useCaller } from '../../../ui/app-context.tsx';
import type { Problem } from '../../../ui/problem.ts';
import type * as contract from '../contract.ts';
import { splitEntries } from './split-entries.ts';

export type CheckedEntry = EndpointOutput<typeof contract.checkBans>['items'][number];

export interface Checks {
  items: readonly CheckedEntry[];
  /** The text has changed since; the items are of before. */
  waiting: boolean;
  problem: Problem | null;
}

const quietMs = 250;

export function useChecks(text: string, jail: string): Checks {
  const caller = useCaller();
  const [checked, setChecked] = useState<{
    of: string;
    items: readonly CheckedEntry[];
    problem: Problem | null;
  }>({
    of: '',
    items: [],
    problem: null,
  });
  const wanted = `${jail}\n${text}`;
  useEffect(() => {
    const entries = splitEntries(text);
    const of = `${jail}\n${text}`;
    const abort = new AbortController();
    const look = async (): Promise<void> => {
      if (entries.length === 0 || jail === '') {
        setChecked({ of, items: [], problem: null });
        return;
      }
      const result = await caller.call<typeof contract.checkBans>('POST /api/v1/bans/check', {
        body: { entries, jail },
        signal: abort.signal,
      });
      setChecked(
        result.ok
          ? { of, items: result.value.items, problem: null }
          : { of, items: [], problem: result.problem },
      );
    };
    const timer = setTimeout(() => {
      look().catch((error: unknown) => {
        if (!abort.signal.aborted) throw error;
      });
    }, quietMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [caller, text, jail]);
  return { items: checked.items, problem: checked.problem, waiting: checked.of !== wanted };
}
