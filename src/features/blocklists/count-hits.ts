/** What the rules of the blocklists dropped, counted on over restarts of their counters: read once an hour. */
import type { Clock } from '../../base/clock.ts';
import type { BlocklistHost } from '../../host/blocklist/blocklist-host.ts';
import type { ActionStatus } from '../../host/blocklist/action-status.ts';
import type { Job } from '../../platform/jobs/job.ts';
import { hitsOf, readEnforcementRow, type Hits } from './in-force.ts';
import type { RowsDeps } from './source-rows.ts';

interface HitsDeps extends RowsDeps {
  blocklist: Pick<BlocklistHost, 'refreshHits' | 'status' | 'isInstalled'>;
  now: Clock;
}

const hourMs = 3_600_000;

export function hitsJob({ db, hostId, blocklist, now }: HitsDeps): Job {
  return {
    name: 'blocklist_hits',
    everyMs: hourMs,
    async run({ fence }) {
      const row = await readEnforcementRow({ db, hostId });
      if (row === undefined || !(await blocklist.isInstalled())) return {};
      await fence.check();
      await blocklist.refreshHits();
      const status = await blocklist.status();
      if (status === null) return {};
      const before = hitsOf(row);
      const hits = countOn(before, status, now());
      await fence.write((transaction) =>
        transaction
          .updateTable('blocklist_enforcement')
          .set({ hits: JSON.stringify(hits) })
          .where('host_id', '=', hostId)
          .execute(),
      );
      return { packets: total(hits) - (before === null ? 0 : total(before)) };
    },
  };
}

/** Counters that show less than before, or count since another moment, have begun at 0 again. */
export function countOn(
  last: Hits | null,
  status: Pick<ActionStatus, 'packets' | 'bytes' | 'countingSince' | 'countedAt'>,
  now: number,
): Hits {
  const { packets, bytes, countingSince } = status;
  const counted_at = status.countedAt ?? now;
  if (last === null)
    return { packets, bytes, before: { packets: 0, bytes: 0 }, since: countingSince ?? now, counted_at };
  const anew = packets < last.packets || (countingSince !== null && countingSince > last.counted_at);
  const before = anew
    ? { packets: last.before.packets + last.packets, bytes: last.before.bytes + last.bytes }
    : last.before;
  return { packets, bytes, before, since: last.since, counted_at };
}

const total = ({ packets, before }: Hits): number => packets + before.packets;
