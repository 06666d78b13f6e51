import { expect, test } from 'vitest';
import { rangeOf, readDashboardView } from './dashboard-view.ts';

test('what the page does not know leaves the URL', () => {
  expect(readDashboardView({ range: '24h', origin: 'all', jail: 'sshd' })).toEqual({});
  expect(readDashboardView({ range: '8d', origin: 'own' })).toEqual({ origin: 'own' });
  expect(readDashboardView({ range: '30d' })).toEqual({ range: '30d' });
});

test('a stretch of its own wins over a length, is written in UTC, and vanishes when it is turned round', () => {
  const from = '2026-11-21T12:00:00+01:00';
  expect(readDashboardView({ range: '7d', from, to: '2026-11-22T00:00:00Z' })).toEqual({
    from: '2026-11-21T11:00:00.000Z',
    to: '2026-11-22T00:00:00.000Z',
  });
  expect(readDashboardView({ from, to: '2026-11-20T00:00:00Z' })).toEqual({});
  expect(readDashboardView({ from: 'yesterday' })).toEqual({});
});

test('a link to another page names the range, for the usual one may differ there', () => {
  expect(rangeOf({})).toEqual({ range: '24h' });
  expect(rangeOf({ range: '7d' })).toEqual({ range: '7d' });
  expect(rangeOf({ from: 'a', to: 'b' })).toEqual({ from: 'a', to: 'b' });
});
