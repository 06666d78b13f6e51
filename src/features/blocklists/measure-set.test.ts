/** Sizes and overlaps of sets, beside counting one network after the other. */
import { mergeCidr } from 'cidr-tools';
import { expect, test } from 'vitest';
import { randomOf } from '../../../test/history-data.ts';
import { contains, parseAddress, type Address } from '../../base/address.ts';
import { fromAddresses, type AddressSet } from '../../base/address-set/address-set.ts';
import type { Without } from './list-jobs.ts';
import { measureSet, reachableV4 } from './measure-set.ts';

const parsed = (texts: readonly string[]): Address[] => texts.flatMap((text) => parseAddress(text) ?? []);
const setOf = (...texts: string[]): AddressSet => fromAddresses(parsed(texts));
const without = (...texts: string[]): Without[] =>
  parsed(texts).map((entry) => ({ entry, kind: 'allowed', meets: `${entry} (office, marta)` }));
const measure = (set: AddressSet, others: readonly AddressSet[] = [], never: readonly Without[] = []) =>
  measureSet(
    set,
    others.map((other) => async () => other),
    never,
  );

test('what is never blocked is taken out before anything is counted, and told with what it meets', async () => {
  const set = setOf('45.1.0.0/24', '81.2.69.142', '2a02:6b8::/32');
  expect(await measure(set, [], without('45.1.0.7', '2a02:6b8:1::/48', '9.9.9.9'))).toEqual({
    v4Entries: 9,
    v4Addresses: 256,
    v6Entries: 16,
    largest: { entry: '45.1.0.128/25', addresses: 128 },
    shared: [],
    elsewhere: 0,
    met: [
      { entry: '45.1.0.0/24', kind: 'allowed', meets: '45.1.0.7 (office, marta)', without: '45.1.0.7' },
      {
        entry: '2a02:6b8::/32',
        kind: 'allowed',
        meets: '2a02:6b8:1::/48 (office, marta)',
        without: '2a02:6b8:1::/48',
      },
    ],
    metTotal: 2,
  });
});

test('a list that is wholly allowed does nothing; the widest of IPv6 counts where there is no other', async () => {
  expect(await measure(setOf('45.1.0.7'), [setOf('45.1.0.0/16')], without('45.1.0.0/24'))).toMatchObject({
    v4Entries: 0,
    v6Entries: 0,
    largest: null,
    elsewhere: 0,
    metTotal: 1,
  });
  expect((await measure(setOf('2a02:6b8::1', '2a02:6b8:5::/48'))).largest).toEqual({
    entry: '2a02:6b8:5::/48',
    addresses: 2 ** 80,
  });
});

test('of a thousand entries that are met a hundred are told, and all are counted', async () => {
  const set = setOf(...Array.from({ length: 1_000 }, (_, n) => `45.${n >> 8}.${n & 255}.1`));
  const { met, metTotal } = await measure(set, [], without('45.0.0.0/8'));
  expect([met.length, metTotal]).toEqual([100, 1_000]);
});

test('the edges of both families', async () => {
  const set = setOf('0.0.0.0', '255.255.255.255', '::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff');
  const other = setOf('0.0.0.0/0', '::/0');
  expect(await measure(set, [other])).toMatchObject({ elsewhere: 4, shared: [4] });
  expect(await measure(other, [set])).toMatchObject({ v4Entries: 1, v6Entries: 1, shared: [2] });
});

test.each([1, 2, 3, 4, 5])('beside a slow count, seed %i', async (seed) => {
  const random = randomOf(seed);
  const upTo = (most: number): number => Math.floor(random() * most);
  const some = (): string[] =>
    Array.from({ length: 1 + upTo(60) }, () =>
      random() < 0.5
        ? `45.0.${upTo(3)}.${upTo(256)}/${22 + upTo(11)}`
        : `2a02:6b8::${(upTo(3) * 65_536).toString(16).slice(0, 4)}:${upTo(256).toString(16)}/${100 + upTo(29)}`,
    );
  const [own, ...others] = [some(), some(), some()];
  const entries = mergedOf(own ?? []);
  const count = (lists: readonly string[][]): number =>
    entries.filter((entry) =>
      parsed(lists.flat()).some((other) => contains(other, entry) || contains(entry, other)),
    ).length;
  const measured = await measure(
    setOf(...(own ?? [])),
    others.map((list) => setOf(...list)),
  );
  expect(measured.v4Entries + measured.v6Entries).toBe(entries.length);
  expect(measured.shared).toEqual(others.map((list) => count([list])));
  expect(measured.elsewhere).toBe(count(others));
});

const mergedOf = (texts: readonly string[]): Address[] => parsed(mergeCidr([...texts]));

test('reachable IPv4 addresses are those outside of the special blocks', () => {
  expect(reachableV4).toBeGreaterThan(3_600_000_000);
  expect(reachableV4).toBeLessThan(3_800_000_000);
});
