/** Writes a command as a pickle of protocol 2, which every Python reads: strings, integers and lists of them. */
import { PickleError } from './pickle-value.ts';

export type Picklable = string | number | bigint | boolean | null | readonly Picklable[];

const deepest = 16;

/** Throws PickleError for fractions, lone surrogates and lists nested deeper than 16. */
export function encodePickle(value: Picklable): Buffer {
  const parts: Buffer[] = [Buffer.from([0x80, 2])];
  write(value, parts, 0);
  parts.push(Buffer.from('.'));
  return Buffer.concat(parts);
}

function write(value: Picklable, parts: Buffer[], depth: number): void {
  if (value === null) parts.push(Buffer.from('N'));
  else if (typeof value === 'boolean') parts.push(Buffer.from([value ? 0x88 : 0x89]));
  else if (typeof value === 'string') parts.push(textOf(value));
  else if (typeof value === 'number') parts.push(numberOf(value));
  else if (typeof value === 'bigint') parts.push(longOf(value));
  else {
    if (depth >= deepest) throw new PickleError('lists are nested too deep');
    parts.push(Buffer.from(']('));
    for (const item of value) write(item, parts, depth + 1);
    parts.push(Buffer.from('e'));
  }
}

function textOf(text: string): Buffer {
  if (!text.isWellFormed()) throw new PickleError('text holds half a character');
  const bytes = Buffer.from(text, 'utf8');
  const head = Buffer.alloc(5);
  head.write('X', 'latin1');
  head.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

function numberOf(value: number): Buffer {
  if (!Number.isSafeInteger(value)) throw new PickleError('not a whole number');
  if (value !== (value | 0)) return longOf(BigInt(value));
  const bytes = Buffer.alloc(5);
  bytes.write('J', 'latin1');
  bytes.writeInt32LE(value, 1);
  return bytes;
}

/** LONG1: little-endian two's complement with room for the sign. */
function longOf(value: bigint): Buffer {
  const magnitude = value < 0n ? -value : value;
  const size = Math.floor(magnitude.toString(2).length / 8) + 1;
  if (size > 255) throw new PickleError('the number is too large');
  const bytes = Buffer.alloc(size);
  let rest = BigInt.asUintN(size * 8, value);
  for (let index = 0; index < size; index++, rest >>= 8n) bytes[index] = Number(rest & 0xffn);
  return Buffer.concat([Buffer.from([0x8a, size]), bytes]);
}
