/** What can be done with fail2ban itself, as verbs of a host. Runtime values are lost at its next start. */
import type { LogLevel, ServerCommands } from './wire/server-commands.ts';

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

interface VerbsDeps {
  commands: ServerCommands;
  /** Turns failures of the wire into errors for a caller. */
  asked: <T>(verb: () => Promise<T>) => Promise<T>;
  /** What was read of the server before holds no longer. */
  onChange: () => void;
}

export function createServerVerbs({ commands, asked, onChange }: VerbsDeps): ServerVerbs {
  const changing = <T>(verb: () => Promise<T>): Promise<T> => asked(verb).finally(onChange);
  return {
    setLogLevel: (level) => changing(() => commands.setLogLevel(level)),
    setLogTarget: (target) => changing(() => commands.setLogTarget(target)),
    setPurgeAge: (seconds) => changing(() => commands.setPurgeAge(seconds)),
    setMaxMatches: (lines) => changing(() => commands.setMaxMatches(lines)),
    maxMatches: () => asked(() => commands.maxMatches()),
    flushLogs: () => asked(() => commands.flushLogs()),
    stop: () => asked(() => commands.stop()),
  };
}
