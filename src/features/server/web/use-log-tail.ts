/** Entries as they are written: a stream of their own, open while the page is looked at and not paused. */
import { useEffect, useRef } from 'react';
import { useLiveState } from '../../../ui/app-context.tsx';
import { buildUrl } from '../../../ui/call.ts';
import type { LogEntry, LogFilters } from './server-query.ts';

export interface TailNews {
  /** The oldest first. */
  items: LogEntry[];
  /** Entries that were written and not told, for there were too many at once. */
  left: number;
}

interface TailHandlers {
  onNews: (news: TailNews) => void;
  /** Something may have been missed, or whether the log can be read has changed: read it anew. */
  onMissed: () => void;
}

const againMs = 3_000;

export function useLogTail(filters: LogFilters, handlers: TailHandlers): void {
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  const paused = useLiveState().kind === 'paused';
  const { rotated: _, ...heard } = filters;
  const url = buildUrl('/api/v1/server/log/live', undefined, heard);
  useEffect(() => {
    if (paused) return undefined;
    let source: EventSource | null = null;
    let timer: ReturnType<typeof setTimeout> | null = null;
    let opened = false;
    const close = (): void => {
      source?.close();
      source = null;
      if (timer !== null) clearTimeout(timer);
      timer = null;
    };
    const open = (): void => {
      close();
      if (document.hidden) return;
      const current = new EventSource(url);
      source = current;
      current.addEventListener('state', () => {
        if (opened) latest.current.onMissed();
        opened = true;
      });
      current.addEventListener('log', (event) => {
        const news = readNews(event.data);
        if (news !== null) latest.current.onNews(news);
      });
      current.addEventListener('error', () => {
        close();
        timer = setTimeout(open, againMs);
      });
    };
    const onVisibility = (): void => (document.hidden ? close() : open());
    document.addEventListener('visibilitychange', onVisibility);
    open();
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      close();
    };
  }, [paused, url]);
}

/** What is not of the shape is left out: a stream is checked by no schema on its way. */
function readNews(data: unknown): TailNews | null {
  if (typeof data !== 'string') return null;
  try {
    const news: unknown = JSON.parse(data);
    if (typeof news !== 'object' || news === null || !('items' in news) || !Array.isArray(news.items))
      return null;
    const left = 'left' in news ? Number(news.left) : 0;
    const skipped = 'skipped_bytes' in news ? Number(news.skipped_bytes) : 0;
    return { items: news.items.filter(isEntry), left: left + (skipped > 0 ? 1 : 0) };
  } catch {
    return null;
  }
}

const isEntry = (value: unknown): value is LogEntry =>
  typeof value === 'object' &&
  value !== null &&
  ['id', 'at', 'level', 'logger', 'message'].every((name) => typeof Reflect.get(value, name) === 'string') &&
  Array.isArray(Reflect.get(value, 'more'));
