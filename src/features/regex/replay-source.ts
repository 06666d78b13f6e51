/** The lines of a replay, opened before it begins: logs with what was rotated away, the journal, or the history's. */
import { Readable } from 'node:stream';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Database } from '../../platform/db/schema.ts';
import { findJournal, readJournal } from '../../host/regex/journal.ts';
import { openLog, withRotated, type OpenLog } from '../../host/regex/log-file.ts';
import type { ReplayInput } from '../../host/regex/replay-lines.ts';
import { journalWords, wrong } from './line-source.ts';

interface SourceDeps {
  db: Kysely<Database>;
  hostId: string;
  allowedLogDirs: readonly string[];
}

export type SourceQuestion = { log_path: string } | { journal: string } | { history: true };

interface Span {
  /** ms. */
  from: number;
  to: number;
}

interface SourceOf extends Span {
  jail: string;
  /** What the jail itself reads. */
  journal: readonly string[];
}

export interface ReplaySource {
  inputs: ReplayInput[];
  notes: string[];
  close(): Promise<void>;
}

/** Throws 422 for what may not be read. The caller closes it, whatever happens. */
export async function openSource(
  deps: SourceDeps,
  question: SourceQuestion,
  of: SourceOf,
): Promise<ReplaySource> {
  if ('log_path' in question) return await openLogs(question.log_path, deps.allowedLogDirs);
  if ('journal' in question) return await openJournal(question.journal, of);
  const lines = Readable.from(historyLines(deps, of));
  return {
    inputs: [{ from: lines, kind: 'plain', size: 0 }],
    notes: ['The history holds only lines that led to a ban: what the filter missed then is not among them.'],
    close: async () => void lines.destroy(),
  };
}

async function openLogs(path: string, allowed: readonly string[]): Promise<ReplaySource> {
  const newest = await openLog(path, allowed);
  if (newest.kind === 'refused') throw wrong('source.log_path', newest.sentence);
  const opened: OpenLog[] = [];
  const notes: string[] = [];
  for (const one of (await withRotated(newest.path)).slice(0, -1)) {
    const older = await openLog(one, allowed);
    if (older.kind === 'opened') opened.push(older);
    else notes.push(`${one} is left out. ${older.sentence}`);
  }
  opened.push(newest);
  return {
    inputs: opened.map(({ file, gzip, size }) => ({ from: file.fd, kind: gzip ? 'gzip' : 'plain', size })),
    notes,
    close: async () => void (await Promise.all(opened.map(({ file }) => file.close()))),
  };
}

async function openJournal(text: string, { journal, from, to }: SourceOf): Promise<ReplaySource> {
  const program = await findJournal();
  if (program === null)
    throw wrong('source.journal', 'There is no journalctl here to read the journal with.');
  const matches = text.trim() === '' ? [...journal] : journalWords(text);
  const stop = new AbortController();
  const stream = readJournal(program, { matches: matches ?? [], from, to }, stop.signal);
  if (stream === null) throw wrong('source.journal', 'It is neither a unit nor a match of the journal.');
  return {
    inputs: [{ from: stream, kind: 'journal', size: 0 }],
    notes: [],
    close: async () => stop.abort(),
  };
}

const lineList = z.array(z.string());
const pageSize = 500;
/** The oldest of the range when there are more. */
const mostBans = 100_000;

/** Every line once: bans that follow one another may share lines. */
async function* historyLines(
  { db, hostId }: SourceDeps,
  { jail, from, to }: SourceOf,
): AsyncGenerator<string, void> {
  const known = new Set<string>();
  let after = 0;
  for (let bans = 0; bans < mostBans; bans += pageSize) {
    const rows = await db
      .selectFrom('history')
      .innerJoin('history_lines', 'history_lines.id', 'history.id')
      .select(['history.id', 'history_lines.lines'])
      .where('history.host_id', '=', hostId)
      .where('history.jail', '=', jail)
      .where('history.at', '>=', from)
      .where('history.at', '<=', to)
      .where('history.id', '>', after)
      .orderBy('history.id')
      .limit(pageSize)
      .execute();
    for (const { lines } of rows) {
      const fresh = lineList.parse(JSON.parse(lines)).filter((line) => !known.has(line));
      for (const line of fresh) known.add(line);
      if (fresh.length > 0) yield `${fresh.map((line) => line.replaceAll(/[\r\n]+/g, ' ')).join('\n')}\n`;
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    after = Number(last.id);
  }
}
