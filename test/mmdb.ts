/** Writes small databases in MaxMind's format, so that tests can drop them in. */
import { readBits } from '../src/base/ip-bits.ts';

export type MmdbValue = string | number | boolean | { [name: string]: MmdbValue };

export interface MmdbOptions {
  /** Network in CIDR notation and what is said of it; a narrower one stands after the wider. */
  entries: readonly (readonly [network: string, record: MmdbValue])[];
  type?: string;
  /** ms. */
  date?: number;
  recordSize?: 24 | 28 | 32;
  ipVersion?: 4 | 6;
}

/** Nothing, further bits, or the place of a record in the data. */
type Child = null | Node | number;
interface Node {
  sides: [Child, Child];
}

export function mmdbFile({
  entries,
  type = 'Test-Country',
  date = Date.UTC(2026, 0, 2),
  recordSize = 24,
  ipVersion = 6,
}: MmdbOptions): Buffer {
  const data: Buffer[] = [];
  let size = 0;
  const root: Node = { sides: [null, null] };
  for (const [network, record] of entries) {
    const bytes = encode(record);
    insert(root, bitsOf(network, ipVersion), size);
    data.push(bytes);
    size += bytes.length;
  }
  const nodes = numbered(root);
  const numbers = new Map(nodes.map((node, index) => [node, index]));
  const valueOf = (child: Child): number => {
    if (child === null) return nodes.length;
    return typeof child === 'number' ? nodes.length + 16 + child : (numbers.get(child) ?? 0);
  };
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: Math.round(date / 1000),
    database_type: type,
    description: { en: 'made for a test' },
    ip_version: ipVersion,
    node_count: nodes.length,
    record_size: recordSize,
  });
  return Buffer.concat([
    ...nodes.map(({ sides: [left, right] }) => pair(valueOf(left), valueOf(right), recordSize)),
    Buffer.alloc(16),
    ...data,
    Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'),
    metadata,
  ]);
}

function bitsOf(network: string, ipVersion: 4 | 6): number[] {
  const bits = readBits(network);
  if (bits === null) throw new Error(`${network} is no network`);
  const { bytes, prefix } = bits;
  const own = bytes
    .flatMap((byte) => Array.from({ length: 8 }, (_, bit) => (byte >> (7 - bit)) & 1))
    .slice(0, prefix);
  return bytes.length === 4 && ipVersion === 6 ? [...Array.from({ length: 96 }, () => 0), ...own] : own;
}

function insert(root: Node, bits: readonly number[], record: number): void {
  let node = root;
  for (const [index, bit] of bits.entries()) {
    const side = bit === 0 ? 0 : 1;
    if (index === bits.length - 1) {
      node.sides[side] = record;
      return;
    }
    const child = node.sides[side];
    const next: Node = child === null || typeof child === 'number' ? { sides: [child, child] } : child;
    node.sides[side] = next;
    node = next;
  }
}

function numbered(root: Node): Node[] {
  const nodes = [root];
  for (const node of nodes) {
    for (const child of node.sides) if (child !== null && typeof child === 'object') nodes.push(child);
  }
  return nodes;
}

function pair(left: number, right: number, recordSize: number): Buffer {
  const bytes = Buffer.alloc(recordSize / 4);
  if (recordSize === 32) {
    bytes.writeUInt32BE(left, 0);
    bytes.writeUInt32BE(right, 4);
  } else if (recordSize === 28) {
    bytes.writeUIntBE(left & 0xff_ffff, 0, 3);
    bytes.writeUInt8(((left >>> 24) << 4) | (right >>> 24), 3);
    bytes.writeUIntBE(right & 0xff_ffff, 4, 3);
  } else {
    bytes.writeUIntBE(left, 0, 3);
    bytes.writeUIntBE(right, 3, 3);
  }
  return bytes;
}

function encode(value: MmdbValue): Buffer {
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    return Buffer.concat([control(2, bytes.length), bytes]);
  }
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([control(6, 4), bytes]);
  }
  // type 14 stands in a second byte, counted from 7
  if (typeof value === 'boolean') return Buffer.from([value ? 1 : 0, 7]);
  const fields = Object.entries(value);
  return Buffer.concat([
    control(7, fields.length),
    ...fields.flatMap(([name, field]) => [encode(name), encode(field)]),
  ]);
}

function control(type: number, size: number): Buffer {
  if (size < 29) return Buffer.from([(type << 5) | size]);
  if (size < 29 + 256) return Buffer.from([(type << 5) | 29, size - 29]);
  throw new Error('longer than a test needs');
}
