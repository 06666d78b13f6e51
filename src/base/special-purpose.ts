/** IANA's special-purpose address registries as data: what is not globally reachable, and the exceptions inside. */

/**
 * Blocks of iana-ipv4-special-registry and iana-ipv6-special-registry whose "Globally Reachable" is False, and
 * multicast from its own registries. The narrower block comes first: its name says more.
 */
export const unreachableBlocks: readonly { network: string; name: string }[] = [
  { network: '0.0.0.0/8', name: 'this network' },
  { network: '10.0.0.0/8', name: 'private use' },
  { network: '100.64.0.0/10', name: 'shared address space' },
  { network: '127.0.0.0/8', name: 'loopback' },
  { network: '169.254.0.0/16', name: 'link-local' },
  { network: '172.16.0.0/12', name: 'private use' },
  { network: '192.0.0.0/24', name: 'IETF protocol assignments' },
  { network: '192.0.2.0/24', name: 'documentation' },
  { network: '192.168.0.0/16', name: 'private use' },
  { network: '198.18.0.0/15', name: 'benchmarking' },
  { network: '198.51.100.0/24', name: 'documentation' },
  { network: '203.0.113.0/24', name: 'documentation' },
  { network: '224.0.0.0/4', name: 'multicast' },
  { network: '255.255.255.255', name: 'limited broadcast' },
  { network: '240.0.0.0/4', name: 'reserved' },
  { network: '::', name: 'unspecified address' },
  { network: '::1', name: 'loopback' },
  // The mapped block ::ffff:0:0/96 itself is read as IPv4, so that only networks around it are left to stop.
  { network: '::fffe:0:0/95', name: 'IPv4-mapped addresses' },
  { network: '64:ff9b:1::/48', name: 'local IPv4/IPv6 translation' },
  { network: '100::/64', name: 'discard-only' },
  { network: '100:0:0:1::/64', name: 'dummy prefix' },
  { network: '2001:2::/48', name: 'benchmarking' },
  { network: '2001:db8::/32', name: 'documentation' },
  { network: '2001::/23', name: 'IETF protocol assignments' },
  { network: '3fff::/20', name: 'documentation' },
  { network: '5f00::/16', name: 'segment routing' },
  { network: 'fc00::/7', name: 'unique local' },
  { network: 'fe80::/10', name: 'link-local' },
  { network: 'ff00::/8', name: 'multicast' },
];

/** More specific registrations inside those blocks that are globally reachable. */
export const reachableExceptions: readonly string[] = [
  '192.0.0.9',
  '192.0.0.10',
  '2001:1::1',
  '2001:1::2',
  '2001:1::3',
  '2001:3::/32',
  '2001:4:112::/48',
  '2001:20::/28',
  '2001:30::/28',
];
