/** The rows of map and table: countries, and the places that are none, with what the map says of them in a sentence. */
import { percentChange } from '../../../ui/change.ts';
import type { MapSort } from './map-view.ts';

export interface CountryRow {
  /** Two letters, `private`, `reserved` or `unknown`. */
  code: string;
  name: string;
  /** Whether it can be on the map at all. */
  isCountry: boolean;
  bans: number;
  before: number;
  addresses: number;
}

export function sortRows(rows: readonly CountryRow[], sort: MapSort = '-bans'): CountryRow[] {
  const field = sort.replace('-', '');
  const sign = sort.startsWith('-') ? -1 : 1;
  // what is new grew without measure
  const change = (row: CountryRow): number => percentChange(row.bans, row.before) ?? Number.POSITIVE_INFINITY;
  const compare = (a: CountryRow, b: CountryRow): number => {
    if (field === 'name') return sign * a.name.localeCompare(b.name);
    const [x, y] =
      field === 'change'
        ? [change(a), change(b)]
        : field === 'addresses'
          ? [a.addresses, b.addresses]
          : [a.bans, b.bans];
    return x === y ? 0 : sign * (x < y ? -1 : 1);
  };
  return rows.toSorted((a, b) => compare(a, b) || b.bans - a.bans || a.name.localeCompare(b.name));
}

export interface MapSummary {
  bans: number;
  countries: number;
  /** The largest, at most three. */
  first: CountryRow[];
  /** Their share of all bans, whole percent. */
  share: number;
  /** The one with the most bans more than before; null when none grew, or nothing was there before. */
  grew: CountryRow | null;
}

/** `total`: bans in all, those without a country among them. */
export function summarize(rows: readonly CountryRow[], total: number): MapSummary {
  const countries = sortRows(rows.filter(({ isCountry, bans }) => isCountry && bans > 0));
  const first = countries.slice(0, 3);
  const theirs = first.reduce((sum, { bans }) => sum + bans, 0);
  const growth = ({ bans, before }: CountryRow): number => (before === 0 ? 0 : bans - before);
  const grew = countries.reduce<CountryRow | null>(
    (most, row) => (growth(row) > (most === null ? 0 : growth(most)) ? row : most),
    null,
  );
  return {
    bans: total,
    countries: countries.length,
    first,
    share: total === 0 ? 0 : Math.round((theirs / total) * 100),
    grew,
  };
}
