/** What of the list is shown, as it stands in the URL. */
import { oneOf, textOf } from '../../../ui/url-state.ts';

const origins = ['own', 'manual', 'blocklist'] as const;
const sorts = ['expires_at', '-expires_at', 'banned_at', 'ip', '-ip', 'ban_count', '-ban_count'] as const;

export interface BansView {
  search?: string;
  jail?: string;
  /** Two-letter code, or `private`, `reserved`, `unknown`; with a leading `!`: everything but that. */
  country?: string;
  origin?: (typeof origins)[number];
  /** Absent = newest first. */
  sort?: (typeof sorts)[number];
  /** Key of the open row: `ip@jail`. */
  row?: string;
  /** Its address, which the panel beside the list shows. */
  address?: string;
}

/** Unknown names and values vanish. */
export function readBansView(search: Record<string, unknown>): BansView {
  const view = {
    search: textOf(search['search'], 100),
    jail: textOf(search['jail'], 200),
    country: countryOf(search['country']),
    origin: oneOf(origins, search['origin']),
    sort: oneOf(sorts, search['sort']),
    row: rowOf(search['row']),
  };
  return {
    ...(view.search === undefined ? {} : { search: view.search }),
    ...(view.jail === undefined ? {} : { jail: view.jail }),
    ...(view.country === undefined ? {} : { country: view.country }),
    ...(view.origin === undefined ? {} : { origin: view.origin }),
    ...(view.sort === undefined ? {} : { sort: view.sort }),
    // a link that names only the row opens the panel as well
    ...(view.row === undefined ? {} : { row: view.row, address: view.row.slice(0, view.row.indexOf('@')) }),
  };
}

export const isFiltered = (view: BansView): boolean =>
  view.search !== undefined ||
  view.jail !== undefined ||
  view.country !== undefined ||
  view.origin !== undefined;

/** Anything else would be refused. */
function countryOf(value: unknown): string | undefined {
  const text = textOf(value, 12);
  return text !== undefined && /^!?(?:[A-Z]{2}|private|reserved|unknown)$/.test(text) ? text : undefined;
}

/** `ip@jail`; anything else names no row. */
function rowOf(value: unknown): string | undefined {
  const text = textOf(value, 300);
  return text !== undefined && /^[^@\s]+@./.test(text) ? text : undefined;
}

/** One ban in one jail. Addresses hold no `@`: the first one parts the two. */
export const rowKey = (ban: { ip: string; jail: string }): string => `${ban.ip}@${ban.jail}`;
