/** The choice of ranges, for any offenders: no better choice exists, none overlap, all counts are right. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressKey, contains, parseAddress, prefixLength, type Address } from '../../base/address.ts';
import { createCoverSearch, type Cover } from './cover-ranges.ts';

const parsed = (text: string): Address => {
  const address = parseAddress(text);
  if (address === null) throw new Error(text);
  return address;
};

function search(addresses: readonly string[], atLeast: number): Cover[] {
  const blocks = new Map<string, number>();
  for (const address of new Set(addresses)) {
    const key = addressKey(address).slice(0, address.includes(':') ? 17 : 7);
    blocks.set(key, (blocks.get(key) ?? 0) + 1);
  }
  const covers = createCoverSearch({ atLeast, most: 100_000 });
  for (const [key, count] of [...blocks].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    covers.add({ key, addresses: count });
  }
  return covers.finish();
}

/** Few enough octets that networks fill up. */
const ipv4 = fc
  .tuple(fc.constantFrom(10, 11), fc.constantFrom(0, 1), fc.constantFrom(0, 1, 2, 3, 200), fc.nat(255))
  .map((parts) => parts.join('.'));
const ipv6 = fc
  .tuple(fc.constantFrom('2', '3'), fc.constantFrom('1', '2', '100', 'ff00'), fc.nat(3))
  .map(([net, sub, host]) => `2001:db8:${net}:${sub}::${host + 1}`);
const offenders = fc.array(fc.oneof({ weight: 5, arbitrary: ipv4 }, { weight: 1, arbitrary: ipv6 }), {
  maxLength: 500,
});
const asked = fc.integer({ min: 2, max: 40 });

test('ranges hold what they say, as many as asked for, and never the same address twice', () => {
  fc.assert(
    fc.property(offenders, asked, (addresses, atLeast) => {
      const all = [...new Set(addresses)].map(parsed);
      const covers = search(addresses, atLeast);
      for (const cover of covers) {
        const inside = all.filter((address) => contains(cover.range, address));
        expect(parsed(cover.range)).toBe(cover.range);
        expect(cover.addresses).toBe(inside.length);
        expect(cover.addresses).toBeGreaterThanOrEqual(atLeast);
        expect(cover.offending).toBeLessThanOrEqual(cover.size);
        expect(cover.worth).toBeGreaterThan(0);
      }
      const overlapping = covers.filter((a) => covers.some((b) => a !== b && contains(a.range, b.range)));
      expect(overlapping).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('no other choice of ranges is worth more', () => {
  /** Every range of IPv4 that could be chosen, by trying all of them from above. */
  const best = (range: Address, all: readonly Address[], atLeast: number): number => {
    const inside = all.filter((address) => contains(range, address));
    if (inside.length < atLeast) return 0;
    const prefix = prefixLength(range);
    const others = 2 ** (32 - prefix) - inside.length;
    const own = inside.length - 1 - ((atLeast - 1) / 256) * others;
    if (prefix === 24) return Math.max(0, own);
    const octets = range.replace(/\/.*/, '').split('.').map(Number);
    const second = octets.reduce((sum, octet) => sum * 256 + octet, 0) + 2 ** (31 - prefix);
    const upper = [24, 16, 8, 0].map((shift) => Math.floor(second / 2 ** shift) % 256).join('.');
    const halves = [range.replace(/\/.*/, ''), upper].map((start) => parsed(`${start}/${prefix + 1}`));
    return Math.max(
      0,
      own,
      halves.reduce((sum, half) => sum + best(half, inside, atLeast), 0),
    );
  };
  fc.assert(
    fc.property(fc.array(ipv4, { maxLength: 400 }), asked, (addresses, atLeast) => {
      const all = [...new Set(addresses)].map(parsed);
      const wide = ['10.0.0.0/16', '10.1.0.0/16', '11.0.0.0/16', '11.1.0.0/16'].map(parsed);
      const most = wide.reduce((sum, range) => sum + best(range, all, atLeast), 0);
      const found = search(addresses, atLeast).reduce((sum, cover) => sum + cover.worth, 0);
      expect(found).toBeCloseTo(most, 6);
    }),
    { numRuns: 100 },
  );
});

const run = (network: string, count: number, from = 1): string[] =>
  Array.from({ length: count }, (_, index) => `${network}.${from + index}`);

test('a wide range is only advised where its offenders are spread over it', () => {
  const ranges = (addresses: readonly string[], atLeast = 3) =>
    search(addresses, atLeast).map((cover) => cover.range);
  expect(ranges(run('203.0.113', 60))).toEqual(['203.0.113.0/24']);
  expect(ranges([...run('198.51.100', 4), ...run('198.51.101', 4)])).toEqual(['198.51.100.0/23']);
  expect(ranges([...run('198.51.100', 4), ...run('198.51.180', 4)])).toHaveLength(2);
  expect(ranges(run('203.0.113', 2))).toEqual([]);
  expect(ranges(run('203.0.113', 2), 2)).toEqual(['203.0.113.0/24']);
  expect(ranges(['2001:db8:1:1::1', '2001:db8:1:1::2', '2001:db8:1:1::3'])).toEqual(['2001:db8:1:1::/64']);
  expect(ranges(Array.from({ length: 40 }, (_, index) => `2001:db8:1:${index}::1`))).toEqual([
    '2001:db8:1::/56',
  ]);
});
