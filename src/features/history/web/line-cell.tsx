/** The log line that a full-text search found, around the first of its words. */
import { LogText } from '../../../ui/log-text.tsx';
import type { Span } from '../../../ui/visible-text.ts';
import type { HistoryEvent } from './history-query.ts';

const before = 24;
const most = 160;

export function LineCell({ row, words }: { row: HistoryEvent; words: string }) {
  const wanted = splitWords(words);
  const line =
    row.matches.find((each) => wanted.some((word) => each.toLowerCase().includes(word))) ?? row.matches[0];
  if (line === undefined) return null;
  const found = wanted.map((word) => line.toLowerCase().indexOf(word)).filter((at) => at >= 0);
  const start = Math.max(0, Math.min(...found, line.length) - before);
  const from = found.length === 0 ? 0 : start;
  // a cell is no place for a long line: the panel has all of it
  const piece = line.slice(from, from + most);
  return (
    <span className="mono soft line-cell">
      {from > 0 ? '…' : ''}
      <LogText text={piece} spans={spansOf(piece, wanted)} most={most} />
    </span>
  );
}

export const splitWords = (words: string): string[] =>
  words
    .toLowerCase()
    .split(/\s+/)
    .map((word) => word.replaceAll('"', '').replace(/\*$/, ''))
    .filter((word) => word !== '');

/** Every place of every word. */
export function spansOf(text: string, words: readonly string[]): Span[] {
  const lower = text.toLowerCase();
  return words.flatMap((word) => {
    const spans: Span[] = [];
    for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + word.length)) {
      spans.push([at, at + word.length]);
    }
    return spans;
  });
}
