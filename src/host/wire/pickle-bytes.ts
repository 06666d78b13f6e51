/** A cursor over a pickle's bytes: every read is checked against the end, every length against what is left. */
import { PickleError } from './pickle-value.ts';

export interface ByteCursor {
  readonly left: number;
  byte(): number;
  uint16(): number;
  int32(): number;
  uint32(): number;
  /** Eight bytes as a length; refused when it is more than what is left. */
  length8(): number;
  float64(): number;
  bytes(length: number): Buffer;
  text(length: number): string;
  /** Up to the next newline, which is taken too. */
  line(): string;
  /** Signed little-endian integer; a number while it is exact, else a bigint. */
  long(length: number): number | bigint;
}

const longestLong = 8192;
const longestLine = 256;

export function byteCursor(source: Uint8Array): ByteCursor {
  const buffer = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  let at = 0;
  /** Moves on and answers where it was. */
  const take = (length: number): number => {
    if (length > buffer.length - at) throw new PickleError('the pickle is cut off');
    at += length;
    return at - length;
  };
  const cursor: ByteCursor = {
    get left() {
      return buffer.length - at;
    },
    byte: () => buffer.readUInt8(take(1)),
    uint16: () => buffer.readUInt16LE(take(2)),
    int32: () => buffer.readInt32LE(take(4)),
    uint32: () => buffer.readUInt32LE(take(4)),
    length8() {
      const length = buffer.readBigUInt64LE(take(8));
      if (length > BigInt(cursor.left)) throw new PickleError('the pickle is cut off');
      return Number(length);
    },
    float64: () => buffer.readDoubleBE(take(8)),
    bytes(length) {
      const from = take(length);
      return buffer.subarray(from, from + length);
    },
    text(length) {
      const from = take(length);
      const text = buffer.toString('utf8', from, from + length);
      return text.includes('\ufffd') ? carefully(buffer.subarray(from, from + length)) : text;
    },
    line() {
      const end = buffer.indexOf(0x0a, at);
      if (end < 0 || end - at > longestLine) throw new PickleError('a name does not end');
      const line = cursor.text(end - at);
      take(1);
      return line;
    },
    long(length) {
      if (length > longestLong) throw new PickleError('a number is too large');
      return integer(cursor.bytes(length));
    },
  };
  return cursor;
}

/**
 * Text that holds U+FFFD, or is not UTF-8. Python writes half surrogate pairs (undecodable bytes of a file name) as
 * three bytes each: they become U+FFFD. Anything else that is not UTF-8 is refused.
 */
function carefully(bytes: Buffer): string {
  const copy = Buffer.from(bytes);
  for (let index = 0; index + 2 < copy.length; index++) {
    if (copy[index] === 0xed && (copy[index + 1] ?? 0) >= 0xa0) copy.write('\ufffd', index, 'utf8');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(copy);
  } catch (cause) {
    throw new PickleError('text is not UTF-8', { cause });
  }
}

function integer(bytes: Buffer): number | bigint {
  if (bytes.length === 0) return 0;
  if (bytes.length <= 6) return bytes.readIntLE(0, bytes.length);
  const value = BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`));
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}
