/** Reads again what the live stream made old: in sight only, and never more than once in a while. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useLive } from './app-context.tsx';

interface Pace {
  /** At most one reading in this time, ms. */
  everyMs: number;
  /** So long after the news, ms. */
  settleMs: number;
}

/** A ban is announced before it is in the history. */
const usual: Pace = { everyMs: 5000, settleMs: 1000 };
/** A range that ends now moves on even when nobody is banned. */
const oldMs = 60_000;

/** `key` begins the keys of the queries meant. */
export function useQuietRefresh(key: string, { everyMs, settleMs } = usual): void {
  const queryClient = useQueryClient();
  const live = useLive();
  useEffect(() => {
    let lastAt = 0;
    let staleSince: number | null = null;
    const filter = { queryKey: [key], type: 'active' } as const;
    const isDue = (now: number): boolean => {
      const queries = queryClient.getQueryCache().findAll(filter);
      if (queries.some((query) => query.state.isInvalidated)) {
        staleSince ??= now;
        return now - staleSince >= settleMs;
      }
      staleSince = null;
      return queries.some(({ state }) => state.dataUpdatedAt > 0 && now - state.dataUpdatedAt > oldMs);
    };
    const timer = setInterval(() => {
      const now = Date.now();
      if (document.hidden || live.state().kind !== 'live' || now - lastAt < everyMs) return;
      if (!isDue(now) || queryClient.isFetching(filter) > 0) return;
      lastAt = now;
      staleSince = null;
      void queryClient.refetchQueries(filter);
    }, 500);
    return () => clearInterval(timer);
  }, [queryClient, live, key, everyMs, settleMs]);
}
