/** What this machine cannot do without: its own addresses, its gateways and its name servers, as far as we see them. */
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { parseAddress, type Address } from '../base/address.ts';
import { writeBits } from '../base/ip-bits.ts';

export interface MachineAddresses {
  readonly ownAddresses: readonly Address[];
  readonly gateways: readonly Address[];
  readonly resolvers: readonly Address[];
}

/** Inside a container: those of the container. What cannot be read is left out. `root` is another than `/` in tests only. */
export async function readMachineAddresses(root = '/'): Promise<MachineAddresses> {
  const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8').catch(() => '');
  const [route4, route6, ...resolvers] = await Promise.all([
    read('proc/net/route'),
    read('proc/net/ipv6_route'),
    read('etc/resolv.conf'),
    // Where systemd-resolved listens on loopback, these are the servers behind it.
    read('run/systemd/resolve/resolv.conf'),
  ]);
  return {
    ownAddresses: unique(interfaceAddresses().flatMap((text) => parseAddress(text) ?? [])),
    gateways: unique([...gatewaysV4(route4), ...gatewaysV6(route6)]),
    resolvers: unique(resolvers.flatMap(nameServers)),
  };
}

function interfaceAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
}

/** proc_net(5): the third column is the gateway, its bytes in the machine's order, which is little-endian wherever we run. */
function gatewaysV4(table: string): Address[] {
  return table.split('\n').flatMap((line) => {
    const hex = /^\S+\s+[\dA-F]{8}\s+([\dA-F]{8})\s/.exec(line)?.[1] ?? '00000000';
    return addressOf(Buffer.from(hex, 'hex').reverse());
  });
}

/** The fifth column is the next hop. */
function gatewaysV6(table: string): Address[] {
  return table.split('\n').flatMap((line) => {
    const hop = /^[\da-f]{32} [\da-f]{2} [\da-f]{32} [\da-f]{2} ([\da-f]{32}) /.exec(line)?.[1] ?? '0';
    return addressOf(Buffer.from(hop, 'hex'));
  });
}

function addressOf(bytes: Buffer): Address[] {
  if (bytes.every((byte) => byte === 0)) return [];
  const address = parseAddress(writeBits({ bytes: [...bytes], prefix: bytes.length * 8 }));
  return address === null ? [] : [address];
}

/** resolv.conf(5); the zone of a link-local server is left out. */
function nameServers(text: string): Address[] {
  return [...text.matchAll(/^\s*nameserver\s+([^\s%]+)/gm)].flatMap(
    ([, server]) => parseAddress(server ?? '') ?? [],
  );
}

const unique = (addresses: readonly Address[]): Address[] => [...new Set(addresses)];
