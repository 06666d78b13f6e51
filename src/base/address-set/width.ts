/** How the addresses of one family lie in a typed array: as 32-bit words, the highest first. */

export interface Width {
  /** Of one address; a range has twice as many. */
  readonly words: 1 | 4;
  /** Below, at or above zero, as the address at `a[at]` is lower than, equal to or higher than that at `b[other]`. */
  readonly compare: (a: Uint32Array, at: number, b: Uint32Array, other: number) => number;
  /** True when the address at `a[at]` is the one directly after that at `b[other]`. */
  readonly follows: (a: Uint32Array, at: number, b: Uint32Array, other: number) => boolean;
}

export const v4Width: Width = {
  words: 1,
  compare: (a, at, b, other) => (a[at] ?? 0) - (b[other] ?? 0),
  follows: (a, at, b, other) => (a[at] ?? 0) - (b[other] ?? 0) === 1,
};

export const v6Width: Width = {
  words: 4,
  compare(a, at, b, other) {
    for (let word = 0; word < 4; word++) {
      const difference = (a[at + word] ?? 0) - (b[other + word] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  },
  follows(a, at, b, other) {
    let carry = 1;
    for (let word = 3; word >= 0; word--) {
      const next = (b[other + word] ?? 0) + carry;
      carry = next > highest ? 1 : 0;
      if (next >>> 0 !== a[at + word]) return false;
    }
    // the highest address of all has none after it
    return carry === 0;
  },
};

/** Adds 1 or -1 to the address at `address[at]`, in place. */
export function step(address: Uint32Array, at: number, words: number, by: 1 | -1): void {
  for (let word = at + words - 1; word >= at; word--) {
    const after = (address[word] ?? 0) + by;
    address[word] = after;
    if (after >= 0 && after <= highest) return;
  }
}

/** `bounds` become first and last address of the network around `address` that has so many host bits. */
export function spread(address: Uint32Array, hostBits: number, { words }: Width, bounds: Uint32Array): void {
  for (let word = words - 1, left = hostBits; word >= 0; word--, left -= 32) {
    const host = left >= 32 ? highest : left > 0 ? 2 ** left - 1 : 0;
    const given = address[word] ?? 0;
    bounds[word] = given & ~host;
    bounds[words + word] = given | host;
  }
}

const highest = 0xffff_ffff;
