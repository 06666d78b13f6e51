/** Figures of a draft's replay, and the honest word on logs that are shorter than what was asked. */
import { expect, test } from 'vitest';
import { bansOver, reachOf } from './draft-replay-figures.ts';

const run = { ended_at: '2026-11-22T12:00:00.000Z' };
const result = {
  asked_from: '2026-11-15T12:00:00.000Z',
  reaches: '2026-10-01T00:00:00.000Z',
  to: '2026-11-22T11:59:00.000Z',
  bans: { now: 1602, trial: 17 },
};

test('bans are told a day of the time that was asked and that the lines cover', () => {
  expect(bansOver(run, result)).toEqual({ daily: true, now: '229', trial: '2.4' });
  const short = { ...result, reaches: '2026-11-20T12:00:00.000Z' };
  expect(bansOver(run, short)).toEqual({ daily: true, now: '801', trial: '8.5' });
});

test('of less than a day no share is made up', () => {
  const hours = { ...result, reaches: '2026-11-22T09:00:00.000Z' };
  expect(bansOver(run, hours)).toEqual({ daily: false, now: '1,602', trial: '17' });
  expect(bansOver(run, { ...result, reaches: null })).toMatchObject({ daily: false });
});

test('lines that begin later than was asked are told, with how much of it they are', () => {
  expect(reachOf(run, result)).toBeNull();
  expect(reachOf(run, { ...result, asked_from: null })).toBeNull();
  expect(reachOf(run, { ...result, reaches: '2026-11-15T12:30:00.000Z' })).toBeNull();
  expect(reachOf(run, { ...result, reaches: '2026-11-20T12:00:00.000Z' })).toEqual({
    begins: Date.parse('2026-11-20T12:00:00.000Z'),
    seconds: 2 * 86_400,
    askedSeconds: 7 * 86_400,
  });
});
