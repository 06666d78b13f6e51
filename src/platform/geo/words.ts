/** Addresses as whole numbers of 32 bits, first bits first: one for IPv4, four for IPv6. The form that is fast to search by. */

export type Words = readonly number[];

/** `bytes`: 4 or 16, as `readBits` has them. */
export function wordsOf(bytes: readonly number[]): Words {
  if (bytes.length === 4) return [word(bytes, 0)];
  return [word(bytes, 0), word(bytes, 4), word(bytes, 8), word(bytes, 12)];
}

const word = (bytes: readonly number[], at: number): number =>
  (((bytes[at] ?? 0) << 24) |
    ((bytes[at + 1] ?? 0) << 16) |
    ((bytes[at + 2] ?? 0) << 8) |
    (bytes[at + 3] ?? 0)) >>>
  0;

export const bytesOf = (words: Words): number[] =>
  words.flatMap((one) => [one >>> 24, (one >>> 16) & 0xff, (one >>> 8) & 0xff, one & 0xff]);
