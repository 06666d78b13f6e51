/** How well a jail does its work, from what is known of it: no question is asked here. */
import type { JailSnapshot } from '../../host/host.ts';
import type { JailLog, ToldLine } from '../../host/jail-log.ts';
import type { LogPath } from './log-paths.ts';

export interface Finding {
  code: string;
  severity: 'warn' | 'bad';
  message: string;
  /** ms. */
  since: number | null;
}

export interface Known {
  jail: JailSnapshot;
  /** Start of fail2ban, ms. */
  upSince: number | null;
  paths: readonly LogPath[];
  /** Null when it cannot be read. */
  log: JailLog | null;
  now: number;
}

const hour = 3_600_000;
const day = 24 * hour;
const silentAfterMs = 3 * day;
/** A log that was not written for so long has nothing to be found in. */
const quietMs = day;
const recentMs = day;
const nowhere = '/dev/null';

/** The worst first. */
export function judgeJail(known: Known): Finding[] {
  const found = [...judgePaths(known), ...judgeActions(known), ...judgeDates(known), ...judgeSilence(known)];
  return found.toSorted((a, b) => Number(b.severity === 'bad') - Number(a.severity === 'bad'));
}

export function scoreOf(findings: readonly Finding[]): 'ok' | 'warn' | 'bad' {
  if (findings.some(({ severity }) => severity === 'bad')) return 'bad';
  return findings.length === 0 ? 'ok' : 'warn';
}

function judgePaths({ jail, paths }: Known): Finding[] {
  const gone = paths.filter(({ state }) => state === 'gone').map(({ path }) => path);
  const all = gone.length === paths.length;
  const [first = ''] = gone;
  if (gone.length > 0) {
    const message = all
      ? `The file it reads is gone: ${first}. It bans nobody until the file is back.`
      : `${gone.length} of the ${paths.length} files it reads are gone, ${first} among them.`;
    return [{ code: 'log-gone', severity: all ? 'bad' : 'warn', message, since: null }];
  }
  if (jail.files.length > 0 || jail.journalMatches.length > 0) return [];
  const message =
    'It reads no file, and no journal match narrows what it reads: it sees nothing, or all of the journal.';
  return [{ code: 'reads-nothing', severity: 'warn', message, since: null }];
}

/** Message forms: server/actions.py. Whatever fails, the daemon goes on and calls the address banned. */
const actionFailed =
  /Failed to (start|execute ban|execute unban|execute reban|flush bans in) jail '.*?' action '(.+?)'/;

function judgeActions({ jail, log, now }: Known): Finding[] {
  if (log === null) return [];
  const failed = log
    .errorsOf(jail.name)
    .filter(({ at }) => now - at < recentMs)
    .flatMap((line) => {
      const [, act, action] = actionFailed.exec(line.text) ?? [];
      return act === undefined || action === undefined ? [] : [{ ...line, act, action }];
    });
  const started = log.turnOf(jail.name);
  // Those before its last start are of a jail that was set otherwise.
  const since = started === null || started.kind === 'stopped' ? 0 : started.at - 5_000;
  const still = failed.filter(({ at }) => at >= since);
  const [first] = still;
  const last = still.at(-1);
  if (first === undefined || last === undefined) return [];
  const times = still.length === 1 ? 'once' : `${still.length} times`;
  const message =
    `Its action ${last.action} failed ${times} within a day, the last time to ${actOf(last.act)}. ` +
    'fail2ban lists such addresses as banned, the firewall may not know them.';
  return [{ code: 'action-failing', severity: 'bad', message, since: first.at }];
}

const actOf = (act: string): string =>
  ({ start: 'start', 'execute ban': 'ban', 'execute unban': 'unban', 'execute reban': 'ban again' })[act] ??
  'flush its bans';

/** Message forms: server/filter.py, `_logWarnOnce`, once a day and jail. */
function judgeDates({ jail, log, now }: Known): Finding[] {
  const recent = (log?.warningsOf(jail.name) ?? []).filter(({ at }) => now - at < recentMs);
  const last = (text: string): ToldLine | undefined => recent.findLast((line) => line.text.includes(text));
  const unread = last('no valid date/time found');
  const odd = last('the current time in operation mode');
  const findings: Finding[] = [];
  if (unread !== undefined) {
    const message =
      'fail2ban finds failures and cannot read their date: it needs a datepattern that fits the log.';
    findings.push({ code: 'dates-unread', severity: 'bad', message, since: unread.at });
  }
  if (odd !== undefined) {
    const zone = odd.text.includes('timezone problem');
    const message = zone
      ? 'Lines reach it with times of another time zone: it treats them as if they had just happened.'
      : 'Lines reach it long after their time: it treats them as if they had just happened.';
    findings.push({ code: 'dates-odd', severity: 'warn', message, since: odd.at });
  }
  return findings;
}

function judgeSilence({ jail, upSince, paths, now }: Known): Finding[] {
  if (jail.totalFailed > 0 || upSince === null || now - upSince < silentAfterMs) return [];
  const grows = paths.some(
    ({ path, size, modifiedAt }) =>
      path !== nowhere && (size ?? 0) > 0 && modifiedAt !== null && now - modifiedAt < quietMs,
  );
  if (!grows) return [];
  const days = Math.floor((now - upSince) / day);
  const message =
    `No failure found in ${days} days, since fail2ban started, while its log is written. ` +
    'Nobody tries, or its filter does not fit the log.';
  return [{ code: 'silent', severity: 'warn', message, since: upSince }];
}
