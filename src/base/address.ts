/** IP addresses and networks in one canonical spelling. The only way to an `Address` is `parseAddress`. */
import { clearHostBits, keptBits, readBits, writeBits, type IpBits } from './ip-bits.ts';
import { reachableExceptions, unreachableBlocks } from './special-purpose.ts';

/**
 * Canonical text of an IPv4 or IPv6 address, or of a network with a prefix shorter than the whole address:
 * IPv6 lower-case and compressed (RFC 5952), host bits cleared, IPv4-mapped IPv6 written as IPv4.
 */
export type Address = string & { readonly __brand: 'Address' };

/**
 * Reads one address or network, or answers null. Refuses everything that different readers read differently:
 * leading zeros, short forms (`10.1`), zone ids, brackets, masks in dotted form, white space, names.
 */
export function parseAddress(text: string): Address | null {
  const bits = readBits(text);
  return bits === null ? null : brand(writeBits(bits));
}

export function family(address: Address): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}

/** Bits of the prefix; 32 or 128 for a single address. */
export function prefixLength(address: Address): number {
  return bitsOf(address).prefix;
}

/**
 * A key whose text order is the order of addresses: IPv4 before IPv6, a network directly after its first address,
 * and everything that is no address after both, ordered as text.
 */
export function addressKey(text: string): string {
  const bits = readBits(text);
  if (bits === null) return `z${text}`;
  const key = bytesKey(bits.bytes);
  return bits.prefix === bits.bytes.length * 8 ? key : `${key}/${String(bits.prefix).padStart(3, '0')}`;
}

/** First and last single address inside, as keys of `addressKey`; equal for a single address. */
export function networkBounds(address: Address): { first: string; last: string } {
  const { bytes, prefix } = bitsOf(address);
  const last = bytes.map((byte, index) => byte | (0xff >> keptBits(index, prefix)));
  return { first: bytesKey(bytes), last: bytesKey(last) };
}

/** True when every address of `address` lies in `network`. Never true across families. */
export function contains(network: Address, address: Address): boolean {
  return holds(bitsOf(network), bitsOf(address));
}

/**
 * Name of IANA's special-purpose block that holds, or overlaps, this address or network; null when all of it is
 * globally reachable, multicast counted as not.
 */
export function specialPurpose(address: Address): string | null {
  const bits = bitsOf(address);
  if (exceptions.some((exception) => holds(exception, bits))) return null;
  const block = blocks.find((one) => holds(one.bits, bits) || holds(bits, one.bits));
  return block === undefined ? null : block.name;
}

// The one place where text becomes an Address.
// oxlint-disable-next-line typescript/consistent-type-assertions, typescript/no-unsafe-type-assertion
const brand = (text: string): Address => text as Address;

function bitsOf(text: string): IpBits {
  const bits = readBits(text);
  if (bits === null) throw new TypeError('not an address');
  return bits;
}

const blocks = unreachableBlocks.map(({ network, name }) => ({ bits: bitsOf(network), name }));
const exceptions = reachableExceptions.map(bitsOf);

function holds(outer: IpBits, inner: IpBits): boolean {
  if (outer.bytes.length !== inner.bytes.length || inner.prefix < outer.prefix) return false;
  return clearHostBits(inner.bytes, outer.prefix).every((byte, index) => byte === outer.bytes[index]);
}

function bytesKey(bytes: readonly number[]): string {
  let key = bytes.length === 4 ? '4' : '6';
  for (const byte of bytes) key += byte.toString(16).padStart(2, '0');
  return key;
}
