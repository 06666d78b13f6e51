/** Counters of rules that begin at 0 again with each start of the jail. */
import { expect, test } from 'vitest';
import { countOn } from './count-hits.ts';

const read = (packets: number, countingSince: number | null, countedAt: number) => ({
  packets,
  bytes: packets * 60,
  countingSince,
  countedAt,
});
const total = (hits: ReturnType<typeof countOn>) => [
  hits.before.packets + hits.packets,
  hits.before.bytes + hits.bytes,
];

test('what was counted before a restart of the counters counts on', () => {
  const first = countOn(null, read(100, 1_000, 2_000), 2_000);
  expect(total(first)).toEqual([100, 6_000]);
  const more = countOn(first, read(150, 1_000, 3_000), 3_000);
  expect(total(more)).toEqual([150, 9_000]);
  const fewer = countOn(more, read(20, 3_500, 4_000), 4_000);
  expect(total(fewer)).toEqual([170, 10_200]);
  // more than before, but counted from another moment on
  const overtaken = countOn(fewer, read(500, 4_500, 5_000), 5_000);
  expect(total(overtaken)).toEqual([670, 40_200]);
  expect(overtaken).toMatchObject({ since: 1_000, counted_at: 5_000 });
});
