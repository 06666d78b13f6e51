/** Large figures for people: bytes, and addresses that nobody counts one by one. */

const compact = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 3 });

/** `14.2 MB`. */
export function sizeWords(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB'] as const;
  const at = Math.min(units.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return `${compact.format(bytes / 1000 ** at)}\u00a0${units[at] ?? ''}`;
}

/** `41.2 M` from a hundred thousand on. */
export function aboutCount(count: number): string {
  if (count < 100_000) return new Intl.NumberFormat('en-GB').format(count);
  const [by, unit] =
    count < 999_500 ? [1e3, 'k'] : count < 999_500_000 ? [1e6, 'M'] : count < 1e15 ? [1e9, 'G'] : [1, ''];
  return by === 1 ? count.toExponential(1) : `${compact.format(count / Number(by))}\u00a0${unit}`;
}
