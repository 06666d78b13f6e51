/** Tells, once a change, that a list holds what must never be blocked. */
import type { Log } from '../../base/log.ts';
import type { Audit } from '../../platform/audit.ts';
import type { CombineEnd } from './list-jobs.ts';

export type Met = Pick<CombineEnd, 'met' | 'metTotal'>;

interface AlertDeps {
  hostId: string;
  audit: Audit;
  log: Log;
}

/**
 * To be called when the lists were put together, with what came out the time before (null: never) and the lists' names.
 * A list is told of when it meets an address that it did not meet then, or when more of its entries do; the log event
 * is `blocklist_meets_allowed`.
 */
export type TellMeetings = (
  before: Met | null,
  after: Met,
  names: ReadonlyMap<number, string>,
) => Promise<void>;

const mostExamples = 5;

export function createMeetsAlert({ hostId, audit, log }: AlertDeps): TellMeetings {
  return async (before, after, names) => {
    const known = new Set((before?.met ?? []).map(keyOf));
    for (const [id, total] of Object.entries(after.metTotal)) {
      const sourceId = Number(id);
      const news = after.met.filter((one) => one.sourceId === sourceId && !known.has(keyOf(one)));
      if (total === 0 || (news.length === 0 && total <= (before?.metTotal[sourceId] ?? 0))) continue;
      const source = names.get(sourceId) ?? `list ${sourceId}`;
      const examples = news.slice(0, mostExamples).map(({ entry, meets }) => ({ entry, meets }));
      log.warn('blocklist_meets_allowed', { source, source_id: sourceId, total, examples });
      await audit({
        actor: 'BanGUI',
        client: null,
        hostId,
        action: 'blocklists.meets_allowed',
        target: source,
        detail: { source_id: sourceId, total, examples },
        outcome: 'done',
      });
    }
  };
}

const keyOf = ({ sourceId, entry, meets }: CombineEnd['met'][number]): string =>
  JSON.stringify([sourceId, entry, meets]);
