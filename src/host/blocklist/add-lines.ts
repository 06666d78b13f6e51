/** `add` lines for `ipset restore`, written byte by byte: texts for a million entries would cost a second. */
import type { AddressSet } from '../../base/address-set/address-set.ts';
import { walkPrefixes4, walkPrefixes6 } from '../../base/address-set/prefixes.ts';
import { nextSets } from './names.ts';

const pieceBytes = 1_048_576;
/** So many ranges, written as networks, fit behind a piece: one of IPv4 is at most 62 networks, one of IPv6 254. */
const most = { ranges4: 1_024, ranges6: 128, bytes: 4_194_304 } as const;

/** A piece is overwritten by the next one. */
export function* addLines({ v4, v6 }: AddressSet): Generator<Uint8Array> {
  const lines = createLines();
  for (let at = 0; at < v4.length; at += most.ranges4 * 2) {
    walkPrefixes4(v4.subarray(at, at + most.ranges4 * 2), lines.add4);
    if (lines.length() >= pieceBytes) yield lines.take();
  }
  for (let at = 0; at < v6.length; at += most.ranges6 * 8) {
    walkPrefixes6(v6.subarray(at, at + most.ranges6 * 8), lines.add6);
    if (lines.length() >= pieceBytes) yield lines.take();
  }
  if (lines.length() > 0) yield lines.take();
}

interface Lines {
  add4(first: number, prefix: number): void;
  add6(first: Uint32Array, prefix: number): void;
  length(): number;
  take(): Uint8Array;
}

const [newline, dot, colon, slash, zero, letterA] = [0x0a, 0x2e, 0x3a, 0x2f, 0x30, 0x61];

function createLines(): Lines {
  const bytes = Buffer.alloc(pieceBytes + most.bytes);
  const begin4 = Buffer.from(`add ${nextSets.v4} `);
  const begin6 = Buffer.from(`add ${nextSets.v6} `);
  let length = 0;

  /** Below 1000. */
  const decimal = (value: number): void => {
    if (value >= 100) bytes[length++] = zero + Math.floor(value / 100);
    if (value >= 10) bytes[length++] = zero + (Math.floor(value / 10) % 10);
    bytes[length++] = zero + (value % 10);
  };
  const group = (value: number): void => {
    for (let shift = value > 0xfff ? 12 : value > 0xff ? 8 : value > 0xf ? 4 : 0; shift >= 0; shift -= 4) {
      const digit = (value >>> shift) & 0xf;
      bytes[length++] = digit < 10 ? zero + digit : letterA + digit - 10;
    }
  };
  const begin = (text: Buffer): void => {
    bytes.set(text, length);
    length += text.length;
  };
  const end = (prefix: number, full: number): void => {
    if (prefix < full) {
      bytes[length++] = slash;
      decimal(prefix);
    }
    bytes[length++] = newline;
  };

  return {
    add4(first, prefix) {
      begin(begin4);
      for (let shift = 24; shift >= 0; shift -= 8) {
        decimal((first >>> shift) & 0xff);
        if (shift > 0) bytes[length++] = dot;
      }
      end(prefix, 32);
    },
    add6(first, prefix) {
      begin(begin6);
      for (let word = 0; word < 4; word++) {
        if (word > 0) bytes[length++] = colon;
        group((first[word] ?? 0) >>> 16);
        bytes[length++] = colon;
        group((first[word] ?? 0) & 0xffff);
      }
      end(prefix, 128);
    },
    length: () => length,
    take() {
      const piece = bytes.subarray(0, length);
      length = 0;
      return piece;
    },
  };
}
