/** What the live stream said of bans and unbans, kept for the list of the history: that decides what belongs to it. */
import type { QueryClient } from '@tanstack/react-query';
import type { LiveEvent } from '../../../ui/live.ts';
import { readHeardEvent, type HeardEvent } from './heard-event.ts';

/** Everything heard since the page was opened, the latest of it in full. */
export interface HistoryNews {
  /** Rises with each event; an event's number is its place in this count. */
  count: number;
  /** The last of them; `null` = many at once, of which only the number is known. */
  heard: readonly { no: number; event: HeardEvent | null; many: number }[];
}

export const historyNewsKey = ['history', 'news'];
export const noNews: HistoryNews = { count: 0, heard: [] };

/** Beyond so many, counting them one by one helps nobody. */
const most = 5000;
const writtenMs = [0, 1000, 3000, 8000];

/** Called at the pace of `ui/live.ts`. */
export function applyToHistory(queryClient: QueryClient, events: readonly LiveEvent[]): void {
  const heard = events.flatMap((event): { event: HeardEvent | null; many: number }[] => {
    const one = readHeardEvent(event);
    if (one !== null) return [{ event: one, many: 1 }];
    return event.type === 'bans_changed' || event.type === 'resync'
      ? [{ event: null, many: bulk(event.data) }]
      : [];
  });
  if (heard.length === 0) return;
  queryClient.setQueryData<HistoryNews>(historyNewsKey, (news = noNews) => ({
    count: news.count + heard.length,
    heard: [...news.heard, ...heard.map((entry, index) => ({ ...entry, no: news.count + index + 1 }))].slice(
      -most,
    ),
  }));
  const addresses = new Set(heard.flatMap(({ event }) => (event === null ? [] : [event.ip])));
  const readAgain = (): void => {
    for (const ip of addresses) void queryClient.invalidateQueries({ queryKey: ['address', ip] });
  };
  // the stream speaks before the row is written, and nobody says when it is
  for (const ms of writtenMs) setTimeout(readAgain, ms);
  if (events.some((event) => event.type === 'resync')) {
    void queryClient.invalidateQueries({ queryKey: ['history', 'state'] });
    void queryClient.invalidateQueries({ queryKey: ['address'] });
  }
}

function bulk(data: unknown): number {
  if (typeof data !== 'object' || data === null) return 0;
  const counts: Record<string, unknown> = { ...data };
  return [counts['banned'], counts['unbanned']].reduce<number>(
    (sum, value) => sum + (typeof value === 'number' ? value : 0),
    0,
  );
}
