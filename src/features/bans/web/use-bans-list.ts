/** The pages read so far, kept current: at the top new rows flow in, further down they gather and wait. */
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useCaller, useLiveState } from '../../../ui/app-context.tsx';
import type { Problem } from '../../../ui/problem.ts';
import { problemOf } from '../../../ui/problem.ts';
import { bansQuery, type ActiveBan } from './bans-query.ts';
import type { BansView } from './bans-view.ts';
import { newsKey, type News } from './live-bans.ts';

export interface BansList {
  bans: readonly ActiveBan[];
  /** Rows that match, null before the first answer. */
  total: number | null;
  /** ms. */
  asOf: number | null;
  problem: Problem | null;
  /** The first answer is still out. */
  reading: boolean;
  /** What is shown is of another filter, or is being read again by hand. */
  stale: boolean;
  complete: boolean;
  /** New rows that wait, and since when. */
  waiting: { count: number; since: number } | null;
  more: () => void;
  showNew: () => void;
  onTop: (atTop: boolean) => void;
}

export function useBansList(view: BansView): BansList {
  const caller = useCaller();
  const queryClient = useQueryClient();
  const { search, jail, country, origin, sort } = view;
  const options = useMemo(
    () => bansQuery(caller, { search, jail, country, origin, sort }),
    [caller, search, jail, country, origin, sort],
  );
  const query = useInfiniteQuery({ ...options, placeholderData: (before) => before });
  const paused = useLiveState().kind === 'paused';
  const news = useNews();
  const atTop = useRef(true);
  const [seen, setSeen] = useState(() => ({ news, at: Date.now() }));

  const readTop = useCallback(async () => {
    const { queryKey } = options;
    setSeen({ news: queryClient.getQueryData<News>(newsKey) ?? none, at: Date.now() });
    // only the first page: those below are read again when scrolled to
    queryClient.setQueryData(queryKey, (data) =>
      data === undefined ? data : { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) },
    );
    await queryClient.invalidateQueries({ queryKey });
  }, [queryClient, options]);

  const version = news.version;
  const seenVersion = seen.news.version;
  useEffect(() => {
    if (version !== seenVersion && atTop.current && !paused) void readTop();
  }, [version, seenVersion, readTop, paused]);

  const bans = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const { hasNextPage, isFetching, fetchNextPage } = query;
  const more = useCallback(() => {
    // a page asked for while the first is being read again would cancel that reading
    if (hasNextPage && !isFetching) void fetchNextPage({ cancelRefetch: false });
  }, [hasNextPage, isFetching, fetchNextPage]);
  const onTop = useCallback(
    (top: boolean) => {
      const returned = top && !atTop.current;
      atTop.current = top;
      const current = queryClient.getQueryData<News>(newsKey) ?? none;
      if (returned && current.version !== seenVersion) void readTop();
    },
    [queryClient, seenVersion, readTop],
  );
  const first = query.data?.pages[0];
  const count = news.added - seen.news.added;
  return {
    bans,
    total: query.data?.pages.at(-1)?.total ?? null,
    asOf: first?.as_of === null || first?.as_of === undefined ? null : Date.parse(first.as_of),
    problem: query.error === null ? null : problemOf(query.error),
    reading: query.isPending,
    stale: query.isPlaceholderData,
    complete: !hasNextPage,
    waiting: version !== seenVersion && count > 0 ? { count, since: seen.at } : null,
    more,
    showNew: useCallback(() => void readTop(), [readTop]),
    onTop,
  };
}

const none: News = { version: 0, added: 0 };

function useNews(): News {
  const { data } = useQuery<News>({
    queryKey: newsKey,
    queryFn: () => none,
    initialData: none,
    gcTime: Number.POSITIVE_INFINITY,
  });
  return data;
}
