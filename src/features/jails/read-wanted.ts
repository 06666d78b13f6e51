/** What a new entry of an ignore list asks for. */
import { parseAddress, prefixLength } from '../../base/address.ts';
import { parseDuration, permanent } from '../../base/duration.ts';
import type { EndpointInput } from '../../base/endpoint.ts';
import { invalidInput, type AppError } from '../../base/errors.ts';
import { parseIgnoreEntry, type IgnoreEntry } from '../../host/ignore-entry.ts';
import type { addIgnored } from './ignore-contract.ts';

type Body = EndpointInput<typeof addIgnored>['body'];

export interface Wanted {
  entry: IgnoreEntry;
  reason: string | null;
  /** ms; null = for good. */
  expiresAt: number | null;
}

/** Ten years, as for a ban. */
const longestMs = 10 * 366 * 86_400_000;

/** Throws 422 for an entry or an end that cannot be. */
export function readWanted({ entry: text, reason, duration, expires_at: end }: Body, now: number): Wanted {
  const entry = parseIgnoreEntry(text);
  if (entry === null) {
    throw invalidInput(
      'An entry is an address, a network like 192.0.2.0/24, or a host name. Nothing was changed.',
      [{ field: 'body.entry', message: 'No address, network or host name' }],
    );
  }
  const address = parseAddress(entry);
  if (address !== null && prefixLength(address) === 0) {
    throw invalidInput('This is every address there is: the jail would ban nobody. Stop it instead.', [
      { field: 'body.entry', message: 'Every address' },
    ]);
  }
  return { entry, reason: reason === undefined || reason === '' ? null : reason, expiresAt: readEnd() };

  function readEnd(): number | null {
    if (duration !== undefined && end !== undefined)
      throw wrongEnd('body.duration', 'Either a duration or an end, not both.');
    if (end !== undefined) {
      const at = Date.parse(end);
      if (at > now && at - now <= longestMs) return at;
      throw wrongEnd('body.expires_at', 'The end lies in the past, or more than ten years ahead.');
    }
    if (duration === undefined) return null;
    const seconds = parseDuration(duration);
    if (seconds === null)
      throw wrongEnd('body.duration', 'A duration is whole seconds or a time like 1d12h, or -1 for good.');
    return seconds === permanent ? null : now + seconds * 1000;
  }
}

const wrongEnd = (field: string, message: string): AppError =>
  invalidInput(`${message} Nothing was changed.`, [{ field, message }]);
