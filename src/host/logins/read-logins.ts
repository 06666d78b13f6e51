/** From where people signed in lately, as the newest part of the logs tells it. */
import type { Readable } from 'node:stream';
import type { Address } from '../../base/address.ts';
import { findJournal, readJournal } from '../regex/journal.ts';
import { openLog, type OpenLog } from '../regex/log-file.ts';
import { loginIn } from './login-line.ts';

export interface LoginQuestion {
  /** Logs, by full paths; those outside the allowed folders, missing and compressed ones are left out. */
  logs: readonly string[];
  /** Words of `journalmatch`, one text each. */
  journals: readonly string[];
  allowed: readonly string[];
  /** ms. */
  now: number;
}

export interface LoginsFrom {
  ip: Address;
  /** The last one's. */
  user: string;
  times: number;
  /** ms; null: no line had a time. */
  last: number | null;
  /** The log's path, or `journal`. */
  log: string;
}

export interface Logins {
  /** What was read: paths, and `journal: …`. */
  read: string[];
  /** One an address. */
  logins: LoginsFrom[];
}

/** Of each log. */
const mostBytes = 20 * 1024 * 1024;
const mostLogs = 40;
const mostAddresses = 50_000;
const pieceBytes = 1024 * 1024;
const journalLines = 50_000;
const journalMs = 10_000;

/** Reads at most 20 MB of each of 40 logs, and the 50,000 newest lines of each of 40 journals. Never throws for what they hold. */
export async function readLogins(question: LoginQuestion): Promise<Logins> {
  const found = new Map<string, LoginsFrom>();
  const read = new Set<string>();
  const take = (lines: readonly string[], log: string): void => {
    for (const line of lines) keep(found, line, log, question.now);
  };
  for (const path of question.logs.slice(0, mostLogs)) {
    const log = await openLog(path, question.allowed);
    if (log.kind === 'refused') continue;
    try {
      if (log.gzip || read.has(log.path)) continue;
      read.add(log.path);
      for await (const lines of newestLines(log)) take(lines, log.path);
    } finally {
      await log.file.close();
    }
  }
  const program = question.journals.length === 0 ? null : await findJournal();
  if (program === null) return { read: [...read], logins: [...found.values()] };
  for (const words of new Set(question.journals.slice(0, mostLogs))) {
    const matches = words.trim().split(/\s+/);
    const limit = AbortSignal.timeout(journalMs);
    const stream = readJournal(program, { matches, newest: journalLines }, limit);
    if (stream === null) continue;
    read.add(`journal: ${words}`);
    for await (const lines of linesOf(stream)) take(lines, 'journal');
  }
  return { read: [...read], logins: [...found.values()] };
}

function keep(found: Map<string, LoginsFrom>, line: string, log: string, now: number): void {
  const login = line.length > longestLine ? null : loginIn(line, now);
  if (login === null) return;
  const { ip, user, at } = login;
  const known = found.get(ip);
  if (known === undefined) {
    if (found.size < mostAddresses) found.set(ip, { ip, user, times: 1, last: at, log });
    return;
  }
  known.times += 1;
  if (at === null || (known.last !== null && at < known.last)) return;
  found.set(ip, { ...known, user, last: at, log });
}

const longestLine = 8_192;

/** Whole lines of its end, some at a time; of a line longer than a piece, nothing. */
async function* newestLines({ file, size }: OpenLog): AsyncGenerator<string[]> {
  const buffer = Buffer.alloc(pieceBytes);
  let from = Math.max(0, size - mostBytes);
  // what stands before the first line end is the rest of a line that began earlier
  let inside = from > 0;
  let held = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, held, pieceBytes - held, from);
    if (bytesRead === 0 || from >= size) break;
    from += bytesRead;
    const filled = held + bytesRead;
    const end = buffer.lastIndexOf(10, filled - 1) + 1;
    if (end === 0) {
      inside ||= filled === pieceBytes;
      held = inside ? 0 : filled;
      continue;
    }
    const lines = buffer.toString('utf8', 0, end - 1).split('\n');
    if (inside) lines.shift();
    inside = false;
    yield lines;
    buffer.copyWithin(0, end, filled);
    held = filled - end;
  }
  if (held > 0 && !inside) yield [buffer.toString('utf8', 0, held)];
}

async function* linesOf(stream: Readable): AsyncGenerator<string[]> {
  stream.setEncoding('utf8');
  let rest = '';
  try {
    for await (const part of stream) {
      const lines = (rest + String(part)).split('\n');
      rest = (lines.pop() ?? '').slice(0, longestLine + 1);
      yield lines;
    }
  } catch (error) {
    // it was stopped at its limit: what came until then counts
    if (!stream.destroyed) throw error;
  }
}
