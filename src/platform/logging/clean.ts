/** Fields of a log line without secrets, and with errors as data. */
import type { LogFields } from '../../base/log.ts';
import { AppError } from '../../base/errors.ts';

const secretName = /password|passwd|token|secret|cookie|authorization/i;
const deepest = 5;

/** A copy fit for a line: secrets hidden by the name of their field, errors as type, message, code and cause. */
export function clean(fields: LogFields, depth = 0): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    result[name] =
      secretName.test(name) && typeof value !== 'boolean' ? '[hidden]' : cleanValue(value, depth);
  }
  return result;
}

function cleanValue(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= deepest) return '[deep]';
  if (value instanceof Error) return cleanError(value, depth + 1);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item: unknown) => cleanValue(item, depth + 1));
  return clean({ ...value }, depth + 1);
}

/** An error without a message still says what it was. The stack is left out for expected errors. */
function cleanError(error: Error, depth: number): Record<string, unknown> {
  const result: Record<string, unknown> = { type: error.name, message: error.message || String(error) };
  if ('code' in error) result.code = error.code;
  if ('errcode' in error) result.errcode = error.errcode;
  if (error.cause !== undefined) result.cause = cleanValue(error.cause, depth);
  if (!(error instanceof AppError)) result.stack = error.stack;
  return result;
}
