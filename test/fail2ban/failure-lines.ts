/** Log lines that the jails of the private fail2ban count as failures. */
import type { Fail2banPaths } from './fail2ban-config.ts';

/** Jails that read a log file. */
export type LoggedJail = 'sshd' | 'web' | 'incr';

/** The file to append to, and the text: `times` failures of one address, now, in the machine's own time zone. */
export function failureLines(
  paths: Fail2banPaths,
  jail: LoggedJail,
  ip: string,
  times: number,
): [string, string] {
  const at = new Date();
  if (jail === 'web')
    return [paths.webLog, `${ip} - - [${webTime(at)}] "GET /admin HTTP/1.1" 404 153\n`.repeat(times)];
  const line = `${syslogTime(at)} host sshd[99]: Failed password for root from ${ip} port 4222 ssh2\n`;
  return [jail === 'sshd' ? paths.authLog : paths.secondAuthLog, line.repeat(times)];
}

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');
const clock = (at: Date): string => `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
const month = (at: Date): string => monthNames[at.getMonth()] ?? '';

const syslogTime = (at: Date): string => `${month(at)} ${String(at.getDate()).padStart(2)} ${clock(at)}`;

function webTime(at: Date): string {
  const offset = -at.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  return `${two(at.getDate())}/${month(at)}/${at.getFullYear()}:${clock(at)} ${zone}`;
}
