/** Which addresses downloads may reach. */
import { expect, test } from 'vitest';
import { refusalOf } from './reachable.ts';

test.each([
  ['10.1.2.3', 'private use', null],
  ['100.64.0.1', 'shared address space', null],
  ['fd12::1', 'unique local', null],
  ['127.0.0.1', 'loopback', null],
  ['::1', 'loopback', null],
  ['169.254.1.1', 'link-local', 'link-local'],
  ['fe80::1', 'link-local', 'link-local'],
  ['::ffff:169.254.169.254', 'a metadata service of a cloud', 'a metadata service of a cloud'],
  ['2002:a9fe:a9fe::', 'a metadata service of a cloud', 'a metadata service of a cloud'],
  ['64:ff9b::a9fe:a9fe', 'a metadata service of a cloud', 'a metadata service of a cloud'],
  ['168.63.129.16', 'a metadata service of a cloud', 'a metadata service of a cloud'],
  ['0.0.0.0', 'no address of a machine', 'no address of a machine'],
  ['::', 'no address of a machine', 'no address of a machine'],
  ['239.1.1.1', 'multicast', 'multicast'],
  ['fe80::1%eth0', 'no address that can be checked', 'no address that can be checked'],
  ['9.9.9.9', null, null],
  ['2620:fe::fe', null, null],
])('%s: refused as %s, and as %s where private addresses are allowed', (address, usual, allowed) => {
  expect([refusalOf(address, false), refusalOf(address, true)]).toEqual([usual, allowed]);
});
