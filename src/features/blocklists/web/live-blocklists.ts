/** What events about runs mean: the run, its source and the lists of both are read again, at the pace of their page. */
import type { QueryClient } from '@tanstack/react-query';
import type { LiveEvent } from '../../../ui/live.ts';
import { blocklistsKey } from './blocklists-query.ts';

export function applyToBlocklists(queryClient: QueryClient, events: readonly LiveEvent[]): void {
  const missed = events.some(({ type }) => type === 'resync');
  const states = events.flatMap(({ type, data }) => (type === 'run' ? [readState(data)] : []));
  if (!missed && states.length === 0) return;
  const invalidate = (name?: string): void =>
    void queryClient.invalidateQueries({
      queryKey: name === undefined ? [blocklistsKey] : [blocklistsKey, name],
      refetchType: 'none',
    });
  // while it only comes on, nothing else has changed
  if (!missed && states.every((state) => state === 'running')) {
    invalidate('sources');
    invalidate('run');
  } else invalidate();
}

function readState(data: unknown): string {
  if (typeof data !== 'object' || data === null || !('state' in data)) return '';
  return typeof data.state === 'string' ? data.state : '';
}
