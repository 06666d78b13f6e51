/** A map from whole numbers of 32 bits to such numbers, in two typed arrays: no boxed number, nothing to collect. */

export interface NumberMap {
  /** -1: it is not there. */
  get(key: number): number;
  /** `key`: one that is not there yet. `value`: below 2^32 - 1. */
  put(key: number, value: number): void;
}

const firstRoom = 1 << 12;
/** The emptier, the fewer steps from a taken slot to a free one. */
const fullest = 0.6;

export function createNumberMap(): NumberMap {
  let keys = new Uint32Array(firstRoom);
  /** Plus 1: 0 is a free slot. */
  let values = new Uint32Array(firstRoom);
  let count = 0;

  /** Where the key is, or would be. */
  function slotOf(key: number): number {
    const mask = keys.length - 1;
    let slot = (Math.imul(key, 0x9e37_79b1) >>> 7) & mask;
    while (values[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  function grow(): void {
    const [fewKeys, fewValues] = [keys, values];
    keys = new Uint32Array(fewKeys.length * 2);
    values = new Uint32Array(fewValues.length * 2);
    for (const [place, value] of fewValues.entries()) {
      if (value === 0) continue;
      const key = fewKeys[place] ?? 0;
      const slot = slotOf(key);
      keys[slot] = key;
      values[slot] = value;
    }
  }

  return {
    get: (key) => (values[slotOf(key)] ?? 0) - 1,
    put(key, value) {
      if (count >= keys.length * fullest) grow();
      const slot = slotOf(key);
      keys[slot] = key;
      values[slot] = value + 1;
      count += 1;
    },
  };
}
