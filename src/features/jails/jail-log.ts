/** The end of fail2ban's log for everybody who asks about a jail: read once a minute at most. */
import type { Clock } from '../../base/clock.ts';
import type { Host } from '../../host/host.ts';
import { readJailLog, type JailLog } from '../../host/jail-log.ts';

export interface SharedLog {
  /** As it was within the last minute; null with a sentence when it cannot be read. */
  read(): Promise<LogReading>;
  /** Reads it now: for what has just happened. */
  readNow(): Promise<LogReading>;
}

export interface LogReading {
  log: JailLog | null;
  /** Why there is none. */
  problem: string | null;
  at: number;
}

const keptMs = 60_000;

export function createSharedLog({ host, now }: { host: Host; now: Clock }): SharedLog {
  let kept: LogReading | null = null;
  let reading: Promise<LogReading> | null = null;

  async function look(): Promise<LogReading> {
    const target = logFileOf(host);
    const at = now();
    if ('problem' in target) return { log: null, problem: target.problem, at };
    try {
      return { log: await readJailLog(target.file), problem: null, at };
    } catch (error) {
      return { log: null, problem: whyUnread(error), at };
    }
  }

  const readNow = (): Promise<LogReading> => {
    reading ??= look()
      .then((read) => (kept = read))
      .finally(() => (reading = null));
    return reading;
  };
  return {
    readNow,
    async read() {
      return kept !== null && now() - kept.at < keptMs ? kept : await readNow();
    },
  };
}

/** The file that fail2ban logs to, or why there is none. */
export function logFileOf(host: Pick<Host, 'status'>): { file: string } | { problem: string } {
  const { logTarget } = host.status();
  if (logTarget === null) return { problem: 'fail2ban was not asked for its log yet.' };
  if (logTarget.startsWith('/')) return { file: logTarget };
  return { problem: `fail2ban logs to ${logTarget}, not to a file.` };
}

export function whyUnread(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return `fail2ban’s log cannot be read (${code}).`;
}
