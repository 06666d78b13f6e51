/** Sets of addresses against another library, and against one bit an address. */
import { containsCidr, excludeCidr, mergeCidr, overlapCidr } from 'cidr-tools';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAddress, type Address } from '../address.ts';
import {
  countV4,
  emptySet,
  fromAddresses,
  holds,
  intersect,
  overlaps,
  subtract,
  union,
  type AddressSet,
} from './address-set.ts';
import { countPrefixes, prefixAddress, walkPrefixes4, walkPrefixes6 } from './prefixes.ts';

const address = (text: string): Address => parseAddress(text) ?? expect.unreachable(`${text} is an address`);
const setOf = (...texts: string[]): AddressSet => fromAddresses(texts.map(address));

/** Without `/32` and `/128`, as addresses are spelt. */
function prefixesOf({ v4, v6 }: AddressSet): string[] {
  const texts: string[] = [];
  walkPrefixes4(v4, (first, prefix) => void texts.push(prefixAddress([first], prefix)));
  walkPrefixes6(v6, (first, prefix) => void texts.push(prefixAddress(first, prefix)));
  return texts;
}

const spelt = (texts: readonly string[]): string[] => texts.map((text) => address(text)).toSorted();
const sorted = (set: AddressSet): string[] => prefixesOf(set).toSorted();

/** Near each other, so that they touch, overlap and repeat; and at both ends of all addresses. */
const near4 = fc
  .tuple(
    fc.constantFrom('198.51.100.', '0.0.0.', '255.255.255.', '127.255.255.'),
    fc.nat(255),
    fc.integer({ min: 22, max: 32 }),
  )
  .map(([begin, last, prefix]) => `${begin}${last}/${prefix}`);
const near6 = fc
  .tuple(
    fc.constantFrom(
      '2001:db8::',
      '::',
      'ffff:ffff:ffff:ffff:ffff:ffff:ffff:',
      '2001:db8:0:0:ffff:ffff:ffff:',
    ),
    fc.nat(255),
    fc.integer({ min: 118, max: 128 }),
  )
  .map(([begin, last, prefix]) => `${begin}${(last + 0xff00).toString(16)}/${prefix}`);
const wide = fc.oneof(
  fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([ip, prefix]) => `${ip}/${prefix}`),
  fc
    .tuple(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), fc.integer({ min: 0, max: 128 }))
    .map(([ip, prefix]) => {
      const hex = ip.toString(16).padStart(32, '0');
      return `${(hex.match(/.{4}/g) ?? []).join(':')}/${prefix}`;
    }),
);
const networks = fc
  .array(fc.oneof({ weight: 4, arbitrary: near4 }, { weight: 4, arbitrary: near6 }, wide), { maxLength: 40 })
  // a network of the mapped block is IPv4 to us, IPv6 to others
  .map((texts) =>
    texts
      .filter((text) => !text.startsWith('0000:0000:0000:0000:0000:ffff'))
      .map((text) => String(address(text))),
  );

describe('sets of addresses', () => {
  test('merge networks as another library does', () => {
    fc.assert(
      fc.property(networks, (texts) => {
        expect(sorted(setOf(...texts))).toEqual(spelt(mergeCidr(texts)));
      }),
      { numRuns: 150 },
    );
  });

  test('unite, subtract and intersect as another library does', () => {
    fc.assert(
      fc.property(networks, networks, (a, b) => {
        const [setA, setB] = [setOf(...a), setOf(...b)];
        expect(sorted(union(setA, setB))).toEqual(spelt(mergeCidr([...a, ...b])));
        expect(sorted(subtract(setA, setB))).toEqual(spelt(excludeCidr(a, b)));
        expect(sorted(intersect(setA, setB))).toEqual(spelt(excludeCidr(a, excludeCidr(a, b))));
      }),
      { numRuns: 150 },
    );
  });

  test('know what they hold whole, and what in part, as another library does', () => {
    fc.assert(
      fc.property(networks, fc.oneof(near4, near6, wide), (texts, asked) => {
        const set = setOf(...texts);
        const one = address(asked);
        expect(holds(set, one)).toBe(texts.length > 0 && containsCidr(mergeCidr(texts), one));
        expect(overlaps(set, one)).toBe(overlapCidr(texts, one));
      }),
      { numRuns: 400 },
    );
  });

  test('agree with one bit an address', () => {
    const range = fc
      .tuple(fc.nat(255), fc.nat(255))
      .map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]);
    const base = 0xffff_ff00;
    const bitsOf = (ranges: readonly [number, number][]): boolean[] =>
      Array.from({ length: 256 }, (_, bit) => ranges.some(([first, last]) => first <= bit && bit <= last));
    const setOfBits = (bits: readonly boolean[]): AddressSet =>
      fromAddresses(bits.flatMap((bit, index) => (bit ? [address(prefixAddress([base + index], 32))] : [])));
    fc.assert(
      fc.property(fc.array(range, { maxLength: 8 }), fc.array(range, { maxLength: 8 }), (a, b) => {
        const [bitsA, bitsB] = [bitsOf(a), bitsOf(b)];
        const [setA, setB] = [setOfBits(bitsA), setOfBits(bitsB)];
        const expected = (keep: (inA: boolean, inB: boolean) => boolean): AddressSet =>
          setOfBits(bitsA.map((inA, index) => keep(inA, bitsB[index] ?? false)));
        expect(union(setA, setB)).toEqual(expected((inA, inB) => inA || inB));
        expect(subtract(setA, setB)).toEqual(expected((inA, inB) => inA && !inB));
        expect(intersect(setA, setB)).toEqual(expected((inA, inB) => inA && inB));
        expect(countV4(setA)).toBe(bitsA.filter(Boolean).length);
      }),
      { numRuns: 200 },
    );
  });

  test('reach from the first address to the last', () => {
    const all = setOf('0.0.0.0/0', '::/0');
    expect(prefixesOf(all)).toEqual(['0.0.0.0/0', '::/0']);
    expect(countV4(all)).toBe(2 ** 32);
    expect(countPrefixes(all)).toEqual({ v4: 1, v6: 1 });
    const holed = subtract(all, setOf('255.255.255.255', '::'));
    expect(countPrefixes(holed)).toEqual({ v4: 32, v6: 128 });
    expect(union(holed, setOf('255.255.255.255', '::'))).toEqual(all);
    expect(subtract(all, all)).toEqual(emptySet);
  });
});
