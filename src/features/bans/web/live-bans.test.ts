import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, test } from 'vitest';
import type { ActiveBan } from './bans-query.ts';
import { applyToBans, mergeNewest, readLiveBan, settle, touches, type LiveBan } from './live-bans.ts';

const at = (minute: number): string => `2026-11-22T12:${String(minute).padStart(2, '0')}:00.000Z`;

const live = (ip: string, minute = 0, count = 1): LiveBan => ({
  ip,
  jail: 'sshd',
  banned_at: at(minute),
  expires_at: at(minute + 10),
  ban_count: count,
  country: 'NL',
  asn: 64_496,
  as_name: 'Kestrel Cloud',
});

const held = (ip: string, minute = 0, count = 1): ActiveBan => ({
  ...live(ip, minute, count),
  origin: 'own',
  reason: null,
  banned_by: null,
  ends_early: false,
});

const event = (type: string, data: unknown) => ({ type, data });

test('a ban and its unban in one batch leave nothing to show', () => {
  const { added, ended } = settle([
    event('ban', live('192.0.2.1')),
    event('unban', { ...live('192.0.2.1'), at: at(1) }),
  ]);
  expect(added).toEqual([]);
  expect([...ended]).toEqual(['192.0.2.1@sshd']);
});

test('an unban followed by a new ban is a ban', () => {
  const { added, ended } = settle([
    event('unban', { ip: '192.0.2.1', jail: 'sshd', at: at(1) }),
    event('ban', live('192.0.2.1', 2)),
  ]);
  expect(added.map((ban) => ban.ip)).toEqual(['192.0.2.1']);
  expect(ended.size).toBe(0);
});

test.each(['bans_changed', 'resync'])('%s means reading the lists again', (type) => {
  expect(settle([event(type, {})]).whole).toBe(true);
});

test('an event that cannot be read means reading the lists again', () => {
  expect(readLiveBan({ ip: 1 })).toBeNull();
  expect(settle([event('ban', { jail: 'sshd' })]).whole).toBe(true);
});

test('a status event changes no list of bans', () => {
  expect(settle([event('status', {})])).toEqual({ added: [], ended: new Set(), whole: false });
});

test('the newest stand on top, each ban once, and no more than asked for', () => {
  const rows = [held('192.0.2.3', 3), held('192.0.2.2', 2), held('192.0.2.1', 1)];
  const merged = mergeNewest(
    rows,
    [held('192.0.2.9', 9), held('192.0.2.1', 8)],
    new Set(['192.0.2.3@sshd']),
    3,
  );
  expect(merged.map((row) => row.ip)).toEqual(['192.0.2.9', '192.0.2.1', '192.0.2.2']);
  expect(mergeNewest(rows, [held('192.0.2.9', 9)], new Set(), 2)).toHaveLength(2);
});

test('the most repeated are read again only for an address that could stand among them', () => {
  const rows = [held('192.0.2.1', 1, 9), held('192.0.2.2', 2, 4)];
  expect(touches('repeated', rows, [live('192.0.2.9', 9, 3)], new Set())).toBe(false);
  expect(touches('repeated', rows, [live('192.0.2.9', 9, 5)], new Set())).toBe(true);
  expect(touches('repeated', rows, [], new Set(['192.0.2.2@sshd']))).toBe(true);
});

test('the next to end are read again only for a ban that ends sooner', () => {
  const rows = [held('192.0.2.1', 1), held('192.0.2.2', 5)];
  expect(touches('ending', rows, [live('192.0.2.9', 30)], new Set())).toBe(false);
  expect(touches('ending', rows, [live('192.0.2.9', 2)], new Set())).toBe(true);
  expect(touches('ending', [], [live('192.0.2.9', 2)], new Set())).toBe(true);
});

test('a ban is not undone by an answer that was on its way, and is from before it', async () => {
  const queryClient = new QueryClient();
  const answers = [Promise.withResolvers<unknown>(), Promise.withResolvers<unknown>()];
  let asked = 0;
  const query = { queryKey: ['bans', 'newest'], queryFn: () => answers[asked++]?.promise };
  const stop = new QueryObserver(queryClient, query).subscribe(() => {});
  applyToBans(queryClient, [event('ban', live('192.0.2.7'))]);
  answers[0]?.resolve({ items: [], next_cursor: null, total: 0 });
  answers[1]?.resolve({ items: [held('192.0.2.7')], next_cursor: null, total: 1 });
  await expect
    .poll(() => queryClient.getQueryData(query.queryKey))
    .toMatchObject({ items: [{ ip: '192.0.2.7' }] });
  expect(asked).toBe(2);
  stop();
  queryClient.clear();
});

test('what was read before the stream was open is read once more: a ban may lie between', async () => {
  const queryClient = new QueryClient();
  const answers = [[], [held('192.0.2.7')]];
  let asked = 0;
  const query = { queryKey: ['bans', 'newest'], queryFn: async () => ({ items: answers[asked++] }) };
  const stop = new QueryObserver(queryClient, query).subscribe(() => {});
  await expect.poll(() => queryClient.getQueryData(query.queryKey)).toEqual({ items: [] });
  applyToBans(queryClient, [event('opened', null)]);
  await expect
    .poll(() => queryClient.getQueryData(query.queryKey))
    .toMatchObject({ items: [{ ip: '192.0.2.7' }] });
  stop();
  queryClient.clear();
});
