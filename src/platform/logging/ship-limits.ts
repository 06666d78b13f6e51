/** How much is shipped at once, how long it may take, and how patient we are; other than these in tests only. */

export interface ShippingLimits {
  batchLines: number;
  /** The services take 4 MB (Loki) and more; escaping at most doubles a line, twice. */
  batchLength: number;
  /** Loki's usual limit is 256 kB. */
  lineLength: number;
  bufferLength: number;
  attemptMs: number;
  firstRetryMs: number;
  lastRetryMs: number;
  /** Failures are logged this often at most. */
  tellMs: number;
  endMs: number;
  random: () => number;
}

export const usualLimits: ShippingLimits = {
  batchLines: 500,
  batchLength: 500_000,
  lineLength: 200_000,
  bufferLength: 16_000_000,
  attemptMs: 10_000,
  firstRetryMs: 500,
  lastRetryMs: 60_000,
  tellMs: 60_000,
  endMs: 2_000,
  random: Math.random,
};
