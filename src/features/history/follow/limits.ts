/** What of fail2ban cannot be read, and what the history loses by it, as sentences for a person. */
import type { HostFacts } from './messages.ts';
import type { Missing } from './counters.ts';

interface Known {
  facts: HostFacts | null;
  log: { file: string | null; failure: string | null; gap: number | null };
  table: { file: string | null; failure: string | null };
  missed: readonly Missing[];
  /** Lines of bans that were taken over are being put into the search index. */
  indexing: boolean;
}

const day = 86_400;
const hour = 3_600;
/** Levels that leave out `Ban` and `Unban`, which are notices; and those that leave out starts and stops. */
const tooQuiet = ['WARNING', 'ERROR', 'CRITICAL'];

export function limitsOf({ facts, log, table, missed, indexing }: Known): string[] {
  const sentences: string[] = [];
  const logRead = log.file !== null && log.failure === null;
  const tableRead = table.file !== null && table.failure === null;
  if (facts === null && !logRead && !tableRead) return sentences;

  if (!logRead && !tableRead)
    sentences.push(
      `Neither fail2ban's log nor its database can be read${because(log.failure ?? table.failure)}: bans that begin and ` +
        'end between two looks, or while BanGUI is off, are lost, and no matched lines are known.',
    );
  else if (!logRead)
    sentences.push(
      `${logReason(facts, log.failure)}: bans are known from its database within seconds; unbans while BanGUI is off are ` +
        'lost, and bans that are ended before they were read.',
    );
  else if (!tableRead)
    sentences.push(
      `${tableReason(facts, table.failure)}: bans are known from its log only, without matched lines, failures and, ` +
        'mostly, their length.',
    );

  const level = facts?.logLevel ?? null;
  if (logRead && level !== null && tooQuiet.includes(level.toUpperCase()))
    sentences.push(
      `fail2ban's loglevel is ${level}: its log tells of no bans and unbans. Set loglevel = INFO.`,
    );
  const purge = facts?.purgeSeconds ?? null;
  if (purge !== null && purge < day && tableRead)
    sentences.push(
      `fail2ban forgets bans after ${Math.round((purge / hour) * 10) / 10} h (dbpurgeage): what happens while BanGUI is ` +
        `off for longer ${logRead ? 'is known from its log only' : 'is lost'}.`,
    );
  if (log.gap !== null)
    sentences.push(
      `fail2ban's log was rotated out of reach while BanGUI was off: unbans from ${minute(log.gap)} on may be missing.`,
    );
  for (const { jail, bans, since } of missed)
    sentences.push(
      `fail2ban counted ${bans} more ${bans === 1 ? 'ban' : 'bans'} in ${jail} since ${minute(since)} than its log and ` +
        'database tell of.',
    );
  if (indexing)
    sentences.push(
      'Search in matched lines is slower while the lines that were taken over are being indexed.',
    );
  return sentences;
}

const minute = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const because = (reason: string | null): string => (reason === null ? '' : ` (${reason})`);

function logReason(facts: HostFacts | null, failure: string | null): string {
  if (failure !== null) return `fail2ban's log cannot be read (${failure})`;
  return `fail2ban logs to ${facts?.logTarget ?? 'no file'}, not to a file`;
}

function tableReason(facts: HostFacts | null, failure: string | null): string {
  if (failure !== null) return `fail2ban's database cannot be read (${failure})`;
  return facts?.databaseFile === null ? 'fail2ban keeps no database' : 'fail2ban’s database is not known yet';
}
