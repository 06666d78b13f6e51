/** The pages read so far, kept current: at the top new rows flow in, further down they gather and wait. */
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useCaller, useLiveState } from '../../../ui/app-context.tsx';
import { problemOf, type Problem } from '../../../ui/problem.ts';
import type { HeardEvent } from './heard-event.ts';
import { historyQuery, type HistoryEvent } from './history-query.ts';
import type { HistoryView } from './history-view.ts';
import { historyNewsKey, noNews, type HistoryNews } from './live-history.ts';
import { newsFor } from './match-live.ts';

export interface HistoryList {
  events: readonly HistoryEvent[];
  /** Rows that match; null when that was not counted. */
  total: number | null;
  problem: Problem | null;
  /** The first answer is still out. */
  reading: boolean;
  /** What is shown is of other filters. */
  stale: boolean;
  complete: boolean;
  /** New rows that wait: at least so many, and since when. */
  waiting: { count: number; since: number } | null;
  more: () => void;
  showNew: () => void;
  onTop: (atTop: boolean) => void;
}

/** The stream speaks before the row is written: the first look comes after so much, later ones until it is there. */
const settleMs = 400;
const looks = 5;

export function useHistoryList(view: HistoryView): HistoryList {
  const caller = useCaller();
  const queryClient = useQueryClient();
  const { row: _, ...filters } = view;
  const key = JSON.stringify(filters);
  // the open row is no filter: the same rows are read whichever is open
  const [asked, setAsked] = useState({ key, filters });
  if (asked.key !== key) setAsked({ key, filters });
  const options = useMemo(() => historyQuery(caller, asked.filters), [caller, asked]);
  const query = useInfiniteQuery({ ...options, placeholderData: (before) => before });
  const paused = useLiveState().kind === 'paused';
  const news = useNews();
  const [atTop, setAtTop] = useState(true);
  /** Number of the last event that the list has taken in. */
  const [seen, setSeen] = useState(news.count);
  // other filters have just been read: what came before is in there
  const [told, setTold] = useState(key);
  if (told !== key) {
    setTold(key);
    setSeen(news.count);
  }
  const waiting = useMemo(() => newsFor(news, seen, view), [news, seen, view]);

  const readTop = useCallback(async () => {
    const { queryKey } = options;
    // only the first page: those below are read again when scrolled to
    queryClient.setQueryData(queryKey, (data) =>
      data === undefined ? data : { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) },
    );
    await queryClient.invalidateQueries({ queryKey });
    return queryClient.getQueryData(queryKey)?.pages[0]?.items ?? [];
  }, [queryClient, options]);

  const showNew = useCallback(async () => {
    const current = queryClient.getQueryData<HistoryNews>(historyNewsKey) ?? noNews;
    const { expected } = newsFor(current, seen, view);
    for (let look = 0; look < looks; look += 1) {
      const rows = await readTop();
      if (look === 0) setSeen(current.count);
      if (expected.every((event) => isAmong(rows, event))) return;
      await new Promise((resolve) => setTimeout(resolve, settleMs * (look + 1)));
    }
  }, [queryClient, seen, view, readTop]);

  const something = waiting.count > 0 || waiting.open;
  const busy = useRef(false);
  useEffect(() => {
    if (!something || !atTop || paused) return undefined;
    const timer = setTimeout(() => {
      if (busy.current) return;
      busy.current = true;
      void showNew().finally(() => {
        busy.current = false;
      });
    }, settleMs);
    return () => clearTimeout(timer);
  }, [something, atTop, paused, showNew]);

  const events = useMemo(() => unique(query.data?.pages.flatMap((page) => page.items) ?? []), [query.data]);
  const { hasNextPage, isFetching, fetchNextPage } = query;
  const more = useCallback(() => {
    // a page asked for while the first is being read again would cancel that reading
    if (hasNextPage && !isFetching) void fetchNextPage({ cancelRefetch: false });
  }, [hasNextPage, isFetching, fetchNextPage]);
  return {
    events,
    total: query.data?.pages[0]?.total ?? null,
    problem: query.error === null ? null : problemOf(query.error),
    reading: query.isPending,
    stale: query.isPlaceholderData,
    complete: !hasNextPage,
    waiting: something && (!atTop || paused) ? { count: waiting.count, since: query.dataUpdatedAt } : null,
    more,
    showNew: useCallback(() => void showNew(), [showNew]),
    onTop: setAtTop,
  };
}

function useNews(): HistoryNews {
  const { data } = useQuery<HistoryNews>({
    queryKey: historyNewsKey,
    queryFn: () => noNews,
    initialData: noNews,
    gcTime: Number.POSITIVE_INFINITY,
  });
  return data;
}

/** The row's time may be the last failure's, a while before the ban was heard of. */
const slackMs = 3_600_000;

const isAmong = (rows: readonly HistoryEvent[], event: HeardEvent): boolean =>
  rows.some(
    (row) =>
      row.ip === event.ip &&
      row.jail === event.jail &&
      row.action === event.action &&
      Math.abs(Date.parse(row.at) - event.at) < slackMs,
  );

/** Rows that came in between two pages would stand in both. */
const unique = (events: readonly HistoryEvent[]): HistoryEvent[] => [
  ...new Map(events.map((event) => [event.id, event])).values(),
];
