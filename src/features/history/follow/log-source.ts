/** fail2ban's log as a source of the history: opened where reading ended, again and again until it can be read. */
import type { Log } from '../../../base/log.ts';
import {
  openLogTrail,
  type LogTrail,
  type TrailBatch,
  type TrailMark,
} from '../../../host/bans/log-trail.ts';

export interface LogMark {
  file: string;
  mark: TrailMark;
}

export interface LogSource {
  /** Null for a target that is no file. */
  use(file: string | null): void;
  /** What is new, null when nothing is, or when it cannot be read. Handed out again until `taken`. */
  next(): TrailBatch | null;
  taken(): void;
  /** Where reading goes on once what was taken is stored. */
  mark(): LogMark | null;
  /** Everything was read at the last look. */
  atEnd(): boolean;
  behind(): number;
  /** Why it cannot be read; null when it can, or when there is none. */
  failure(): string | null;
  /** The log was rotated out of reach after that time, ms. */
  gap(): number | null;
  file(): string | null;
  close(): void;
}

const againMs = 1_000;

export function createLogSource({
  from,
  log,
  now,
}: {
  from: LogMark | null;
  log: Log;
  now: () => number;
}): LogSource {
  let file: string | null = null;
  let trail: LogTrail | null = null;
  let mark = from;
  let waiting: TrailBatch | null = null;
  let failure: string | null = null;
  let failedAt = 0;
  let gap: number | null = null;
  let atEnd = false;

  function close(): void {
    trail?.close();
    trail = null;
    waiting = null;
    atEnd = false;
  }

  function open(path: string): LogTrail {
    const opened = openLogTrail({ file: path, mark: mark?.file === path ? mark.mark : null, now });
    const lost = opened.gap();
    if (lost !== null) {
      gap = lost.from;
      log.warn('fail2ban_log_gap', { file: path, after: new Date(lost.from).toISOString() });
    }
    if (failure !== null) log.info('history_log_readable', { file: path });
    failure = null;
    return opened;
  }

  return {
    use(next) {
      if (next === file) return;
      close();
      file = next;
      failure = null;
      failedAt = 0;
    },
    next() {
      if (file === null || (failure !== null && now() - failedAt < againMs)) return null;
      try {
        trail ??= open(file);
        waiting ??= trail.next();
        atEnd = waiting === null;
        return waiting;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (reason !== failure) log.warn('history_log_unreadable', { file, reason });
        close();
        failure = reason;
        failedAt = now();
        return null;
      }
    },
    taken() {
      if (waiting !== null && file !== null) mark = { file, mark: waiting.mark };
      waiting = null;
    },
    mark: () => mark,
    atEnd: () => atEnd,
    behind: () => trail?.behind() ?? 0,
    failure: () => failure,
    gap: () => gap,
    file: () => file,
    close,
  };
}
