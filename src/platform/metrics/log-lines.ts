/** Counts what the log tells: lines by level, lost heartbeats, failures of the database. */
import { Counter, type Registry } from 'prom-client';
import type { Log, LogFields } from '../../base/log.ts';

/** Codes of `node:sqlite`, and SQLSTATE of PostgreSQL for a broken connection, resources, an operator and the system. */
const databaseCode = /^(?:ERR_SQLITE_ERROR|(?:08|53|57|58|XX)[0-9A-Z]{3})$/;
const deepest = 5;

/** Answers what wraps a log so that its lines are counted, those below the chosen level too. */
export function logMetrics(registry: Registry): (log: Log) => Log {
  const registers = [registry];
  const lines = new Counter({
    name: 'bangui_log_lines_total',
    help: 'Log lines by level.',
    labelNames: ['level'],
    registers,
  });
  const lost = new Counter({
    name: 'bangui_scheduler_lock_heartbeat_lost_total',
    help: 'How often this instance found that it had lost the scheduler lock (event scheduler_lock_heartbeat_lost).',
    registers,
  });
  const database = new Counter({
    name: 'bangui_database_errors_total',
    help: 'Failures of the database that were logged.',
    registers,
  });
  return (log) => {
    const counted =
      (level: string, write: (event: string, fields?: LogFields) => void) =>
      (event: string, fields?: LogFields): void => {
        lines.inc({ level });
        if (event === 'scheduler_lock_heartbeat_lost') lost.inc();
        if (fields?.error !== undefined && isOfDatabase(fields.error)) database.inc();
        write(event, fields);
      };
    return {
      debug: counted('debug', log.debug),
      info: counted('info', log.info),
      warn: counted('warning', log.warn),
      error: counted('error', log.error),
    };
  };
}

function isOfDatabase(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > deepest) return false;
  if ('code' in error && typeof error.code === 'string' && databaseCode.test(error.code)) return true;
  return isOfDatabase(error.cause, depth + 1);
}
