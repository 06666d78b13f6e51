/** What a run says of its way: only what can be known. */
import { expect, test } from 'vitest';
import type { Run } from './blocklists-query.ts';
import { progressOf } from './run-progress.ts';

const started = Date.parse('2026-11-28T12:00:00Z');
const counts = {
  lines: 0,
  valid: 0,
  invalid: 0,
  reserved: 0,
  allowed: 0,
  duplicates: 0,
  prefixes: 0,
  added: 0,
  removed: 0,
  bytes: 0,
  bytes_total: null,
  enforced: null,
};
const run = (some: Partial<Run>): Run => ({
  id: 1,
  source_id: 1,
  source_name: 'list',
  cause: 'schedule',
  actor: null,
  state: 'running',
  queued_at: '2026-11-28T12:00:00Z',
  started_at: '2026-11-28T12:00:00Z',
  ended_at: null,
  step: 'read',
  steps: [{ name: 'download', outcome: 'done', ms: 2_000, detail: '' }],
  counts,
  refusals: [],
  error: null,
  ...some,
});

test('lines are measured against the version before, and the time left from the reading alone', () => {
  const reading = run({ counts: { ...counts, lines: 600 } });
  expect(progressOf(reading, 1_000, started + 8_000)).toEqual({
    unit: 'lines',
    done: 600,
    of: 1_000,
    share: 0.6,
    leftMs: 4_000,
  });
});

test('a list that has outgrown the one before, or has none, promises nothing', () => {
  const reading = run({ counts: { ...counts, lines: 1_200 } });
  expect(progressOf(reading, 1_000, started + 8_000)).toMatchObject({ of: null, share: null, leftMs: null });
  expect(progressOf(reading, null, started + 8_000)).toMatchObject({ of: null, share: null, leftMs: null });
});

test('a download of unknown length has no share, one of known length has', () => {
  const loading = run({ step: 'download', steps: [], counts: { ...counts, bytes: 500 } });
  expect(progressOf(loading, null, started + 2_000).share).toBeNull();
  const announced = { ...loading, counts: { ...loading.counts, bytes_total: 2_000 } };
  expect(progressOf(announced, null, started + 2_000)).toMatchObject({ share: 0.25, leftMs: 6_000 });
});
