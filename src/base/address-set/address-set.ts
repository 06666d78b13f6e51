/** Sets of addresses as sorted ranges in typed arrays: a million networks are eight megabytes, and no objects. */

/**
 * Ranges are sorted, do not overlap and do not touch. v4: first, last, first, last, …, both inclusive;
 * v6: the four 32-bit words of a first address (highest first), then those of the last, and so on.
 */
export interface AddressSet {
  readonly v4: Uint32Array;
  readonly v6: Uint32Array;
}

export const emptySet: AddressSet = { v4: new Uint32Array(), v6: new Uint32Array() };
