/** Every order of log lines, and the bans that follow from it. */
import { expect, test } from 'vitest';
import { permanentEnd, type BanRow } from './ban-row.ts';
import { foldEvents, type JailEvent } from './fold-events.ts';

const t = 1_800_000_000_000;
const base = { jail: 'sshd', ip: '1.2.3.4', endsAt: null };
const ban = (at: number): JailEvent => ({ ...base, type: 'ban', at, restored: false });
const restore = (at: number): JailEvent => ({ ...base, type: 'ban', at, restored: true });
const unban = (at: number): JailEvent => ({ ...base, type: 'unban', at });
const again = (at: number): JailEvent => ({ ...base, type: 'again', at });
const increase = (at: number, count: number, endsAt: number | null): JailEvent => ({
  ...base,
  type: 'increase',
  at,
  count,
  endsAt,
  wallEnd: endsAt,
});
const row = (bannedAt: number, change: Partial<BanRow> = {}): BanRow => ({
  jail: 'sshd',
  ip: '1.2.3.4',
  bannedAt,
  expiresAt: bannedAt + 600_000,
  count: 1,
  ownDuration: false,
  confirmed: true,
  ...change,
});
const fold = (events: JailEvent[], known?: BanRow, banSeconds = 600) =>
  foldEvents({ events, known: new Map(known === undefined ? [] : [[known.ip, known]]), banSeconds });

test('a ban of an address that was free is new', () => {
  const folded = fold([ban(t)]);
  expect(folded.puts).toEqual([row(t, { confirmed: false })]);
  expect(folded.banned).toHaveLength(1);
  expect(folded.incomplete).toEqual([{ ip: '1.2.3.4', at: t, why: 'banned' }]);
});

test('a ban in a jail that bans for good has no end', () => {
  expect(fold([ban(t)], undefined, -1).puts[0]?.expiresAt).toBe(permanentEnd);
});

test('hearing twice of one ban changes nothing', () => {
  expect(fold([ban(t + 40)], row(t))).toMatchObject({ puts: [], banned: [], removals: [] });
});

test('a ban whose end before was missed is new', () => {
  const folded = fold([ban(t)], row(t - 700_000));
  expect(folded.puts[0]?.bannedAt).toBe(t);
  expect(folded.banned).toHaveLength(1);
});

test('an end removes, an end of nothing does not', () => {
  expect(fold([unban(t)], row(t - 60_000))).toMatchObject({ removals: ['1.2.3.4'], unbanned: [{ at: t }] });
  expect(fold([unban(t)])).toMatchObject({ removals: [], unbanned: [] });
});

test('an end that arrives late does not end the ban after it', () => {
  expect(fold([unban(t - 2000)], row(t))).toMatchObject({ removals: [] });
});

test('ban and end in one batch leave nothing and say nothing', () => {
  expect(fold([ban(t), unban(t + 5000)])).toEqual({
    puts: [],
    removals: [],
    banned: [],
    unbanned: [],
    incomplete: [],
  });
});

test('end and ban in one batch are a new ban in the place of the old', () => {
  const folded = fold([unban(t), ban(t + 10)], row(t - 600_000));
  expect(folded).toMatchObject({ removals: [], puts: [{ bannedAt: t + 10 }] });
  expect(folded.banned).toHaveLength(1);
});

test('a restored ban is not news, keeps what is known and has its own duration from then on', () => {
  expect(fold([restore(t)], row(t - 60_000))).toMatchObject({
    puts: [{ bannedAt: t - 60_000, expiresAt: t + 540_000, ownDuration: true }],
    banned: [],
  });
  expect(fold([restore(t)])).toMatchObject({ banned: [], incomplete: [{ why: 'restored' }] });
});

test('a repeated ban prolongs to the jail’s ban time from then on, and never shortens', () => {
  expect(fold([again(t + 60_000)], row(t)).puts).toMatchObject([
    { bannedAt: t, expiresAt: t + 660_000, ownDuration: true },
  ]);
  expect(fold([again(t + 60_000)], row(t, { expiresAt: t + 9_000_000, ownDuration: true })).puts).toEqual([]);
});

test('an increase says count and end, for a time or for good', () => {
  expect(fold([ban(t), increase(t + 3, 2, t + 1_200_000)]).puts).toMatchObject([
    { bannedAt: t, expiresAt: t + 1_200_000, count: 2, ownDuration: true },
  ]);
  expect(fold([increase(t, 9, null)], row(t)).puts).toMatchObject([{ expiresAt: permanentEnd, count: 9 }]);
});
