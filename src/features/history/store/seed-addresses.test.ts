/** The addresses of a seeding are told apart exactly as their texts are. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSeedAddresses } from './seed-addresses.ts';

const byte = fc.nat(255);
const ipv4 = fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join('.'));
/** Few of them, so that they come again; spelled as an address might be, and as none is. */
const text = fc.oneof(
  ipv4,
  fc.nat(300).map((n) => `192.0.2.${n}`),
  fc.constantFrom(
    '0.0.0.0',
    '255.255.255.255',
    '00.0.0.0',
    '1.2.3',
    '1.2.3.4.5',
    '1..2.3',
    '.1.2.3',
    '1.2.3.',
  ),
  fc.constantFrom(
    '',
    '01.2.3.4',
    '1.2.3.04',
    '256.1.1.1',
    '4294967295',
    '1.2.3.4/32',
    ' 1.2.3.4',
    '1.2.3.4\0',
  ),
  fc.ipV6(),
  fc.string({ maxLength: 12 }),
);

test('each text is found again, and no other in its stead', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 200 }), (texts) => {
      const addresses = createSeedAddresses();
      const places = new Map<string, number>();
      for (const one of texts) {
        expect(addresses.find(one)).toBe(places.get(one) ?? -1);
        if (places.has(one)) continue;
        const id = places.size + 7;
        places.set(one, addresses.put(one, { id, country: `C${id % 5}`, asn: id * 9, firstAt: id * 1000 }));
      }
      for (const [one, place] of places) {
        expect(addresses.find(one)).toBe(place);
        const id = addresses.id(place);
        expect(addresses.country(place)).toBe(`C${id % 5}`);
        expect([addresses.asn(place), addresses.firstAt(place)]).toEqual([id * 9, id * 1000]);
      }
    }),
  );
});

test('however many there are', () => {
  const addresses = createSeedAddresses();
  const count = 100_000;
  // neighbours, and some that lie a whole power of two apart
  const ipOf = (n: number): string => [n >> 16, (n >> 8) & 255, n & 255, n % 2 === 0 ? 1 : 129].join('.');
  for (let n = 0; n < count; n++)
    addresses.put(ipOf(n), { id: n, country: 'NL', asn: 2 ** 32 - 1, firstAt: n });
  for (let n = 0; n < count; n++) if (addresses.find(ipOf(n)) !== n) expect.fail(`${ipOf(n)} was lost`);
  expect(addresses.find('203.0.113.1')).toBe(-1);
  addresses.setFirstAt(5, 3);
  expect([addresses.firstAt(5), addresses.firstAt(6), addresses.asn(6)]).toEqual([3, 6, 2 ** 32 - 1]);
});
