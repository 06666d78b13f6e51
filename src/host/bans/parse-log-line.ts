/** One line of fail2ban's log: its head, and the typed event of those that speak of bans. */

/** What stands before the message of every line; lines without it belong to the one above them. */
export interface LogHead {
  /** Clock time read as if it were UTC, since the log names no zone. */
  wallMs: number;
  /** `actions`, `filter`, `server`, …; empty for fail2ban itself. */
  logger: string;
  /** Of the fail2ban that wrote it. */
  pid: number;
  /** As written: `NOTICE`. */
  level: string;
  message: string;
}

/** What a line says; `wallMs` is its clock time read as if it were UTC, since the log names no zone. */
export interface LogLine {
  wallMs: number;
  /** Of the fail2ban that wrote it. */
  pid: number;
  event: LineEvent;
}

export type LineEvent =
  /** `restored`: brought back from fail2ban's database after a start, not a new ban. */
  | { type: 'ban'; jail: string; ip: string; restored: boolean }
  | { type: 'unban'; jail: string; ip: string }
  /** Banned again while banned: fail2ban prolongs it to the jail's ban time from then on. */
  | { type: 'again'; jail: string; ip: string }
  /** `wallEnd` like `wallMs`, null = permanent. */
  | { type: 'increase'; jail: string; ip: string; count: number; wallEnd: number | null }
  /** The server is about to unban everything, to restore it at its next start. */
  | { type: 'server_stopping' }
  | { type: 'server_starting' }
  /** Written after the unbans of the jail, which come back when it starts. */
  | { type: 'jail_stopped'; jail: string }
  /** Written about when it begins to restore its bans. */
  | { type: 'jail_started'; jail: string };

const head =
  /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(\d{3}) fail2ban(?:\.([\w.]+))?\s*\[(\d+)\]: ([A-Z]+)\s+(.*)$/;
const loggers = ['actions', 'observer', 'server', 'jail'];
const ofJail = /^\[(.+?)\] (.+)$/;
const jailTurns = /^Jail (['"])(.+)\1 (stopped|started)$/;
const increase = /^Increase Ban (.+) \((\d+) # .+? -> (infinite|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\)$/;

/**
 * Message forms of fail2ban 0.11 to 1.1 (server/actions.py, observer.py, server.py). The address is whatever was
 * banned: any text, without brackets. A jail's name may hold spaces.
 */
export function parseLogLine(text: string): LogLine | null {
  const read = parseLogHead(text);
  if (read === null || !loggers.includes(read.logger)) return null;
  const event = eventOf(read.logger, read.message);
  return event === null ? null : { wallMs: read.wallMs, pid: read.pid, event };
}

/** Null for continuation lines, and for what fail2ban did not write. */
export function parseLogHead(text: string): LogHead | null {
  const [, clock = '', fraction, logger = '', pid, level = '', message = ''] = head.exec(text) ?? [];
  const seconds = wallTime(clock);
  if (Number.isNaN(seconds)) return null;
  return { wallMs: seconds + Number(fraction), logger, pid: Number(pid), level, message };
}

function eventOf(logger: string, message: string): LineEvent | null {
  if (logger === 'server') return serverEvent(message);
  if (logger !== 'jail') return jailEvent(message);
  const [, , jail, turn] = jailTurns.exec(message) ?? [];
  if (jail === undefined) return null;
  return { type: turn === 'stopped' ? 'jail_stopped' : 'jail_started', jail };
}

function serverEvent(message: string): LineEvent | null {
  if (message.startsWith('Shutdown in progress')) return { type: 'server_stopping' };
  return message.startsWith('Starting Fail2ban') ? { type: 'server_starting' } : null;
}

function jailEvent(message: string): LineEvent | null {
  const [, jail = '', rest = ''] = ofJail.exec(message) ?? [];
  if (jail === '') return null;
  if (rest.startsWith('Ban ')) return { type: 'ban', jail, ip: rest.slice(4), restored: false };
  if (rest.startsWith('Unban ')) return { type: 'unban', jail, ip: rest.slice(6) };
  if (rest.startsWith('Restore Ban ')) return { type: 'ban', jail, ip: rest.slice(12), restored: true };
  if (rest.endsWith(' already banned')) return { type: 'again', jail, ip: rest.slice(0, -15) };
  const [, ip, count, end] = increase.exec(rest) ?? [];
  if (ip === undefined) return null;
  const wallEnd = end === undefined || end === 'infinite' ? null : wallTime(end);
  return { type: 'increase', jail, ip, count: Number(count), wallEnd };
}

const wallTime = (clock: string): number => Date.parse(`${clock.replace(' ', 'T')}Z`);
