/**
 * Text that an attacker wrote, cut into pieces that are safe to look at: what would move the cursor, colour a terminal,
 * turn the writing direction or take no room at all becomes a mark with its name.
 */

export interface TextPiece {
  /** Where it begins in the text. */
  at: number;
  kind: 'plain' | 'marked' | 'hidden';
  text: string;
}

/** One span to mark: start and end (not included), as positions in the text. */
export type Span = readonly [number, number];

/** Control characters, invisible ones, direction marks, half pairs, and what stands for broken bytes. */
const hidden = new RegExp(
  [
    '[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f]',
    '[\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\uffff]',
    // half of a pair, alone
    '[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]',
    // tags: a second, invisible alphabet
    '\\udb40[\\udc00-\\udfff]',
  ].join('|'),
  'g',
);

/** `most` characters of the text at most; the rest is for the asking. */
export function visiblePieces(text: string, spans: readonly Span[], most: number): TextPiece[] {
  // no pair is cut in two
  const cut = /[\ud800-\udbff]/.test(text.charAt(most - 1)) ? most - 1 : most;
  const shown = text.length > most ? text.slice(0, cut) : text;
  const edges = spans
    .map((span): Span => [Math.max(0, span[0]), Math.min(span[1], shown.length)])
    .filter(([start, end]) => start < end)
    .toSorted((a, b) => a[0] - b[0]);
  const pieces: TextPiece[] = [];
  let at = 0;
  for (const [start, end] of edges) {
    if (start < at) continue;
    addPieces(pieces, shown, { from: at, to: start, kind: 'plain' });
    addPieces(pieces, shown, { from: start, to: end, kind: 'marked' });
    at = end;
  }
  addPieces(pieces, shown, { from: at, to: shown.length, kind: 'plain' });
  return pieces;
}

interface Stretch {
  from: number;
  to: number;
  kind: 'plain' | 'marked';
}

function addPieces(pieces: TextPiece[], text: string, { from, to, kind }: Stretch): void {
  let at = from;
  for (const match of text.slice(from, to).matchAll(hidden)) {
    const found = from + match.index;
    if (found > at) pieces.push({ at, kind, text: text.slice(at, found) });
    pieces.push({ at: found, kind: 'hidden', text: nameOf(match[0]) });
    at = found + match[0].length;
  }
  if (at < to) pieces.push({ at, kind, text: text.slice(at, to) });
}

const names = new Map([
  ['\t', 'tab'],
  ['\n', 'LF'],
  ['\r', 'CR'],
  ['\u0000', 'NUL'],
  ['\u0008', 'BS'],
  ['\u001b', 'ESC'],
  ['\u007f', 'DEL'],
]);

function nameOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return names.get(character) ?? `U+${code}`;
}
