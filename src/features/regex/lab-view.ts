/** Jails and filters as the laboratory's pages see them. */
import type { EndpointOutput } from '../../base/endpoint.ts';
import { findJournal } from '../../host/regex/journal.ts';
import { openLog, withRotated } from '../../host/regex/log-file.ts';
import type { ReplayFilter } from '../../host/regex/replay-lines.ts';
import type { readLabJail } from './contract.ts';
import type { LabJail } from './lab-jails.ts';

type View = EndpointOutput<typeof readLabJail>;
type Source = View['sources'][number];

export const filterText = (filter: ReplayFilter): View['text'] => ({
  failregex: [...filter.expressions],
  ignoreregex: [...filter.ignore],
  prefregex: filter.prefix,
  datepattern: filter.datePattern,
  maxlines: filter.maxLines,
});

export async function jailView(jail: LabJail, allowed: readonly string[]): Promise<View> {
  const { name, running, filter, written, force, ignoreip, files, journal } = jail;
  const logs = await Promise.all(files.map((path) => logSource(path, allowed)));
  return {
    name,
    running,
    filter,
    text: filterText(written),
    maxretry: force.maxretry,
    findtime: force.findtime,
    bantime: force.bantime,
    ignoreip,
    sources: [...logs, ...(await journalSource(journal)), historySource],
  };
}

const historySource: Source = { kind: 'history', name: '', size: null, rotated: 0, problem: null };

async function logSource(path: string, allowed: readonly string[]): Promise<Source> {
  const log = await openLog(path, allowed);
  const nothing = { kind: 'log' as const, name: path, size: null, rotated: 0 };
  if (log.kind === 'refused') return { ...nothing, problem: log.sentence };
  await log.file.close();
  let { size } = log;
  const others = (await withRotated(log.path)).slice(0, -1);
  for (const one of others) {
    const opened = await openLog(one, allowed);
    if (opened.kind === 'refused') continue;
    size += opened.size;
    await opened.file.close();
  }
  return { ...nothing, size, rotated: others.length, problem: null };
}

async function journalSource(words: readonly string[]): Promise<Source[]> {
  if (words.length === 0) return [];
  const program = await findJournal();
  const problem = program === null ? 'There is no journalctl here to read the journal with.' : null;
  return [{ kind: 'journal', name: words.join(' '), size: null, rotated: 0, problem }];
}
