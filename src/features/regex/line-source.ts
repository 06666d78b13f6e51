/** The lines of a test: pasted ones, or the newest of an allowed log or of the journal. */
import { invalidInput } from '../../base/errors.ts';
import { findJournal, readJournal, unitMatches } from '../../host/regex/journal.ts';
import { openLog, readTail } from '../../host/regex/log-file.ts';

interface LineQuestion {
  lines?: readonly string[] | undefined;
  log_path?: string | undefined;
  journal?: string | undefined;
  tail: number;
}

export interface GivenLines {
  lines: string[];
  /** Before each stands its time. */
  dated: boolean;
}

const mostBytes = 4 * 1024 * 1024;
const journalMs = 10_000;

/** Throws 422 with a sentence for what may not be read, or is too much. */
export async function readLines(question: LineQuestion, allowed: readonly string[]): Promise<GivenLines> {
  const { lines, log_path: path, journal, tail } = question;
  if (lines !== undefined) {
    const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
    if (bytes > mostBytes) throw wrong('lines', 'Together the lines are longer than 4 MB.');
    return { lines: [...lines], dated: false };
  }
  if (path !== undefined) return { lines: await tailOf(path, tail, allowed), dated: false };
  return { lines: await journalTail(journal ?? '', tail), dated: true };
}

export const wrong = (field: string, message: string) =>
  invalidInput(message, [{ field: `body.${field}`, message }]);

async function tailOf(path: string, lines: number, allowed: readonly string[]): Promise<string[]> {
  const log = await openLog(path, allowed);
  if (log.kind === 'refused') throw wrong('log_path', log.sentence);
  try {
    if (log.gzip) throw wrong('log_path', 'A compressed log has no tail to test on; replay reads it.');
    return await readTail(log, { lines, bytes: mostBytes });
  } finally {
    await log.file.close();
  }
}

/** Words of a `journalmatch`, or the name of a unit. */
export const journalWords = (text: string): string[] | null =>
  text.includes('=') ? text.trim().split(/\s+/) : unitMatches(text.trim());

async function journalTail(unit: string, newest: number): Promise<string[]> {
  const program = await findJournal();
  if (program === null) throw wrong('journal', 'There is no journalctl here to read the journal with.');
  const matches = journalWords(unit);
  const limit = AbortSignal.timeout(journalMs);
  const stream = matches === null ? null : readJournal(program, { matches, newest }, limit);
  if (stream === null) throw wrong('journal', 'It is neither a unit nor a match of the journal.');
  stream.setEncoding('utf8');
  let text = '';
  for await (const part of stream) {
    text += String(part);
    if (text.length > mostBytes) break;
  }
  const found = text.split('\n');
  return found.filter((line) => /^\d+\.\d+ /.test(line)).slice(-newest);
}
