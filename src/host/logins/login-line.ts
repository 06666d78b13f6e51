/** Lines that say that somebody has signed in, as the usual services write them into their logs. */
import { parseAddress, type Address } from '../../base/address.ts';
import { lineMoment } from './line-moment.ts';

export interface Login {
  ip: Address;
  user: string;
  /** ms; null: the line has no time that can be read. */
  at: number | null;
}

/**
 * Null for every other line. `readAt` (ms) gives the year to dates without one. Each pattern begins at the line's
 * start: what a client sends stands later in it, and a name such as `x sshd[1]: Accepted password for …` is no login.
 * One service cannot tell: a web server writes the name that a client sent with a page that asked for none.
 */
export function loginIn(line: string, readAt: number): Login | null {
  if (!hint.test(line)) return null;
  for (const pattern of patterns) {
    const { ip = '', user = '', when = '' } = pattern.exec(line)?.groups ?? {};
    const address = parseAddress(ip);
    if (address === null || user === '' || user === '-') continue;
    return { ip: address, user, at: lineMoment(when, readAt) };
  }
  return null;
}

/** Cheap, and true of few lines: the patterns are tried on these only. */
const hint = /Accepted |Log(?:in|ged in): user=<|sasl_username=|OK LOGIN|Login successful|" 2\d\d /;

const ip = '(?<ip>[0-9A-Fa-f:.]{2,45})';
/** `Nov 28 19:03:15`, `2026-11-28T19:03:15.123+00:00`, and the journal's seconds. */
const when =
  '(?<when>[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d|\\d{4}-\\d\\d-\\d\\dT\\S{8,30}|\\d{9,11}\\.\\d{1,6})';
const head = `^${when} \\S{1,255} `;

const patterns = [
  `${head}sshd(?:-session|-auth)?\\[\\d+\\]: Accepted \\S{1,60} for (?<user>\\S{1,200}) from ${ip} port \\d`,
  `^${when} (?:\\S{1,255} dovecot(?:\\[\\d+\\])?: )?[a-z0-9]{3,20}-login: (?:Info: )?Log(?:in|ged in): user=<(?<user>[^>]{1,200})>.{0,200}? rip=${ip}`,
  `${head}postfix(?:/[\\w-]{1,40}){0,3}/smtpd\\[\\d+\\]: \\w{1,40}: client=[^\\s[]{0,255}\\[${ip}\\](?::\\d+)?, sasl_method=\\S{1,40}, sasl_username=(?<user>[^,\\s]{1,200})`,
  `^[A-Z][a-z]{2} (?<when>[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4}) \\[pid \\d+\\] \\[(?<user>[^\\]]{1,200})\\] OK LOGIN: Client "${ip}"`,
  `^(?<when>\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d),\\d+ \\S{1,255} proftpd\\[\\d+\\] \\S{1,255} \\([^\\s[]{0,255}\\[${ip}\\]\\): USER (?<user>\\S{1,200}): Login successful`,
  `${head}proftpd\\[\\d+\\]: \\S{1,255} \\([^\\s[]{0,255}\\[${ip}\\]\\)(?: -|:) USER (?<user>\\S{1,200}): Login successful`,
  `^(?:\\S{1,255}:\\d{1,5} )?${ip} \\S{1,100} (?<user>[^\\s"]{1,200}) \\[(?<when>\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d [+-]\\d{4})\\] "(?:[^"\\\\]|\\\\.)*" 2\\d\\d `,
].map((text) => new RegExp(text));
