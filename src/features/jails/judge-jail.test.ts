import { describe, expect, test } from 'vitest';
import type { JailSnapshot } from '../../host/host.ts';
import type { JailLog, ToldLine } from '../../host/jail-log.ts';
import { parseJailName } from '../../host/jail-name.ts';
import { judgeJail, scoreOf, type Known } from './judge-jail.ts';
import type { LogPath } from './log-paths.ts';

const now = Date.UTC(2026, 10, 28, 12);
const hour = 3_600_000;
const day = 24 * hour;

const jail: JailSnapshot = {
  name: parseJailName('sshd') ?? expect.unreachable(),
  currentlyFailed: 0,
  totalFailed: 5,
  currentlyBanned: 0,
  totalBanned: 0,
  banSeconds: 600,
  findSeconds: 600,
  maxRetry: 3,
  increments: false,
  files: ['/var/log/auth.log'],
  journalMatches: [],
};
const there: LogPath = { path: '/var/log/auth.log', state: 'there', size: 10, modifiedAt: now - hour };
const logOf = (
  errors: ToldLine[] = [],
  warnings: ToldLine[] = [],
  startedAt: number | null = null,
): JailLog => ({
  since: now - day,
  errorsOf: () => errors,
  warningsOf: () => warnings,
  turnOf: () => (startedAt === null ? null : { at: startedAt, text: '', kind: 'started' }),
});
const codes = (known: Partial<Known>) =>
  judgeJail({ jail, upSince: now - 10 * day, paths: [there], log: logOf(), now, ...known }).map(
    ({ code, severity }) => `${severity} ${code}`,
  );
const failed = (at: number): ToldLine => ({
  at,
  text: "2026-11-28 11:00:00,000 fail2ban.actions [1]: ERROR   Failed to execute ban jail 'sshd' action 'nft' info '…'",
});

describe('the health of a jail', () => {
  test('nothing is found on one that does its work', () => {
    expect(codes({})).toEqual([]);
    expect(scoreOf([])).toBe('ok');
  });
  test('the only log is gone: bad; one of two: a look', () => {
    const gone = { ...there, path: '/gone', state: 'gone' as const };
    expect(codes({ paths: [gone] })).toEqual(['bad log-gone']);
    expect(codes({ paths: [there, gone] })).toEqual(['warn log-gone']);
  });
  test('a file that we may not see is no finding', () => {
    expect(codes({ paths: [{ ...there, state: 'unseen', size: null, modifiedAt: null }] })).toEqual([]);
  });
  test('a jail without files and journal matches reads nothing', () => {
    expect(codes({ jail: { ...jail, files: [] }, paths: [] })).toEqual(['warn reads-nothing']);
    const journal = { ...jail, files: [], journalMatches: ['_COMM=sshd'] };
    expect(codes({ jail: journal, paths: [] })).toEqual([]);
  });
  test('silent for days while its log grows; not while the log is silent too, or fail2ban is young', () => {
    const silent = { ...jail, totalFailed: 0 };
    expect(codes({ jail: silent })).toEqual(['warn silent']);
    expect(codes({ jail: silent, upSince: now - 2 * day })).toEqual([]);
    expect(codes({ jail: silent, paths: [{ ...there, modifiedAt: now - 2 * day }] })).toEqual([]);
  });
  test('an action that failed is bad from the first failure on, until a day has passed or the jail was reloaded', () => {
    const log = logOf([failed(now - 3 * hour), failed(now - hour)]);
    const [finding] = judgeJail({ jail, upSince: null, paths: [there], log, now });
    expect(finding).toMatchObject({ code: 'action-failing', severity: 'bad', since: now - 3 * hour });
    expect(finding?.message).toContain('2 times');
    expect(codes({ log: logOf([failed(now - 25 * hour)]) })).toEqual([]);
    expect(codes({ log: logOf([failed(now - 3 * hour)], [], now - 2 * hour) })).toEqual([]);
  });
  test('dates that are not read are bad, those of another zone a look; the worst stands first', () => {
    const at = now - hour;
    const odd =
      '[sshd] Detected a log entry 2h before the current time in operation mode. This looks like a timezone problem.';
    const unread = "[sshd] Found a match but no valid date/time found for 'x'";
    const log = logOf(
      [],
      [
        { at, text: odd },
        { at, text: unread },
      ],
    );
    expect(codes({ log })).toEqual(['bad dates-unread', 'warn dates-odd']);
  });
  test('without the log nothing is said of actions and dates', () => {
    expect(codes({ log: null })).toEqual([]);
  });
});
