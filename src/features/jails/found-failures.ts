/** Failures that a jail found over time, as far back as fail2ban's log tells. */
import { bucketAt, bucketEdges, bucketLength } from '../../base/buckets.ts';
import type { Clock } from '../../base/clock.ts';
import type { EndpointOutput } from '../../base/endpoint.ts';
import type { TimeRange } from '../../base/time-range.ts';
import type { Zone } from '../../base/zone.ts';
import type { Host, JailName } from '../../host/host.ts';
import { createFoundCounter, type Found } from '../../host/server-log/count-found.ts';
import { severityOf } from '../../host/server-log/log-entry.ts';
import type { jailFailures } from './contract.ts';
import { logFileOf, whyUnread } from './jail-log.ts';

type Failures = EndpointOutput<typeof jailFailures>;

export interface FoundFailures {
  of(jail: JailName, range: TimeRange, zone: Zone): Promise<Failures>;
}

/** Pages that show a jail ask for more often than anybody can see a difference. */
const keptMs = 5_000;
/** What the log is counted by. */
const shortestMs = 60_000;

export function createFoundFailures({
  host,
  now,
}: {
  host: Pick<Host, 'status'>;
  now: Clock;
}): FoundFailures {
  const counter = createFoundCounter();
  let kept: { file: string; at: number; found: Found } | null = null;

  async function look(): Promise<{ found: Found } | { problem: string }> {
    const log = logFileOf(host);
    if ('problem' in log) return log;
    const { logLevel } = host.status();
    if (logLevel !== null && severityOf(logLevel.toUpperCase()) > severityOf('INFO'))
      return {
        problem: `fail2ban’s log level is ${logLevel}: it writes down the failures it finds from INFO on.`,
      };
    const { file } = log;
    if (kept !== null && kept.file === file && now() - kept.at < keptMs) return kept;
    try {
      kept = { file, at: now(), found: await counter.look(file) };
      return kept;
    } catch (error) {
      return { problem: whyUnread(error) };
    }
  }

  return {
    async of(jail, range, zone) {
      const shown = { from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString() };
      const length = Math.max(shortestMs, bucketLength(range));
      const looked = await look();
      if ('problem' in looked)
        return {
          ...shown,
          bucket_seconds: length / 1000,
          points: [],
          known_from: null,
          unknown: looked.problem,
        };
      const { since, of } = looked.found;
      const edges = bucketEdges(range, length, zone);
      const counts = edges.slice(1).map(() => 0);
      for (const { at, failures } of of(jail)) {
        if (at < (edges[0] ?? 0) || at >= (edges.at(-1) ?? 0)) continue;
        const bucket = bucketAt(edges, at);
        counts[bucket] = (counts[bucket] ?? 0) + failures;
      }
      return {
        ...shown,
        bucket_seconds: length / 1000,
        points: counts.map((failures, index) => ({
          at: new Date(edges[index] ?? 0).toISOString(),
          failures: since === null || (edges[index + 1] ?? 0) <= since ? null : failures,
        })),
        known_from: since === null ? null : new Date(since).toISOString(),
        unknown: since === null ? 'fail2ban’s log is empty.' : null,
      };
    },
  };
}
