/** The URL of the history, its one search field, and which live events belong to it. */
import { expect, test } from 'vitest';
import { readHistoryView, without } from './history-view.ts';
import { readHeardEvent, type HeardEvent } from './heard-event.ts';
import { belongs, newsFor } from './match-live.ts';
import { splitSearch } from './search-split.ts';

test('filters are read under the names of the API, in one spelling', () => {
  const search = {
    ip: '203.0.113.0/24',
    jail: ' sshd ',
    country: '!de',
    asn: '!AS64496',
    text: 'root',
    origin: 'own',
    action: 'ban',
    range: '7d',
    row: '1795',
  };
  expect(readHistoryView(search)).toEqual({ ...search, jail: 'sshd', country: '!DE', asn: '!64496' });
});

test('what is no filter leaves the URL', () => {
  expect(
    readHistoryView({
      ip: 'root',
      country: 'Germany',
      asn: 'AS',
      origin: 'all',
      action: 'kick',
      range: '2h',
      from: 'yesterday',
      row: 'x',
      page: '3',
    }),
  ).toEqual({});
});

test('from and to win over range, and a range turned round is none', () => {
  const from = '2026-11-22T00:00:00.000Z';
  const to = '2026-11-23T00:00:00.000Z';
  expect(readHistoryView({ range: '7d', from, to: '2026-11-23T01:00:00+01:00' })).toEqual({ from, to });
  expect(readHistoryView({ from: to, to: from })).toEqual({});
});

test('dropping a filter keeps the others and closes the row', () => {
  expect(without({ jail: 'sshd', country: 'DE', row: '7' }, 'country')).toEqual({ jail: 'sshd' });
});

test.each([
  ['203.0.113.7', { ip: '203.0.113.7' }],
  [' 203.0.113.7/24 ', { ip: '203.0.113.0/24' }],
  ['2001:DB8::1', { ip: '2001:db8::1' }],
  ['203.', { ip: '203.0.0.0/8' }],
  ['203.0.113', { ip: '203.0.0.0/16' }],
  ['203.0.113.*', { ip: '203.0.113.0/24' }],
  ['999.1.', { text: '999.1.' }],
  ['failed password', { text: 'failed password' }],
  ['root', { text: 'root' }],
  ['22', { text: '22' }],
  ['  ', null],
])('%j asks for %j', (typed, expected) => {
  expect(splitSearch(typed)).toEqual(expected);
});

const event: HeardEvent = {
  action: 'ban',
  ip: '203.0.113.7',
  jail: 'sshd',
  at: Date.parse('2026-11-22T12:00:00Z'),
  country: 'DE',
  asn: 64496,
  origin: null,
};

test.each([
  [{}, 'yes'],
  [{ jail: 'sshd', action: 'ban', country: 'DE', asn: '64496', ip: '203.0.113.0/24' }, 'yes'],
  [{ jail: 'postfix' }, 'no'],
  [{ action: 'unban' }, 'no'],
  [{ ip: '203.0.114.0/24' }, 'no'],
  [{ country: '!DE' }, 'no'],
  [{ country: '!FR', asn: '!1' }, 'yes'],
  [{ to: '2026-11-22T11:00:00.000Z' }, 'no'],
  [{ text: 'root' }, 'maybe'],
  [{ origin: 'manual' }, 'maybe'],
  [{ origin: 'manual', jail: 'postfix' }, 'no'],
] as const)('a ban of the stream belongs to %j: %s', (view, expected) => {
  expect(belongs(view, event)).toBe(expected);
});

test('only bans and unbans that can be read are events of the history', () => {
  expect(
    readHeardEvent({ type: 'unban', data: { ip: '192.0.2.1', jail: 'sshd', at: '2026-11-22T12:00:00Z' } }),
  ).toMatchObject({ action: 'unban', ip: '192.0.2.1', at: event.at, country: null });
  expect(readHeardEvent({ type: 'ban', data: { ip: '192.0.2.1' } })).toBeNull();
  expect(readHeardEvent({ type: 'status', data: {} })).toBeNull();
});

test('events gather from the one last seen on, and many at once count where nothing narrows the list', () => {
  const news = {
    count: 3,
    heard: [
      { no: 1, event, many: 1 },
      { no: 2, event: { ...event, jail: 'postfix' }, many: 1 },
      { no: 3, event: null, many: 40 },
    ],
  };
  expect(newsFor(news, 0, { range: '7d' })).toMatchObject({ count: 42, open: true });
  expect(newsFor(news, 1, {})).toMatchObject({ count: 41 });
  expect(newsFor(news, 0, { jail: 'sshd' })).toEqual({ count: 1, open: true, expected: [event] });
  expect(newsFor(news, 3, {})).toEqual({ count: 0, open: false, expected: [] });
});
