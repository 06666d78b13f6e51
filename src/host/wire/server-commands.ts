/** fail2ban's commands about itself: its log, what its database remembers, its end. */
import { isPlainPath, logTargetWords, type LogLevel } from '../server-verbs.ts';
import { asText, asWholeNumber } from './parse-value.ts';
import type { DaemonSocket } from './socket.ts';
import { WireError } from './wire-error.ts';

/** Every function throws WireError without a proper answer, and DaemonError when fail2ban refuses. */
export interface ServerCommands {
  setLogLevel(level: LogLevel): Promise<void>;
  /** Refused, the old target stays in force. An absolute path, or a word as in `logTargetWords`. */
  setLogTarget(target: string): Promise<void>;
  /** Seconds; in force from the next hourly purge on. False when fail2ban keeps no database. */
  setPurgeAge(seconds: number): Promise<boolean>;
  /** Lines kept with a ban. False as above. */
  setMaxMatches(lines: number): Promise<boolean>;
  /** Null when fail2ban keeps no database. */
  maxMatches(): Promise<number | null>;
  /** It opens its log anew: what a rotation asks for. */
  flushLogs(): Promise<void>;
  /** Ends the daemon. Its answer may never come, since it goes away over it. */
  stop(): Promise<void>;
}

/** Jails end before it answers, each action of theirs runs a program. */
const stopAnswerMs = 1_500;
const settingMs = 5_000;
/** Of a connection that was never made. */
const unreached = ['ENOENT', 'ENOTDIR', 'ECONNREFUSED', 'EACCES', 'EPERM', 'EAGAIN'];

export function createServerCommands({ socket }: { socket: DaemonSocket }): ServerCommands {
  const set = (name: string, value: string | number) =>
    socket.send(['set', name, value], { deadlineMs: settingMs });
  return {
    async setLogLevel(level) {
      await set('loglevel', level);
    },
    async setLogTarget(target) {
      const word = logTargetWords.some((known) => known === target);
      if (!word && !isPlainPath(target)) throw new TypeError('a log target that is no plain path');
      await set('logtarget', target);
    },
    async setPurgeAge(seconds) {
      requireWhole(seconds, 1);
      // As text: fail2ban reads it as a time expression, and counts a plain number in seconds.
      return (await set('dbpurgeage', String(seconds))) !== null;
    },
    async setMaxMatches(lines) {
      requireWhole(lines, 0);
      return (await set('dbmaxmatches', lines)) !== null;
    },
    async maxMatches() {
      const reply = await socket.send(['get', 'dbmaxmatches']);
      return reply === null ? null : asWholeNumber(reply);
    },
    async flushLogs() {
      asText(await socket.send(['flushlogs'], { deadlineMs: settingMs }));
    },
    async stop() {
      try {
        await socket.send(['stop'], { deadlineMs: stopAnswerMs, probe: true });
      } catch (error) {
        // Gone, or going: whether it went is seen at its socket. Not to reach it at all is another matter.
        if (!(error instanceof WireError) || unreached.includes(error.code ?? '')) throw error;
      }
    },
  };
}

function requireWhole(value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) throw new TypeError('not a possible number');
}
