/** What became of each ban of an address. */
import { expect, test } from 'vitest';
import { pairBans } from './pair-bans.ts';
import type { HistoryEvent } from './history-query.ts';

const minute = 60_000;
const start = Date.parse('2026-11-22T12:00:00Z');

const event = (fields: Partial<HistoryEvent> & { after: number }): HistoryEvent => {
  const { after, ...rest } = fields;
  return {
    id: String(after),
    ip: '192.0.2.1',
    jail: 'sshd',
    action: 'ban',
    at: new Date(start + after * minute).toISOString(),
    duration_seconds: 600,
    ban_count: 1,
    origin: 'own',
    actor: null,
    reason: null,
    country: 'DE',
    asn: null,
    as_name: null,
    matches: [],
    failures: 0,
    ...rest,
  };
};

const outcomes = (events: HistoryEvent[], held: string[] = []): string[] =>
  pairBans(events, new Set(held), start + 100 * minute).map(
    ({ event: { id }, outcome }) =>
      `${id} ${outcome.kind}${outcome.kind === 'unbanned' ? ` by ${outcome.actor}` : ''}`,
  );

test('the newest ban of a jail that holds the address holds now, the earlier ones ended', () => {
  expect(outcomes([event({ after: 95 }), event({ after: 50 }), event({ after: 1 })], ['sshd'])).toEqual([
    '95 now',
    '50 ended',
    '1 ended',
  ]);
});

test('a ban that was followed by another in its jail has ended, however long it should have lasted', () => {
  expect(outcomes([event({ after: 95 }), event({ after: 50, duration_seconds: -1 })], ['sshd'])).toEqual([
    '95 now',
    '50 ended',
  ]);
});

test('an unban belongs to the last ban before it in its jail, and names who did it', () => {
  const unban = { action: 'unban', duration_seconds: null } as const;
  expect(
    outcomes(
      [
        event({ after: 62, ...unban, jail: 'recidive' }),
        event({ after: 61, ...unban, origin: 'manual', actor: 'marta' }),
        event({ after: 60, jail: 'recidive' }),
        event({ after: 59 }),
        event({ after: 10, ...unban }),
        event({ after: 9 }),
      ],
      ['sshd'],
    ),
  ).toEqual(['60 ended', '59 unbanned by marta', '9 ended']);
});

test('a permanent ban, or one whose time is not over, is open as long as no end was seen', () => {
  expect(outcomes([event({ after: 99 }), event({ after: 5, jail: 'a', duration_seconds: -1 })])).toEqual([
    '99 open',
    '5 open',
  ]);
});
