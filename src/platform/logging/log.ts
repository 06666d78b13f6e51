/** Writes log lines on standard output: JSON, one line an event, or readable text for a terminal. */
import { pino } from 'pino';
import type { Log, LogFields } from '../../base/log.ts';
import { clean } from './clean.ts';
import { readableLine } from './readable-line.ts';

export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

interface LogOptions {
  level: LogLevel;
  format: 'json' | 'text';
  /** Where lines go; standard output unless a test listens. */
  write?: (line: string) => void;
  /** Is given each JSON line as well, after it is written; must neither wait nor throw. */
  ship?: (json: string) => void;
}

/**
 * Lines carry `level`, `time` (RFC 3339), `event` and the fields. Fields named like a secret are hidden, errors become
 * their type and message. Standard output is written at once, so that nothing is lost when the process ends.
 */
export function createLog({ level, format, write, ship }: LogOptions): Log {
  const lines = write === undefined ? standardOutput() : { write };
  const shown = format === 'json' ? lines : { write: (json: string) => void lines.write(readableLine(json)) };
  const target = {
    write(json: string) {
      shown.write(json);
      ship?.(json);
    },
  };
  const logger = pino(
    {
      level: level === 'warning' ? 'warn' : level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label === 'warn' ? 'warning' : label }) },
    },
    target,
  );
  return {
    debug: (event, fields) => logger.debug(line(event, fields)),
    info: (event, fields) => logger.info(line(event, fields)),
    warn: (event, fields) => logger.warn(line(event, fields)),
    error: (event, fields) => logger.error(line(event, fields)),
  };
}

function line(event: string, fields: LogFields = {}): Record<string, unknown> {
  return { event, ...clean(fields) };
}

function standardOutput() {
  const destination = pino.destination({ fd: 1, sync: true });
  // The reader of a pipe may go away; that must not end the process that others still use.
  destination.on('error', () => {});
  return destination;
}
