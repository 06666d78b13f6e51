/** What can be done with fail2ban itself, as verbs of a host. Runtime values are lost at its next start. */

/** Every verb throws AppError: 502 when fail2ban refuses, 503 when it does not answer. */
export interface ServerVerbs {
  setLogLevel(level: LogLevel): Promise<void>;
  /** An absolute path that `checkLogTarget` let through, or a word. Refused, the old target stays in force. */
  setLogTarget(target: string): Promise<void>;
  /** Seconds; in force from the next hourly purge on. False: fail2ban keeps no database. */
  setPurgeAge(seconds: number): Promise<boolean>;
  /** Lines kept with each ban. False as above. */
  setMaxMatches(lines: number): Promise<boolean>;
  /** Null: fail2ban keeps no database. */
  maxMatches(): Promise<number | null>;
  /** fail2ban opens its log file anew. */
  flushLogs(): Promise<void>;
  /** Asks it to end; it is gone when its socket is. */
  stop(): Promise<void>;
}

/** Those that a person chooses from; the two below DEBUG write faster than a disk can take. */
export const logLevels = ['CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'] as const;
export type LogLevel = (typeof logLevels)[number];

export const logTargetWords = ['SYSLOG', 'SYSTEMD-JOURNAL', 'STDOUT', 'STDERR', 'SYSOUT'] as const;

/**
 * Absolute, and without what fail2ban or its configuration would read as something else: `[…]` are options of a
 * target, `%` is a reference, ` ;` and ` #` begin a comment.
 */
export const isPlainPath = (path: string): boolean =>
  /^\/[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\uFFFD[\]%;#"'<>\\]{1,500}$/u.test(path) && path.trim() === path;
