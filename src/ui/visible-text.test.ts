/** What an attacker wrote into a log can be looked at without harm, and without being misled. */
import { expect, test } from 'vitest';
import { visiblePieces } from './visible-text.ts';

const shown = (text: string, most = 1000): string =>
  visiblePieces(text, [], most)
    .map((piece) => (piece.kind === 'hidden' ? `‹${piece.text}›` : piece.text))
    .join('');

test.each([
  ['\u001b[31mred\u001b[0m', '‹ESC›[31mred‹ESC›[0m'],
  ['user \u202egnp.exe\u202c', 'user ‹U+202E›gnp.exe‹U+202C›'],
  ['a\u0000b\tc\r\nd\u0085', 'a‹NUL›b‹tab›c‹CR›‹LF›d‹U+0085›'],
  ['zero\u200bwidth\ufeff', 'zero‹U+200B›width‹U+FEFF›'],
  ['broken \ufffd and \ud800 half', 'broken ‹U+FFFD› and ‹U+D800› half'],
  ['tag \u{e0041}', 'tag ‹U+E0041›'],
  ['ümlaut 漢字 🙂 <script>', 'ümlaut 漢字 🙂 <script>'],
])('%j', (text, expected) => {
  expect(shown(text)).toBe(expected);
});

test('the address stays marked where it stands, beside marks of hidden characters', () => {
  const text = '\u001bfrom 192.0.2.1 port';
  expect(visiblePieces(text, [[6, 15]], 1000)).toEqual([
    { at: 0, kind: 'hidden', text: 'ESC' },
    { at: 1, kind: 'plain', text: 'from ' },
    { at: 6, kind: 'marked', text: '192.0.2.1' },
    { at: 15, kind: 'plain', text: ' port' },
  ]);
});

test('marks that overlap, are turned round or lie outside harm nothing', () => {
  const pieces = visiblePieces(
    'abcdef',
    [
      [4, 2],
      [1, 3],
      [2, 5],
      [5, 99],
      [-3, 0],
    ],
    1000,
  );
  expect(pieces.map(({ kind, text }) => `${kind}:${text}`)).toEqual([
    'plain:a',
    'marked:bc',
    'plain:de',
    'marked:f',
  ]);
});

test('a line of a megabyte is cut', () => {
  expect(shown('x'.repeat(1_000_000), 300)).toHaveLength(300);
});
