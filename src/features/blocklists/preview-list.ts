/** The beginning of a list, and how it is understood. */
import { prefixAddress, walkPrefixes4, walkPrefixes6 } from '../../base/address-set/prefixes.ts';
import { createEntry, type Entry } from '../../base/address-set/scan-entry.ts';
import type { ListFormat } from './contract.ts';
import type { ReadEnd } from './list-jobs.ts';
import type { Refusal } from './run-contract.ts';
import { createFeed, entryReader } from './reading/feed.ts';
import { refusalOf } from './reading/judge-entry.ts';
import { openList } from './reading/open-list.ts';
import { recognise } from './reading/recognise.ts';
import { shown } from './reading/refusals.ts';
import type { Place } from './reading/take-entries.ts';

const mostLines = 50;

export interface ListPreview {
  format: ListFormat;
  looksLike: ReadEnd['looksLike'];
  /** What stands where an entry should. */
  lines: { text: string; entry: string | null; refusal: Refusal['kind'] | null }[];
  /** Headings, or members of objects. */
  columns: string[];
}

/** Of a file that may be cut off. Throws AppError 422 `list_*`. */
export async function previewList(file: string, asked: ListFormat): Promise<ListPreview> {
  for await (const head of openList(file, Number.MAX_SAFE_INTEGER)) return previewOf(head, asked);
  throw new Error('a list has at least one piece');
}

function previewOf(head: Buffer, asked: ListFormat): ListPreview {
  const { format, looksLike, plan, columns } = recognise(head, asked);
  const lines: ListPreview['lines'] = [];
  if (looksLike !== 'list') return { format, looksLike, lines, columns };
  const read = entryReader(plan);
  const entry = createEntry();
  const add = ({ bytes, start, end }: Place, isEntry: boolean): void => {
    if (lines.length === mostLines) return;
    const refusal = isEntry ? (refusalOf(entry) ?? (entry.hostBits ? 'host_bits' : null)) : 'not_an_address';
    lines.push({ text: shown(bytes.subarray(start, end)), entry: isEntry ? textOf(entry) : null, refusal });
  };
  createFeed(plan, {
    take: (place) => add(place, read(place.bytes, place.start, place.end, entry)),
    refuse: (place) => add(place, false),
  }).push(head);
  return { format, looksLike: lines.length === 0 ? 'empty' : 'list', lines, columns };
}

/** A range that is not one network stays a range. */
function textOf({ family, bounds }: Entry): string {
  const networks: string[] = [];
  const visit = (first: ArrayLike<number>, prefix: number): void => {
    if (networks.length < 2) networks.push(prefixAddress(first, prefix));
  };
  if (family === 4) walkPrefixes4(bounds.subarray(0, 2), (first, prefix) => visit([first], prefix));
  else walkPrefixes6(bounds, visit);
  if (networks.length === 1) return networks[0] ?? '';
  const words = family === 4 ? 1 : 4;
  const [first, last] = [bounds.subarray(0, words), bounds.subarray(words, 2 * words)];
  return `${prefixAddress(first, words * 32)}-${prefixAddress(last, words * 32)}`;
}
