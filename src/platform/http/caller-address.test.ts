/** Whose address a call counts for. */
import { expect, test } from 'vitest';
import { parseAddress, type Address } from '../../base/address.ts';
import { isLoopbackHost, limitKey, locateCaller } from './caller-address.ts';

const trusted = ['10.0.0.0/8', 'fd00::/8'].map((text): Address => parseAddress(text) ?? expect.fail());
const locate = (remoteAddress: string, forwarded?: string) =>
  locateCaller({
    remoteAddress,
    trusted,
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  });

test('a direct client is itself, in canonical spelling', () => {
  expect(locate('::ffff:192.0.2.1')).toEqual({ client: '192.0.2.1', proxies: [], forwardedUntrusted: false });
});

test('a header from a peer that is not trusted changes nothing but is noticed', () => {
  expect(locate('192.0.2.1', '198.51.100.7')).toEqual({
    client: '192.0.2.1',
    proxies: [],
    forwardedUntrusted: true,
  });
});

test('trusted proxies are walked from our end, and what is further left is not believed', () => {
  expect(locate('10.0.0.1', '127.0.0.1, 203.0.113.9, 10.9.9.9')).toEqual({
    client: '203.0.113.9',
    proxies: ['10.0.0.1', '10.9.9.9'],
    forwardedUntrusted: false,
  });
});

test.each([
  ['unknown', '10.0.0.1'],
  ['', '10.0.0.1'],
  [', ,', '10.0.0.1'],
  ['203.0.113.9, garbage\n', '10.0.0.1'],
  ['203.0.113.9:4711', '203.0.113.9'],
  ['[2001:db8::9]:4711', '2001:db8::9'],
  ['2001:DB8:0::9', '2001:db8::9'],
  ['fe80::1%eth0', '10.0.0.1'],
  [`${'1.1.1.1,'.repeat(5000)}203.0.113.9`, '203.0.113.9'],
])('the header %j from a trusted proxy gives %s', (header, client) => {
  expect(locate('10.0.0.1', header).client).toBe(client);
});

test('a connection without an address is counted as one unknown client', () => {
  expect(locateCaller({ remoteAddress: undefined, headers: {}, trusted }).client).toBe('unknown');
});

test('an IPv6 subscriber is counted once for its whole network', () => {
  expect(limitKey('2001:db8:1:2:3::4')).toBe(limitKey('2001:db8:1:2:ffff::1'));
  expect(limitKey('2001:db8:1:2::1')).not.toBe(limitKey('2001:db8:1:3::1'));
  expect(limitKey('192.0.2.1')).toBe('192.0.2.1');
});

test.each([
  ['localhost:8000', true],
  ['LOCALHOST', true],
  ['app.localhost', true],
  ['127.0.0.1:8000', true],
  ['[::1]:8000', true],
  ['127.0.0.1.evil.example', false],
  ['localhost.evil.example', false],
  ['192.0.2.1', false],
  [undefined, false],
])('the host %s is this machine: %s', (host, expected) => {
  expect(isLoopbackHost(host)).toBe(expected);
});
