/** Which version of a file a change begins with, as HTTP tells it. */
import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '../../base/errors.ts';

/** `hash`: hex SHA-256 of the file's bytes. */
export const etagOf = (hash: string): string => `"${hash}"`;

/**
 * What `before` of a change is: null with `If-None-Match: *`, a new file. A version that we never gave out is stale, so
 * it is passed on as it is. Throws 428 when the call does not say.
 */
export function versionIn(headers: IncomingHttpHeaders): string | null {
  const match = headers['if-match'];
  if (match !== undefined) return match.trim().replace(/^"(.*)"$/, '$1');
  if (headers['if-none-match']?.trim() === '*') return null;
  throw new AppError(
    428,
    'version_required',
    'Say which version is changed: If-Match with its ETag, or If-None-Match: * for a new file.',
  );
}
