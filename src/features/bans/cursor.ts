/** The place in a list as opaque text: what it was sorted by, and the last row's key. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { invalidInput } from '../../base/errors.ts';

const cursorShape = z.tuple([z.string(), z.union([z.string(), z.number().int()]), z.string(), z.string()]);

/** Sort value, jail and address of the last row shown. */
export interface Place {
  value: string | number;
  jail: string;
  ip: string;
}

/** A fingerprint of everything that decides which rows come and in which order. */
export const viewOf = (parts: readonly (string | undefined)[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 10);

export const writeCursor = (view: string, { value, jail, ip }: Place): string =>
  Buffer.from(JSON.stringify([view, value, jail, ip])).toString('base64url');

/** Throws 422 for text that is no cursor, and for a cursor of another sort or other filters. */
export function readCursor(text: string, view: string, valueType: 'string' | 'number'): Place {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    parsed = null;
  }
  const result = cursorShape.safeParse(parsed);
  if (!result.success || result.data[0] !== view || typeof result.data[1] !== valueType) {
    throw invalidInput('This cursor belongs to another list. Read the list again from its start.', [
      { field: 'query.cursor', message: 'Not a cursor of this sort and these filters' },
    ]);
  }
  const [, value, jail, ip] = result.data;
  return { value, jail, ip };
}
