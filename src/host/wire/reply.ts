/** What a decoded reply says: fail2ban answers `(0, value)`, or `(1, exception)`. */
import { isPyObject, type PickleValue } from './pickle-value.ts';
import { DaemonError, WireError } from './wire-error.ts';

/** The value. Throws DaemonError for fail2ban's own errors, WireError for what fail2ban would never say. */
export function readReply(reply: PickleValue): PickleValue {
  if (Array.isArray(reply) && reply.length === 2) {
    const [code, value = null] = reply;
    if (code === 0) return value;
    if (code === 1) throw daemonError(value);
  }
  // What it says in place of a tuple when it could not make sense of the request itself.
  if (typeof reply === 'string' && reply.startsWith('ERROR:'))
    throw new DaemonError('', cleaned(reply.slice(6)));
  if (Array.isArray(reply) && reply.length === 1 && reply[0] === 'SHUTDOWN') {
    throw new WireError('unreachable', 'fail2ban is shutting down.');
  }
  throw new WireError('garbled', 'Its answer is not fail2ban’s protocol.');
}

function daemonError(value: PickleValue): DaemonError {
  if (!isPyObject(value)) return new DaemonError('', typeof value === 'string' ? cleaned(value) : '');
  return new DaemonError(value.pyClass, cleaned(value.args.map(shown).filter(Boolean).join(' ')));
}

const shown = (part: PickleValue): string =>
  typeof part === 'string' || typeof part === 'number' ? String(part) : '';

const longestMessage = 300;

/** Daemon text may quote anything that was sent to it or read from a log. */
function cleaned(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, longestMessage);
}
