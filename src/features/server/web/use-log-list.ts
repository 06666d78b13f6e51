/** The pages read so far and what was written since: at the top it flows in, further down it gathers and waits. */
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { useCaller } from '../../../ui/app-context.tsx';
import { problemOf, type Problem } from '../../../ui/problem.ts';
import { logQuery, type LogEntry, type LogFilters } from './server-query.ts';
import { useLogTail, type TailNews } from './use-log-tail.ts';

export interface LogList {
  /** The newest first. */
  entries: readonly LogEntry[];
  waiting: { count: number; since: number } | null;
  /** Entries that came too fast to be shown as they came; reading anew shows them. */
  left: number;
  reading: boolean;
  /** What is shown is of other filters. */
  stale: boolean;
  complete: boolean;
  problem: Problem | null;
  /** Why there is no log to read; null when there is. */
  unreadable: { reason: string; remedy: string } | null;
  target: string | null;
  rotatedFiles: number;
  skipped: readonly { file: string; reason: string }[];
  more: () => void;
  showNew: () => void;
  readAnew: () => void;
  onTop: (atTop: boolean) => void;
}

interface News {
  key: string;
  /** The newest first, both. */
  shown: readonly LogEntry[];
  waiting: readonly LogEntry[];
  since: number;
  left: number;
}

/** Beyond it the page is read anew rather than kept growing. */
const mostKept = 3_000;

export function useLogList(filters: LogFilters): LogList {
  const caller = useCaller();
  const queryClient = useQueryClient();
  const key = JSON.stringify(filters);
  const [asked, setAsked] = useState({ key, filters });
  if (asked.key !== key) setAsked({ key, filters });
  const options = useMemo(() => logQuery(caller, asked.filters), [caller, asked]);
  const query = useInfiniteQuery({ ...options, placeholderData: (before) => before });
  const [atTop, setAtTop] = useState(true);
  const [news, setNews] = useState<News>(() => nothing(key));
  if (news.key !== key) setNews(nothing(key));

  const readAnew = useCallback(() => {
    setNews(nothing(key));
    void queryClient.resetQueries({ queryKey: options.queryKey });
  }, [queryClient, options, key]);
  const onNews = ({ items, left }: TailNews): void => {
    const fresh = items.toReversed();
    setNews((before) => {
      const waits = !atTop;
      const shown = waits ? before.shown : [...fresh, ...before.waiting, ...before.shown];
      const waiting = waits ? [...fresh, ...before.waiting] : [];
      const since = before.waiting.length === 0 ? Date.now() : before.since;
      return { key, shown, waiting: waiting.slice(0, mostKept), since, left: before.left + left };
    });
    if (atTop && news.shown.length > mostKept) readAnew();
  };
  useLogTail(asked.filters, { onNews, onMissed: readAnew });

  const pages = query.data?.pages;
  const entries = useMemo(
    () => unique([...news.shown, ...(pages?.flatMap((page) => page.items) ?? [])]),
    [news.shown, pages],
  );
  const { hasNextPage, isFetching, fetchNextPage } = query;
  const [first] = pages ?? [];
  return {
    entries,
    waiting: news.waiting.length === 0 ? null : { count: news.waiting.length, since: news.since },
    left: news.left,
    reading: query.isPending,
    stale: query.isPlaceholderData,
    complete: !hasNextPage,
    problem: query.error === null ? null : problemOf(query.error),
    unreadable: first?.unreadable ?? null,
    target: first?.target ?? null,
    rotatedFiles: first?.rotated_files ?? 0,
    skipped: pages?.flatMap((page) => page.skipped) ?? [],
    more: useCallback(() => {
      if (hasNextPage && !isFetching) void fetchNextPage({ cancelRefetch: false });
    }, [hasNextPage, isFetching, fetchNextPage]),
    showNew: () =>
      setNews((before) => ({ ...before, shown: [...before.waiting, ...before.shown], waiting: [] })),
    readAnew,
    onTop: setAtTop,
  };
}

const nothing = (key: string): News => ({ key, shown: [], waiting: [], since: 0, left: 0 });

/** What was told live and read as well stands once. */
const unique = (entries: readonly LogEntry[]): LogEntry[] => [
  ...new Map(entries.map((entry) => [entry.id, entry])).values(),
];
