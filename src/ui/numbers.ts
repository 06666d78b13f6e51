/** Counts for people: thousands separated, a true minus. */
const grouped = new Intl.NumberFormat('en-GB');

export const formatCount = (count: number): string => grouped.format(count).replace('-', '\u2212');
