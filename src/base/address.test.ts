import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  addressKey,
  contains,
  family,
  networkBounds,
  parseAddress,
  prefixLength,
  specialPurpose,
  type Address,
} from './address.ts';

const address = (text: string): Address => parseAddress(text) ?? expect.unreachable(`${text} is an address`);

const spellings = z.array(z.string().nullable());

/** One answer of Python's `ipaddress` per text: its canonical spelling, as a fact from outside this code. */
function pythonSpelling(texts: readonly string[]): (string | null)[] {
  const script = `
import sys, json, ipaddress
def one(text):
    try:
        net = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    return str(net.network_address) if net.prefixlen == net.max_prefixlen else str(net)
json.dump([one(text) for text in json.load(sys.stdin)], sys.stdout)`;
  const options = { input: JSON.stringify(texts) };
  return spellings.parse(JSON.parse(execFileSync('/usr/bin/python3', ['-c', script], options).toString()));
}

describe('parseAddress', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.7/32', '192.0.2.7'],
    ['203.0.113.5/24', '203.0.113.0/24'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['::/0', '::/0'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8::1/128', '2001:db8::1'],
    ['2001:db8:ffff::/33', '2001:db8:8000::/33'],
    ['1:0:3:4:5:6:7:8', '1:0:3:4:5:6:7:8'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::', '::'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['::ffff:102:304', '1.2.3.4'],
    ['::FFFF:1.2.3.4/120', '1.2.3.0/24'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
  ])('reads %s as %s', (text, canonical) => {
    expect(parseAddress(text)).toBe(canonical);
  });

  test.each([
    ['', 'empty'],
    ['01.2.3.4', 'leading zero'],
    ['1.2.3', 'short form'],
    ['1.2.3.4.5', 'too long'],
    ['256.1.1.1', 'octet too large'],
    ['0x7f.1.1.1', 'hexadecimal'],
    ['16909060', 'one number'],
    [' 1.2.3.4', 'leading space'],
    ['1.2.3.4 ', 'trailing space'],
    ['1.2.3.4\n', 'newline'],
    ['1.2.3.4\0', 'NUL'],
    ['1.2.3.4; rm', 'shell'],
    ['1.2.3.4/', 'no prefix length'],
    ['1.2.3.4/33', 'prefix too long'],
    ['1.2.3.4/08', 'prefix with leading zero'],
    ['1.2.3.4/-1', 'negative prefix'],
    ['1.2.3.4/255.255.255.0', 'dotted mask'],
    ['1.2.3.4/24/24', 'two prefixes'],
    ['fe80::1%eth0', 'zone id'],
    ['[::1]', 'brackets'],
    [':::', 'three colons'],
    ['1::2::3', 'two gaps'],
    ['1:2:3:4:5:6:7:8:9', 'nine groups'],
    ['1:2:3:4:5:6:7', 'seven groups'],
    ['1:2:3:4:5:6:7:8::', 'eight groups and a gap'],
    [':1:2:3:4:5:6:7', 'leading colon'],
    ['12345::', 'group too long'],
    ['g::', 'no hexadecimal digit'],
    ['1.2.3.4::', 'IPv4 not at the end'],
    ['::1.2.3', 'short IPv4 tail'],
    ['::01.2.3.4', 'leading zero in the IPv4 tail'],
    ['::/129', 'IPv6 prefix too long'],
    ['example.org', 'name'],
    ['--all', 'option'],
    ['١.٢.٣.٤', 'digits of another script'],
    ['1.2.3.4<F2B_END_COMMAND>', 'marker'],
    ['1'.repeat(5000), 'endless'],
  ])('refuses %j (%s)', (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  test('spells addresses and networks as Python does', () => {
    const part = fc.oneof(fc.constant(0), fc.constant(0), fc.nat(0xffff));
    const ipv6 = fc
      .tuple(fc.array(part, { minLength: 8, maxLength: 8 }), fc.nat(128), fc.boolean())
      // Python keeps the mapped block and writes its tail as IPv4; that difference has its own test above.
      .filter(([groups]) => groups.slice(0, 5).some((group) => group !== 0))
      .map(([groups, prefix, upper]) => {
        const text = groups.map((group) => group.toString(16)).join(':');
        return `${upper ? text.toUpperCase() : text}/${prefix}`;
      });
    const ipv4 = fc
      .tuple(fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }), fc.nat(32))
      .map(([bytes, prefix]) => `${bytes.join('.')}/${prefix}`);
    const nearly = fc.stringMatching(/^[0-9a-f:.]{0,12}(?:\/\d{1,3})?$/);
    const texts = [...fc.sample(fc.ipV6(), 500), ...fc.sample(fc.oneof(ipv4, ipv6, nearly), 4000)].filter(
      (text) => !/^0*:/.test(text) && !/\/0\d/.test(text) && !text.startsWith('::'),
    );
    const spelt = pythonSpelling(texts);
    const differing = texts.filter((text, index) => (parseAddress(text) ?? null) !== spelt[index]);
    expect(differing).toEqual([]);
    expect(spelt.filter((text) => text !== null).length).toBeGreaterThan(1000);
  });

  test('reads its own spelling as the same address', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV4Extended(), fc.ipV6(), fc.string()), (text) => {
        const once = parseAddress(text);
        if (once !== null) expect(parseAddress(once)).toBe(once);
      }),
    );
  });
});

describe('keys and bounds', () => {
  test('order IPv4 before IPv6 before other text, a network after its first address', () => {
    const ordered = [
      '1.2.3.4',
      '9.0.0.0',
      '9.0.0.0/8',
      '9.0.0.1',
      '10.0.0.1',
      '::1',
      '2001:db8::',
      '2001:db8::/32',
      'ff00::',
      'example.org',
    ];
    const byKey = [...ordered].reverse().sort((a, b) => (addressKey(a) < addressKey(b) ? -1 : 1));
    expect(byKey).toEqual(ordered);
  });

  test('the bounds of a network are the keys of its first and last address', () => {
    expect(networkBounds(address('203.0.113.64/26'))).toEqual({
      first: addressKey('203.0.113.64'),
      last: addressKey('203.0.113.127'),
    });
    expect(networkBounds(address('2001:db8::/31'))).toEqual({
      first: addressKey('2001:db8::'),
      last: addressKey('2001:db9:ffff:ffff:ffff:ffff:ffff:ffff'),
    });
    expect(networkBounds(address('::/0')).last).toBe(`6${'f'.repeat(32)}`);
    const single = networkBounds(address('192.0.2.1'));
    expect(single.first).toBe(single.last);
  });

  test('containment, family and prefix length', () => {
    expect(contains(address('10.0.0.0/8'), address('10.255.0.1'))).toBe(true);
    expect(contains(address('10.0.0.0/8'), address('10.1.0.0/16'))).toBe(true);
    expect(contains(address('10.1.0.0/16'), address('10.0.0.0/8'))).toBe(false);
    expect(contains(address('0.0.0.0/0'), address('::1'))).toBe(false);
    expect(contains(address('2001:db8::/33'), address('2001:db8:8000::1'))).toBe(false);
    expect(contains(address('::/0'), address('ff02::1'))).toBe(true);
    expect([family(address('1.2.3.4')), family(address('::1'))]).toEqual([4, 6]);
    expect(['1.2.3.4', '1.2.3.0/24', '::1', '::/0'].map((text) => prefixLength(address(text)))).toEqual([
      32, 24, 128, 0,
    ]);
  });
});

describe('specialPurpose', () => {
  test.each([
    ['0.1.2.3', 'this network'],
    ['10.1.2.3', 'private use'],
    ['100.127.255.255', 'shared address space'],
    ['127.0.0.1', 'loopback'],
    ['169.254.169.254', 'link-local'],
    ['172.31.255.255', 'private use'],
    ['192.0.0.8', 'IETF protocol assignments'],
    ['192.0.2.1', 'documentation'],
    ['192.168.0.1', 'private use'],
    ['198.19.0.1', 'benchmarking'],
    ['198.51.100.1', 'documentation'],
    ['203.0.113.1', 'documentation'],
    ['224.0.0.251', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'limited broadcast'],
    ['::', 'unspecified address'],
    ['::1', 'loopback'],
    ['::ffff:10.0.0.1', 'private use'],
    ['64:ff9b:1::1', 'local IPv4/IPv6 translation'],
    ['100::1', 'discard-only'],
    ['2001:2::1', 'benchmarking'],
    ['2001:db8::1', 'documentation'],
    ['2001:10::1', 'IETF protocol assignments'],
    ['3fff:fff::1', 'documentation'],
    ['5f00::1', 'segment routing'],
    ['fd00::1', 'unique local'],
    ['fe80::1', 'link-local'],
    ['ff02::1', 'multicast'],
    ['0.0.0.0/0', 'this network'],
    ['::/0', 'unspecified address'],
    ['8.0.0.0/6', 'private use'],
    ['192.0.0.0/16', 'IETF protocol assignments'],
    ['2001::/16', 'benchmarking'],
  ])('%s is, or overlaps, %s', (text, name) => {
    expect(specialPurpose(address(text))).toBe(name);
  });

  test.each([
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0/8',
    '100.63.255.255',
    '100.128.0.0/9',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.0.9',
    '192.0.0.10',
    '192.0.1.0/24',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '2001:1::1',
    '2001:3::1',
    '2001:20::/28',
    '2001:200::1',
    '2606:4700::1111',
    '64:ff9b::808:808',
    '2620:4f:8000::1',
  ])('%s is globally reachable', (text) => {
    expect(specialPurpose(address(text))).toBeNull();
  });
});
