/** The log of a thread: lines go to the main thread's log, errors as data, since their classes do not travel. */
import type { Log, LogFields } from '../../../base/log.ts';
import type { FromWorker } from './messages.ts';

export function threadLog(say: (message: FromWorker) => void): Log {
  const line =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (event: string, fields: LogFields = {}): void =>
      say({ say: 'log', level, event, fields: Object.fromEntries(Object.entries(fields).map(asData)) });
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}

function asData([name, value]: [string, unknown]): [string, unknown] {
  if (!(value instanceof Error)) return [name, typeof value === 'function' ? String(value) : value];
  const { message, stack } = value;
  return [name, { type: value.name, message, stack, ...('code' in value ? { code: value.code } : {}) }];
}
