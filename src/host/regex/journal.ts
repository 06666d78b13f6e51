/** Lines of the systemd journal, as fail2ban's journal backend puts them together, each with its time before it. */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { inPath } from '../practice/programs.ts';

export interface JournalQuestion {
  /** The words of a `journalmatch`; `+` between alternatives. */
  matches: readonly string[];
  /** ms. */
  from?: number;
  to?: number;
  /** Only so many of the newest. */
  newest?: number;
}

const field = /^[A-Z_][A-Z0-9_]{0,63}=[^\0\n]{1,200}$/;
const unitName = /^[A-Za-z0-9:_.\\@-]{1,200}$/;

/** Null for what is no name of a unit; `.service` may be left out. */
export function unitMatches(unit: string): string[] | null {
  if (!unitName.test(unit)) return null;
  return [`_SYSTEMD_UNIT=${unit.includes('.') ? unit : `${unit}.service`}`];
}

/** Whether there is a program to ask. */
export const findJournal = (): Promise<string | null> => inPath('journalctl');

/** `1795299563.000001 host sshd[99]: text` a line. Ends with `signal`; null for words that are no match. */
export function readJournal(
  program: string,
  { matches, from, to, newest }: JournalQuestion,
  signal: AbortSignal,
): Readable | null {
  if (matches.length === 0 || !matches.every((one) => one === '+' || field.test(one))) return null;
  const args = ['--no-pager', '--quiet', '--output=short-unix'];
  if (from !== undefined) args.push(`--since=@${Math.floor(from / 1000)}`);
  if (to !== undefined) args.push(`--until=@${Math.ceil(to / 1000)}`);
  if (newest !== undefined) args.push(`--lines=${newest}`);
  const child = spawn(program, [...args, ...matches], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'ignore'],
    signal,
    killSignal: 'SIGKILL',
  });
  // Its output then ends, as it does when there is no journal.
  child.once('error', () => child.stdout.destroy());
  child.stdout.once('close', () => child.kill('SIGKILL'));
  return child.stdout;
}
