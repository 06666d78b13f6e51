/** What of the map is shown besides range and origin, as it stands in the URL. */
import { oneOf } from '../../../ui/url-state.ts';

export const mapSorts = [
  '-bans',
  'bans',
  '-change',
  'change',
  '-addresses',
  'addresses',
  'name',
  '-name',
] as const;
export type MapSort = (typeof mapSorts)[number];

export interface MapView {
  /** The chosen country: two letters, `private`, `reserved` or `unknown`. */
  country?: string;
  /** Absent = most bans first. */
  sort?: MapSort;
}

/** Unknown names and values vanish. */
export function readMapView(search: Record<string, unknown>): MapView {
  const country = readCountry(search['country']);
  const sort = oneOf(mapSorts, search['sort']);
  return {
    ...(country === undefined ? {} : { country }),
    ...(sort === undefined || sort === '-bans' ? {} : { sort }),
  };
}

function readCountry(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (/^[a-z]{2}$/i.test(value)) return value.toUpperCase();
  return oneOf(['private', 'reserved', 'unknown'], value);
}
