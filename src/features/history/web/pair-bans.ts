/** What became of each ban of one address: it holds, it ended by itself, or somebody ended it. */
import type { HistoryEvent } from './history-query.ts';

export type Outcome =
  | { kind: 'now' }
  | { kind: 'unbanned'; at: number; actor: string | null }
  | { kind: 'ended'; at: number | null }
  /** No unban was seen, and its time is not known to be over. */
  | { kind: 'open' };

export interface PastBan {
  event: HistoryEvent;
  outcome: Outcome;
}

/**
 * `events` newest first, bans and unbans of one address; `heldIn` the jails that hold it now. An unban belongs to the
 * last ban before it in the same jail.
 */
export function pairBans(
  events: readonly HistoryEvent[],
  heldIn: ReadonlySet<string>,
  now: number,
): PastBan[] {
  const ends = new Map<string, HistoryEvent>();
  const newer = new Set<string>();
  return events.flatMap((event): PastBan[] => {
    if (event.action === 'unban') {
      ends.set(event.jail, event);
      return [];
    }
    const end = ends.get(event.jail);
    ends.delete(event.jail);
    const again = newer.has(event.jail);
    newer.add(event.jail);
    if (!again && end === undefined && heldIn.has(event.jail)) return [{ event, outcome: { kind: 'now' } }];
    const outcome = outcomeOf(event, end, now);
    // nobody is banned twice at once: before the next ban this one had ended
    return [{ event, outcome: again && outcome.kind === 'open' ? { kind: 'ended', at: null } : outcome }];
  });
}

function outcomeOf(event: HistoryEvent, end: HistoryEvent | undefined, now: number): Outcome {
  if (end !== undefined) {
    const at = Date.parse(end.at);
    return end.origin === 'manual' ? { kind: 'unbanned', at, actor: end.actor } : { kind: 'ended', at };
  }
  const { duration_seconds: seconds } = event;
  if (seconds === null) return { kind: 'ended', at: null };
  const over = Date.parse(event.at) + seconds * 1000;
  return seconds >= 0 && over <= now ? { kind: 'ended', at: over } : { kind: 'open' };
}
