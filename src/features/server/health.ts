/** How fail2ban does, from what can be read of it; what cannot be read says so and hides nothing else. */
import type { EndpointOutput } from '../../base/endpoint.ts';
import { readDatabaseFacts } from '../../host/bans/database-facts.ts';
import { DatabaseBusy } from '../../host/bans/fail2ban-file.ts';
import type { Host } from '../../host/host.ts';
import { surveyLog } from '../../host/server-log/survey-log.ts';
import type { readServerHealth } from './contract.ts';
import { logFileOf, unreadableBy } from './log-facts.ts';

export interface HealthDeps {
  host: Host;
  /** Where fail2ban's database is seen from here, when that is not where the daemon says. */
  databaseFile: string | null;
  now: () => number;
}

type Health = EndpointOutput<typeof readServerHealth>;

const hour = 3_600_000;

export async function readHealth({ host, databaseFile, now }: HealthDeps): Promise<Health> {
  const status = host.status();
  const { state, reason, remedy, since, version, upSince, purgeSeconds } = status;
  return {
    socket: { state, reason, remedy, since: iso(since) },
    version,
    up_since: upSince === null ? null : iso(upSince),
    log: await logHealth(host, now() - hour),
    database: {
      ...(await databaseHealth(databaseFile ?? status.databaseFile)),
      purge_seconds: purgeSeconds,
      last_purge_at: lastPurge(upSince, now()),
    },
  };
}

async function logHealth(host: Host, since: number): Promise<Health['log']> {
  const target = host.status().logTarget;
  const nothing = { target, from: null, levels: {}, troubles: [] };
  const at = logFileOf(host);
  if ('unreadable' in at) return { ...nothing, unreadable: at.unreadable };
  try {
    const { levels, groups, from } = await surveyLog(at.file, since);
    const troubles = groups.map(({ lastAt, ...group }) => ({ ...group, last_at: iso(lastAt) }));
    return { target, unreadable: null, from: iso(from), levels, troubles };
  } catch (error) {
    return { ...nothing, unreadable: await unreadableBy(at.file, error) };
  }
}

type Facts = Pick<Health['database'], 'file' | 'reason' | 'bytes' | 'oldest_ban_at'>;

async function databaseHealth(file: string | null): Promise<Facts> {
  const nothing = { file, bytes: null, oldest_ban_at: null };
  if (file === null) return { ...nothing, reason: 'fail2ban keeps none, or was not asked yet.' };
  try {
    const { bytes, oldestBanAt } = await readDatabaseFacts(file);
    return { file, reason: null, bytes, oldest_ban_at: oldestBanAt === null ? null : iso(oldestBanAt) };
  } catch (error) {
    if (error instanceof DatabaseBusy) return { ...nothing, reason: 'fail2ban is writing to it.' };
    return { ...nothing, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** It purges an hour after its start and each hour from then on (server/observer.py), and tells nobody. */
function lastPurge(upSince: number | null, now: number): string | null {
  if (upSince === null || now - upSince < hour) return null;
  return iso(upSince + Math.floor((now - upSince) / hour) * hour);
}

const iso = (ms: number): string => new Date(ms).toISOString();
