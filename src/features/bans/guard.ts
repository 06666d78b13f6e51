/** Keeps operators from locking themselves out: what a ban must not hit unless it is forced. */
import {
  contains,
  parseAddress,
  prefixLength,
  specialPurpose,
  family,
  type Address,
} from '../../base/address.ts';

/** Whom a ban must not hit. */
export interface Guarded {
  /** The caller, as we see it. */
  client: string;
  /** Machines between the caller and us. */
  proxies: readonly string[];
  /** This machine's own addresses. */
  ownAddresses: readonly string[];
  /** The jail's ignore list; names in it are compared by nobody here. */
  ignored: readonly string[];
}

const widest = { 4: 16, 6: 32 } as const;

/** fail2ban reads a prefix of length 0 as one address (0.0.0.0), so such a ban would not be what was asked for. */
export function impossible(address: Address): string | null {
  return prefixLength(address) === 0
    ? 'This is every address there is. fail2ban cannot ban that; it would ban one address instead.'
    : null;
}

/** A sentence why this address or network is refused unless forced; null when nothing speaks against it. */
export function guard(address: Address, { client, proxies, ownAddresses, ignored }: Guarded): string | null {
  const touches = touching(address);
  if (touches(client)) return `This would ban you: you are here from ${client}.`;
  const proxy = proxies.find(touches);
  if (proxy !== undefined) return `This would ban ${proxy}, the proxy you come through.`;
  const own = ownAddresses.find(touches);
  if (own !== undefined) return `This would ban ${own}, an address of this machine.`;
  const block = specialPurpose(address);
  if (block !== null) return `This is in a reserved range (${block}), not an address on the internet.`;
  const entry = ignored.find(touches);
  if (entry !== undefined) return `The jail is told to ignore ${entry}.`;
  const limit = widest[family(address)];
  return prefixLength(address) < limit
    ? `This network is wider than /${limit}: it holds too many addresses to ban by mistake.`
    : null;
}

/** Whether one holds the other; text that is no address touches nothing. */
function touching(address: Address): (text: string) => boolean {
  return (text) => {
    const other = parseAddress(text.replace(/%.*$/, ''));
    return other !== null && (contains(address, other) || contains(other, address));
  };
}
