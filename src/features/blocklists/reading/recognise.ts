/** Finds out from the beginning of a text what it is, and how its entries are to be read. */
import { createEntry } from '../../../base/address-set/scan-entry.ts';
import { AppError } from '../../../base/errors.ts';
import type { ListFormat } from '../contract.ts';
import { splitFields, type Column } from './csv-field.ts';
import { isComment, readStart, readWhole } from './judge-entry.ts';
import { longestLine } from './line-feed.ts';
import { shown } from './refusals.ts';

/** How a list is read, all of it decided. */
export type Plan =
  { kind: 'lines' } | { kind: 'csv'; column: Column } | { kind: 'json'; member: string | null };

export interface Recognised {
  looksLike: 'list' | 'html' | 'binary';
  /** Never `auto` of a list. */
  format: ListFormat;
  plan: Plan;
  /** Headings, or members of objects: what else could hold the entries. */
  columns: string[];
}

/**
 * `head` is the beginning of the text, or all of it. Throws AppError 422 `list_column_missing` when the list has no such
 * heading.
 */
export function recognise(head: Buffer, asked: ListFormat): Recognised {
  const plain: Recognised = {
    looksLike: 'list',
    format: { kind: 'lines' },
    plan: { kind: 'lines' },
    columns: [],
  };
  if (isBinary(head)) return { ...plain, looksLike: 'binary', format: asked };
  if (/^\s*<[!?a-z]/i.test(head.toString('latin1', 0, 1_024)))
    return { ...plain, looksLike: 'html', format: asked };
  if (asked.kind === 'lines') return plain;
  if (asked.kind === 'json') return json(head, asked.member);
  if (asked.kind === 'csv') return csv(sampleOf(head), asked.column);
  if (/^\s*(?:\[\s*["[{]|\{\s*")/.test(head.toString('latin1', 0, 1_024)))
    return json(head, likelyMember(head));
  const lines = sampleOf(head);
  const column = likelyColumn(lines.entries);
  return column === null ? plain : csv(lines, column);
}

interface Sample {
  entries: Buffer[];
  comments: Buffer[];
}

const mostSampled = 50;

/** The last line may be cut: it is left out when there are others. */
function sampleOf(head: Buffer): Sample {
  const sample: Sample = { entries: [], comments: [] };
  let at = 0;
  while (at < head.length && sample.entries.length < mostSampled) {
    const newline = head.indexOf(0x0a, at);
    const end = newline < 0 ? head.length : newline;
    const line = head.subarray(at, Math.min(end, at + longestLine));
    if (newline >= 0 || sample.entries.length === 0)
      (isComment(line, 0, line.length) ? sample.comments : sample.entries).push(line);
    at = end + 1;
  }
  return sample;
}

/** More than a few control characters are no text, whatever its encoding. */
function isBinary(head: Buffer): boolean {
  let controls = 0;
  for (const byte of head) {
    if (byte === 0) return true;
    if (byte < 0x20 && (byte < 0x09 || byte > 0x0d)) controls += 1;
  }
  return controls * 100 > head.length;
}

function json(head: Buffer, member: string | null): Recognised {
  return {
    looksLike: 'list',
    format: { kind: 'json', member },
    plan: { kind: 'json', member },
    columns: [...membersOf(head).keys()],
  };
}

/** The one that holds entries most often; null when more of them stand in lists. */
function likelyMember(head: Buffer): string | null {
  const members = [...membersOf(head)].toSorted(([, a], [, b]) => b - a);
  const [member, entries] = members[0] ?? [null, 0];
  const texts = [...head.toString('latin1').matchAll(/"([^"]*)"/g)];
  const all = texts.filter(([, text = '']) => isEntryText(text)).length;
  const inMembers = members.reduce((sum, [, count]) => sum + count, 0);
  return entries > 0 && entries >= all - inMembers ? member : null;
}

/** Members that are texts, and how many of these are entries. */
function membersOf(head: Buffer): Map<string, number> {
  const members = new Map<string, number>();
  const pairs = head.toString('utf8').matchAll(/"([^"\\]{1,100})"\s{0,9}:\s{0,9}"([^"]{0,100})"/g);
  for (const [, name = '', value = ''] of pairs) {
    if (members.size >= mostColumns && !members.has(name)) continue;
    members.set(name, (members.get(name) ?? 0) + (isEntryText(value) ? 1 : 0));
  }
  return members;
}

/** Some escape slashes. */
const isEntryText = (text: string): boolean => isEntry(text.replaceAll(String.raw`\/`, '/'));

const mostColumns = 50;
const separators = [',', ';', '\t', '|'].map((text) => text.charCodeAt(0));

/** From 1; null: entries stand at the beginning of lines, or nowhere. */
function likelyColumn(lines: readonly Buffer[]): number | null {
  const most = (count: number): boolean => count * 2 >= lines.length - 1;
  const entry = createEntry();
  if (most(lines.filter((line) => readStart(line, 0, line.length, entry)).length)) return null;
  const best = bestColumn(
    lines,
    Array.from({ length: mostColumns }, (_, index) => index),
  );
  return best.entries > 0 && most(best.entries) ? best.column.index + 1 : null;
}

/** Of these columns and all separators: where most lines hold an entry, or else at least something. */
function bestColumn(
  lines: readonly Buffer[],
  indexes: readonly number[],
): { column: Column; entries: number } {
  let best = { column: { separator: separators[0] ?? 0, index: indexes[0] ?? 0 }, entries: 0, fields: 0 };
  for (const separator of separators) {
    const rows = lines.map((line) => splitFields(line, { start: 0, end: line.length }, separator));
    for (const index of indexes) {
      const entries = rows.filter((row) => isEntry(row[index] ?? '')).length;
      const fields = rows.filter((row) => row.length > Math.max(index, 1)).length;
      if (entries > best.entries || (entries === best.entries && fields > best.fields))
        best = { column: { separator, index }, entries, fields };
    }
  }
  return best;
}

function csv({ entries, comments }: Sample, asked: number | string): Recognised {
  const heads = [...entries.slice(0, 1), ...comments.toReversed()];
  const column =
    typeof asked === 'number' ? bestColumn(entries, [asked - 1]).column : namedColumn(heads, asked);
  const first = entries[0] ?? Buffer.alloc(0);
  const columns = splitFields(first, { start: 0, end: first.length }, column?.separator ?? separators[0] ?? 0)
    .slice(0, mostColumns)
    .map((text) => shown(Buffer.from(text)));
  if (column === null)
    throw new AppError(
      422,
      'list_column_missing',
      `The list has no column “${String(asked)}”. Its first line has: ${columns.join(', ')}.`,
    );
  return {
    looksLike: 'list',
    format: { kind: 'csv', column: asked },
    plan: { kind: 'csv', column },
    columns,
  };
}

/** Some lists have their headings in a comment. */
function namedColumn(heads: readonly Buffer[], name: string): Column | null {
  for (const head of heads)
    for (const separator of separators) {
      const text = Buffer.from(head.toString('utf8').replace(/^[\s#;/]+/, ''));
      const index = splitFields(text, { start: 0, end: text.length }, separator).findIndex(
        (one) => one.trim().toLowerCase() === name.toLowerCase(),
      );
      if (index >= 0) return { separator, index };
    }
  return null;
}

function isEntry(text: string): boolean {
  const bytes = Buffer.from(text);
  return readWhole(bytes, 0, bytes.length, createEntry());
}
