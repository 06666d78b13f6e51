/** The health of every jail, looked up once a minute at most. */
import type { Clock } from '../../base/clock.ts';
import type { Host, JailSnapshot } from '../../host/host.ts';
import type { LogReading, SharedLog } from './jail-log.ts';
import { judgeJail, type Finding } from './judge-jail.ts';
import { lookAtPath, type LogPath } from './log-paths.ts';

export interface JailHealth {
  /** What is known now of all jails; their judgement costs nothing after it. */
  look(): Promise<HealthLook>;
}

export interface HealthLook {
  at: number;
  reading: LogReading;
  findings(jail: JailSnapshot): Finding[];
}

const keptMs = 60_000;

export function createJailHealth(deps: { host: Host; log: SharedLog; now: Clock }): JailHealth {
  const { host, log, now } = deps;
  let paths = new Map<string, LogPath>();
  let lookedAt = 0;
  let looking: Promise<void> | null = null;

  async function lookAtPaths(wanted: ReadonlySet<string>): Promise<void> {
    paths = new Map(
      await Promise.all([...wanted].map(async (path) => [path, await lookAtPath(path)] as const)),
    );
    lookedAt = now();
  }

  return {
    async look() {
      const wanted = new Set(host.status().jails.flatMap(({ files }) => files));
      const fresh = now() - lookedAt < keptMs && [...wanted].every((path) => paths.has(path));
      if (!fresh) {
        looking ??= lookAtPaths(wanted).finally(() => (looking = null));
        await looking;
      }
      const reading = await log.read();
      const { upSince } = host.status();
      return {
        at: reading.at,
        reading,
        findings: (jail) =>
          judgeJail({
            jail,
            upSince,
            paths: jail.files.flatMap((path) => paths.get(path) ?? []),
            log: reading.log,
            now: now(),
          }),
      };
    },
  };
}
