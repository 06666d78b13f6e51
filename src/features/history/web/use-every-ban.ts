/** The history of one address, page by page. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useCaller } from '../../../ui/app-context.tsx';
import { problemOf, type Problem } from '../../../ui/problem.ts';
import { useNow } from '../../../ui/use-now.ts';
import { historyOfQuery } from './history-query.ts';
import { pairBans, type PastBan } from './pair-bans.ts';

export interface EveryBanOf {
  bans: readonly PastBan[];
  reading: boolean;
  problem: Problem | null;
  /** Reads earlier ones; null when there are none. */
  more: (() => void) | null;
}

/** `heldIn`: jails that hold the address now. */
export function useEveryBan(ip: string, heldIn: readonly string[]): EveryBanOf {
  const query = useInfiniteQuery(historyOfQuery(useCaller(), ip));
  const now = useNow(60_000);
  const held = heldIn.join('\n');
  const bans = useMemo(
    () =>
      pairBans(
        query.data?.pages.flatMap((page) => page.items) ?? [],
        new Set(held === '' ? [] : held.split('\n')),
        now,
      ),
    [query.data, held, now],
  );
  return {
    bans,
    reading: query.isPending,
    problem: query.error === null ? null : problemOf(query.error),
    more: query.hasNextPage ? () => void query.fetchNextPage() : null,
  };
}
