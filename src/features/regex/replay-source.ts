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

export type SourceQuestion = { own: true } | { log_path: string } | { journal: string } | { history: true };

interface Span {
  /** ms. */
  from: number;
  to: number;
}

interface SourceOf extends Span {
  jail: string;
  /** What the jail itself reads. */
  files: readonly string[];
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
  if ('own' in question) {
    if (of.files.length === 0) return await openJournal('', of);
    return await openLogs(of.files, { allowed: deps.allowedLogDirs, field: 'source' });
  }
  if ('log_path' in question)
    return await openLogs([question.log_path], { allowed: deps.allowedLogDirs, field: 'source.log_path' });
  if ('journal' in question) return await openJournal(question.journal, of);
  const lines = Readable.from(historyLines(deps, of));
  return {
    inputs: [{ log: 0, from: lines, kind: 'plain', size: 0 }],
    notes: ['The history holds only lines that led to a ban: what the filter missed then is not among them.'],
    close: async () => void lines.destroy(),
  };
}

/** Those of several that cannot be read are told. */
async function openLogs(
  paths: readonly string[],
  { allowed, field }: { allowed: readonly string[]; field: string },
): Promise<ReplaySource> {
  const opened: (OpenLog & { log: number })[] = [];
  const notes: string[] = [];
  // A jail may name what was rotated, too.
  const known = new Set<string>();
  for (const [log, path] of paths.entries()) {
    const newest = await openLog(path, allowed);
    const rotated = newest.kind === 'opened' ? (await withRotated(newest.path)).slice(0, -1) : [];
    for (const one of [...rotated, path]) {
      const read = one === path ? newest : await openLog(one, allowed);
      if (read.kind === 'refused') notes.push(`${one} is left out. ${read.sentence}`);
      else if (known.has(read.path)) await read.file.close();
      else opened.push({ ...read, log });
      if (read.kind === 'opened') known.add(read.path);
    }
    if (newest.kind === 'refused' && paths.length === 1) throw wrong(field, newest.sentence);
  }
  if (opened.length === 0) throw wrong(field, `None of its logs can be read. ${notes.join(' ')}`);
  return {
    inputs: opened.map(({ log, file, gzip, size }) => ({
      log,
      from: file.fd,
      kind: gzip ? 'gzip' : 'plain',
      size,
    })),
    notes,
    close: async () => void (await Promise.all(opened.map(({ file }) => file.close()))),
  };
}

async function openJournal(text: string, { journal, from, to }: SourceOf): Promise<ReplaySource> {
  const program = await findJournal();
  if (program === null)
    throw wrong('source.journal', 'There is no journalctl here to read the journal with.');
  const matches = text.trim() === '' ? [...journal] : journalWords(text);
  if (matches?.length === 0)
    throw wrong('source', 'The jail reads no log, and names nothing of the journal.');
  const stop = new AbortController();
  const stream = readJournal(program, { matches: matches ?? [], from, to }, stop.signal);
  if (stream === null) throw wrong('source.journal', 'It is neither a unit nor a match of the journal.');
  return {
    inputs: [{ log: 0, from: stream, kind: 'journal', size: 0 }],
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
