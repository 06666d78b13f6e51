/** The place in the history as opaque text: which list, and the last event that was looked at. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { invalidInput } from '../../base/errors.ts';

const shape = z.tuple([z.string(), z.number().int().nonnegative()]);

/** A fingerprint of every filter: a cursor leads on in its own list only. */
export const listOf = (filters: Readonly<Record<string, unknown>>): string =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(filters).toSorted(([a], [b]) => (a < b ? -1 : 1))))
    .digest('base64url')
    .slice(0, 10);

export const writeCursor = (list: string, id: number): string =>
  Buffer.from(JSON.stringify([list, id])).toString('base64url');

/** Throws 422 for text that is no cursor, and for a cursor of other filters. */
export function readCursor(text: string, list: string): number {
  let parsed: unknown = null;
  try {
    parsed = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    // no JSON: refused below, as every other text that is no cursor
  }
  const result = shape.safeParse(parsed);
  if (result.success && result.data[0] === list) return result.data[1];
  throw invalidInput('This cursor belongs to another list. Read the list again from its start.', [
    { field: 'query.cursor', message: 'Not a cursor of these filters' },
  ]);
}
