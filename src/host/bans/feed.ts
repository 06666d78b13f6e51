/** What fail2ban leaves behind on disk about its bans: its log as it is written, and its database on request. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../base/log.ts';
import type { Host, HostStatus } from '../host.ts';
import { readLastRow, readRowsAfter, readRowsOf, type StoredBan } from './ban-database.ts';
import { DatabaseBusy } from './fail2ban-file.ts';
import { followLog, type FollowedLog, type LogEvent } from './log-follow.ts';

export interface BanFeed {
  /** Begins to follow the log from its present end; batches come one after the other. */
  start(onEvents: (events: LogEvent[]) => Promise<void>): void;
  stop(): Promise<void>;
  /** Resolves once it is known whether the log can be read, and in which time zone it is written. */
  ready(): Promise<void>;
  /** Whether lines of the log reach us now. */
  followsLog(): boolean;
  /**
   * What to add to times of the daemon that were read as if it ran in our time zone, ms. The socket writes local
   * time without a zone, as the log does.
   */
  zoneShift(): number;
  /** Rows of fail2ban's database by row number; null when it cannot be read. Tried again while fail2ban writes. */
  rowsAfter(row: number, limit: number): Promise<StoredBan[] | null>;
  rowsOf(jail: string, ips: readonly string[]): Promise<StoredBan[] | null>;
  lastRow(): Promise<number | null>;
  /** A sentence for each thing that cannot be read, with what is lost by it. */
  limits(): string[];
}

interface FeedOptions {
  host: Host;
  log: Log;
  /** Where fail2ban's database is seen from here, when that is not where the daemon says. */
  databaseFile?: string | null;
}

const busyTries = 100;
const busyPauseMs = 15;

export function createBanFeed({ host, log, databaseFile = null }: FeedOptions): BanFeed {
  let following: FollowedLog | null = null;
  let followed: string | null = null;
  let logFailure: string | null = null;
  let logReadable = false;
  let databaseFailure: string | null = null;
  let stopListening: (() => void) | null = null;
  let changing: Promise<void> = Promise.resolve();

  function follow(onEvents: (events: LogEvent[]) => Promise<void>, { logTarget }: HostStatus): void {
    if (logTarget === null || logTarget === followed) return;
    followed = logTarget;
    logReadable = false;
    logFailure = null;
    const old = following;
    const file = logTarget;
    following = isFile(file)
      ? followLog({ file, log, onEvents: guarded(onEvents, log), onReadable: readable })
      : null;
    changing = changing.then(() => old?.stop());
  }

  function readable(reason: string | null): void {
    logReadable = reason === null;
    if (reason === logFailure) return;
    logFailure = reason;
    if (reason === null) log.info('fail2ban_log_readable', { file: followed });
    else log.warn('fail2ban_log_unreadable', { file: followed, reason });
  }

  async function reading<T>(read: (file: string) => T): Promise<T | null> {
    const file = databaseFile ?? host.status().databaseFile;
    if (file === null) return null;
    for (let tries = 1; ; tries++) {
      try {
        const result = read(file);
        databaseFailure = null;
        return result;
      } catch (error) {
        if (error instanceof DatabaseBusy && tries < busyTries) {
          await sleep(busyPauseMs);
          continue;
        }
        const reason = error instanceof Error ? error.message : String(error);
        if (reason !== databaseFailure) log.warn('fail2ban_database_unreadable', { file, reason });
        databaseFailure = reason;
        return null;
      }
    }
  }

  return {
    start(onEvents) {
      follow(onEvents, host.status());
      stopListening = host.onStatus((status) => follow(onEvents, status));
    },
    async stop() {
      stopListening?.();
      const old = following;
      following = null;
      followed = null;
      logReadable = false;
      await changing;
      await old?.stop();
    },
    ready: async () => await following?.ready,
    followsLog: () => logReadable,
    zoneShift() {
      const offset = following?.offset() ?? null;
      return offset === null ? 0 : offset - new Date().getTimezoneOffset() * 60_000;
    },
    rowsAfter: (row, limit) => reading((file) => readRowsAfter(file, row, limit)),
    rowsOf: (jail, ips) => reading((file) => readRowsOf(file, jail, ips)),
    lastRow: () => reading(readLastRow),
    limits() {
      const { logTarget, databaseFile: told, asOf } = host.status();
      if (asOf === null) return [];
      const sentences: string[] = [];
      if (logTarget !== null && !isFile(logTarget)) {
        sentences.push(
          `fail2ban logs to ${logTarget}, not to a file: bans show up within seconds instead of at once.`,
        );
      } else if (logFailure !== null) {
        sentences.push(
          `fail2ban's log cannot be read (${logFailure}): bans show up within seconds instead of at once.`,
        );
      }
      if (databaseFile === null && told === null) {
        sentences.push('fail2ban keeps no database: how often an address was banned before is not known.');
      } else if (databaseFailure !== null) {
        sentences.push(
          `fail2ban's database cannot be read (${databaseFailure}): how often an address was banned before is not ` +
            'known, and the bans of large jails are asked from fail2ban itself, rarely.',
        );
      }
      return sentences;
    },
  };
}

/** Other targets are words: SYSLOG, STDOUT, STDERR, SYSTEMD-JOURNAL. */
const isFile = (logTarget: string): boolean => logTarget.startsWith('/');

/** A batch that cannot be taken must not look like a log that cannot be read; the counters will show what is missing. */
function guarded(onEvents: (events: LogEvent[]) => Promise<void>, log: Log) {
  return async (events: LogEvent[]): Promise<void> => {
    try {
      await onEvents(events);
    } catch (error) {
      log.error('ban_events_not_taken', { events: events.length, error });
    }
  };
}
