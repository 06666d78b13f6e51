/** What of the history is shown, as it stands in the URL: the names are those of the API. */
import { readRangeView, type RangeView } from '../../../ui/range-view.ts';
import { oneOf, textOf } from '../../../ui/url-state.ts';

export const origins = ['own', 'manual', 'blocklist'] as const;
export const actions = ['ban', 'unban'] as const;

export interface HistoryView extends RangeView {
  /** An address, or a network in CIDR notation. */
  ip?: string;
  jail?: string;
  /** Code, `private`, `reserved` or `unknown`; a leading `!` = everything but that. */
  country?: string;
  /** Number of a network, 0 = unknown; a leading `!` as above. */
  asn?: string;
  text?: string;
  origin?: (typeof origins)[number];
  action?: (typeof actions)[number];
  /** The open row, an id of an event. */
  row?: string;
}

/** Names of what narrows the list, the range aside. */
export const filterNames = ['ip', 'text', 'jail', 'country', 'asn', 'action', 'origin'] as const;
export type FilterName = (typeof filterNames)[number];

/** Unknown names and values vanish. */
export function readHistoryView(search: Record<string, unknown>): HistoryView {
  const { jail, text, ip } = {
    jail: textOf(search['jail'], 200),
    text: textOf(search['text'], 200),
    ip: fitting(search['ip'], /^[\da-f.:]{2,45}(?:\/\d{1,3})?$/i),
  };
  const country = countryOf(search['country']);
  const asn = fitting(search['asn'], /^!?(?:AS)?\d{1,10}$/i)?.replace(/as/i, '');
  const origin = oneOf(origins, search['origin']);
  const action = oneOf(actions, search['action']);
  const row = fitting(search['row'], /^\d{1,16}$/);
  return {
    ...(ip === undefined ? {} : { ip }),
    ...(jail === undefined ? {} : { jail }),
    ...(country === undefined ? {} : { country }),
    ...(asn === undefined ? {} : { asn }),
    ...(text === undefined ? {} : { text }),
    ...(origin === undefined ? {} : { origin }),
    ...(action === undefined ? {} : { action }),
    ...readRangeView(search),
    ...(row === undefined ? {} : { row }),
  };
}

export const isFiltered = (view: HistoryView): boolean =>
  filterNames.some((name) => view[name] !== undefined) || view.range !== undefined || isOwnRange(view);

export const isOwnRange = (view: RangeView): boolean => view.from !== undefined || view.to !== undefined;

/** The view with one filter dropped; the open row goes with it, for it may no longer be listed. */
export function without(view: HistoryView, name: FilterName): HistoryView {
  const { [name]: _, row: __, ...rest } = view;
  return rest;
}

function fitting(value: unknown, shape: RegExp): string | undefined {
  const text = textOf(value, 100);
  return text !== undefined && shape.test(text) ? text : undefined;
}

function countryOf(value: unknown): string | undefined {
  const text = fitting(value, /^!?(?:[a-z]{2}|private|reserved|unknown)$/i);
  if (text === undefined) return undefined;
  return text.replace('!', '').length === 2 ? text.toUpperCase() : text.toLowerCase();
}
