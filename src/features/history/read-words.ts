/**
 * Words of the log lines, as an operator types them. The full-text index finds candidates by their parts (runs of
 * ASCII letters and digits and of all that is not ASCII); whether a word really occurs is decided here, so that SQLite
 * and PostgreSQL answer the same, and `admin` finds `user=admin:` as well as `203.0.113.9` finds itself.
 */

export interface Word {
  /** As it must occur; lower case where it is ASCII. */
  text: string;
  /** `admin*`: more may follow. */
  start: boolean;
  /** Parts that occur whole. */
  whole: readonly string[];
  /** The part that may go on; null when there is none. */
  beginning: string | null;
}

/** More of them make a search slower, not better. */
const mostWords = 12;
const part = /[A-Za-z0-9\u0080-\u{10ffff}]+/gu;

/** Words apart by white space; what holds no letter and no digit is left out. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const typed of text.split(/\s+/u)) {
    const start = typed.endsWith('*');
    const bare = fold(start ? typed.replace(/\*+$/u, '') : typed);
    const parts = bare.match(part);
    if (parts === null || words.length === mostWords) continue;
    // after a sign that the index does not keep, as in `sshd[*`, the last part is whole
    const beginning = start && isPart(bare.at(-1)) ? (parts.at(-1) ?? null) : null;
    words.push({ text: bare, start, whole: beginning === null ? parts : parts.slice(0, -1), beginning });
  }
  return words;
}

/** True when every word occurs in one of the lines, from the edge of a word to the edge of a word. */
export function occurIn(words: readonly Word[], lines: readonly string[]): boolean {
  if (words.length === 0) return true;
  const folded = lines.map(fold);
  return words.every((word) => folded.some((line) => occurs(word, line)));
}

function occurs({ text, start }: Word, line: string): boolean {
  for (let at = line.indexOf(text); at >= 0; at = line.indexOf(text, at + 1)) {
    const before = !isPart(text[0]) || !isPart(line[at - 1]);
    const after = start || !isPart(text.at(-1)) || !isPart(line[at + text.length]);
    if (before && after) return true;
  }
  return false;
}

const isPart = (sign: string | undefined): boolean =>
  sign !== undefined && /[A-Za-z0-9\u0080-\uffff]/.test(sign);

/** As the index does: only ASCII has one case for both. */
const fold = (text: string): string => text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
