/** What the guard stops, and what it lets through. */
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../base/address.ts';
import { guard, impossible, type Guarded } from './guard.ts';

const world: Guarded = {
  client: '8.8.8.8',
  proxies: ['9.9.9.9', '2a00:1450::1'],
  ownAddresses: ['5.6.7.8', 'fe80::1%eth0', '2a01:4f8::5'],
  ignored: ['4.4.0.0/24', 'office.example', '2a02::/32'],
};
const look = (text: string): string | null => {
  const address = parseAddress(text);
  if (address === null) throw new Error(`${text} is no address`);
  return guard(address, world);
};

describe('stopped', () => {
  test.each([
    ['8.8.8.8', 'you are here'],
    ['8.8.8.0/24', 'you are here'],
    ['9.9.9.9', 'proxy'],
    ['2a00:1450::/48', 'proxy'],
    ['5.6.7.8', 'this machine'],
    ['5.6.0.0/16', 'this machine'],
    ['2a01:4f8::/64', 'this machine'],
    ['127.0.0.1', 'loopback'],
    ['127.8.0.0/16', 'loopback'],
    ['::1', 'loopback'],
    ['10.1.2.3', 'private'],
    ['172.31.0.0/24', 'private'],
    ['192.168.1.1', 'private'],
    ['100.64.1.1', 'shared'],
    ['169.254.1.1', 'link-local'],
    ['203.0.113.9', 'documentation'],
    ['2001:db8::1', 'documentation'],
    ['224.0.0.1', 'multicast'],
    ['0.1.2.3', 'this network'],
    ['255.255.255.255', 'broadcast'],
    ['fc00::1', 'unique local'],
    ['4.4.0.7', 'ignore 4.4.0.0/24'],
    ['4.4.0.0/20', 'ignore 4.4.0.0/24'],
    ['2a02:0:1::1', 'ignore 2a02::/32'],
    ['20.0.0.0/15', 'wider than /16'],
    ['2600::/31', 'wider than /32'],
    ['0.0.0.0/0', 'you'],
  ])('%s: %s', (text, reason) => {
    expect(look(text)).toContain(reason);
  });
});

test.each(['1.2.3.4', '20.0.0.0/16', '2600:1f00::1', '2600::/32', '4.4.1.0/24', '8.8.4.4'])(
  'let through: %s',
  (text) => {
    expect(look(text)).toBeNull();
  },
);

test.each(['0.0.0.0/0', '::/0'])('%s is not possible, forced or not', (text) => {
  const address = parseAddress(text);
  if (address === null) throw new Error('no address');
  expect(impossible(address)).toContain('every address');
});
