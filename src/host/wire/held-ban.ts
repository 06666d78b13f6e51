/** One line of `get J banip --with-time`: `192.0.2.7 \t2026-11-22 01:24:23 + 600 = 2026-11-22 01:34:23`. */
import type { HeldBan } from '../host.ts';

const line = /^(.+?) \t(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d) \+ (-?\d+) = /s;

/**
 * Null for a line of another form. fail2ban writes its own local time without a zone, which is read as this
 * machine's: both must run in the same time zone.
 */
export function readHeldBan(text: string): HeldBan | null {
  const match = line.exec(text);
  if (match === null) return null;
  const [, ip = '', ...numbers] = match;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, seconds = 0] = numbers.map(Number);
  return { ip, bannedAt: new Date(year, month - 1, day, hour, minute, second).getTime(), seconds };
}
