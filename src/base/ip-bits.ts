/** Reading and writing the bits of IP addresses, strictly: one spelling in, one spelling out. */

export interface IpBits {
  /** 4 or 16 bytes; host bits are zero. */
  bytes: number[];
  prefix: number;
}

const longestText = '0000:0000:0000:0000:0000:0000:255.255.255.255/128'.length;
const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const dottedQuad = new RegExp(`^${octet}(?:\\.${octet}){3}$`);
const prefixLengthText = /^(?:0|[1-9]\d{0,2})$/;

/** Null for all but a canonical-enough address or network; IPv4-mapped IPv6 comes back as IPv4. */
export function readBits(text: string): IpBits | null {
  if (text.length < 2 || text.length > longestText) return null;
  const slash = text.indexOf('/');
  const host = slash < 0 ? text : text.slice(0, slash);
  const bytes = host.includes(':') ? readIpv6(host) : readIpv4(host);
  if (bytes === null) return null;
  const width = bytes.length * 8;
  let prefix = width;
  if (slash >= 0) {
    const digits = text.slice(slash + 1);
    if (!prefixLengthText.test(digits)) return null;
    prefix = Number(digits);
    if (prefix > width) return null;
  }
  return unmapped({ bytes: clearHostBits(bytes, prefix), prefix });
}

function readIpv4(text: string): number[] | null {
  return dottedQuad.test(text) ? text.split('.').map(Number) : null;
}

function readIpv6(text: string): number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = readGroups(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? readGroups(halves[1] ?? '', true) : [];
  if (head === null || tail === null) return null;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return null;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

/** Only the last group of the whole address may be written as IPv4. */
function readGroups(text: string, last: boolean): number[] | null {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
      continue;
    }
    const quad = last && index === groups.length - 1 ? readIpv4(group) : null;
    if (quad === null) return null;
    bytes.push(...quad);
  }
  return bytes;
}

/** How many of this byte's bits belong to the prefix. */
export const keptBits = (index: number, prefix: number): number =>
  Math.min(8, Math.max(0, prefix - index * 8));

export const clearHostBits = (bytes: readonly number[], prefix: number): number[] =>
  bytes.map((byte, index) => byte & (0xff00 >> keptBits(index, prefix)) & 0xff);

/** `::ffff:0:0/96` carries IPv4: the kernel shows such a peer as IPv4, so both spellings must be one address. */
function unmapped(bits: IpBits): IpBits {
  const { bytes, prefix } = bits;
  if (bytes.length !== 16 || prefix < 96) return bits;
  const mapped = bytes.every((byte, index) => index >= 12 || byte === (index >= 10 ? 0xff : 0));
  return mapped ? { bytes: bytes.slice(12), prefix: prefix - 96 } : bits;
}

/** The canonical text; a prefix of full length is left out. */
export function writeBits({ bytes, prefix }: IpBits): string {
  const host = bytes.length === 4 ? bytes.join('.') : writeIpv6(bytes);
  return prefix === bytes.length * 8 ? host : `${host}/${prefix}`;
}

function writeIpv6(bytes: readonly number[]): string {
  const groups = Array.from(
    { length: 8 },
    (_, index) => ((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0),
  );
  const gap = longestZeros(groups);
  const hex = (part: number[]): string => part.map((group) => group.toString(16)).join(':');
  if (gap.length < 2) return hex(groups);
  return `${hex(groups.slice(0, gap.start))}::${hex(groups.slice(gap.start + gap.length))}`;
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [index, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: index - length + 1, length };
  }
  return best;
}
