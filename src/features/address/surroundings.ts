/** The networks around an address: those that hold it, and its neighbourhood. */
import { family, parseAddress, prefixLength, type Address } from '../../base/address.ts';

const neighbourhood = { 4: 24, 6: 64 } as const;

/** Its /24, or /64 for IPv6; itself when it is a wider network. */
export function neighbourhoodOf(address: Address): Address {
  return shortened(address, neighbourhood[family(address)]) ?? address;
}

/** The network of this prefix length that holds it; null when it is wider itself. */
export function shortened(address: Address, prefix: number): Address | null {
  if (prefixLength(address) < prefix) return null;
  return parseAddress(`${address.replace(/\/.*$/, '')}/${prefix}`);
}

/** It, and every network that holds it. */
export function holders(address: Address): Address[] {
  const found = [address];
  for (let prefix = prefixLength(address) - 1; prefix >= 1; prefix -= 1) {
    const network = shortened(address, prefix);
    if (network !== null) found.push(network);
  }
  return found;
}
