/** What a batch of live events means for each part of the page. */
import type { QueryClient } from '@tanstack/react-query';
import { applyToBans } from '../features/bans/web/live-bans.ts';
import { applyToBlocklists } from '../features/blocklists/web/live-blocklists.ts';
import { applyToConfig } from '../features/config/web/live-config.ts';
import { applyToHistory } from '../features/history/web/live-history.ts';
import { dashboardKey } from '../features/overview/web/dashboard-query.ts';
import type { LiveEvent } from '../ui/live.ts';

export const liveEventTypes = ['ban', 'unban', 'bans_changed', 'status', 'config', 'run', 'resync'] as const;

export function applyLiveEvents(queryClient: QueryClient, events: readonly LiveEvent[]): void {
  applyToBans(queryClient, events);
  applyToHistory(queryClient, events);
  applyToConfig(queryClient, events);
  applyToBlocklists(queryClient, events);
  if (events.some(({ type }) => type === 'status' || type === 'resync' || type === 'opened')) {
    void queryClient.invalidateQueries({ queryKey: ['status'] });
    void queryClient.invalidateQueries({ queryKey: ['jails'] });
  }
  // figures over a range are read again at the pace of the page that shows them
  if (events.some(({ type }) => type === 'ban' || type === 'bans_changed' || type === 'resync')) {
    void queryClient.invalidateQueries({ queryKey: [dashboardKey], refetchType: 'none' });
  }
}
