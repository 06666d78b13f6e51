/** Patterns of file names as Python's `glob` reads them, in time that no pattern can blow up. */

type Token = 'star' | ((letter: string) => boolean);

export const hasMagic = (text: string): boolean => /[*?[]/.test(text);

/** Whether `name`, one part of a path, fits `pattern`. Hidden names fit only a pattern that begins with a dot. */
export function fitsGlob(pattern: string, name: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  const tokens = tokensOf(pattern);
  const letters = Array.from(name);
  let token = 0;
  let letter = 0;
  // Where to go on when what follows the last star does not fit: the star takes one letter more.
  let back: { token: number; letter: number } | null = null;
  while (letter < letters.length) {
    const one = tokens[token];
    if (one === 'star') {
      back = { token, letter };
      token += 1;
    } else if (one !== undefined && one(letters[letter] ?? '')) {
      token += 1;
      letter += 1;
    } else if (back === null) return false;
    else {
      back.letter += 1;
      letter = back.letter;
      token = back.token + 1;
    }
  }
  return tokens.slice(token).every((one) => one === 'star');
}

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  // `[` without its `]` is a letter like any other; `]` is one as the first of a set.
  for (const [part, not, set] of pattern.matchAll(/\[(!?)(\]?[^\]]*)\]|[^]/gu)) {
    if (part === '*') tokens.push('star');
    else if (part === '?') tokens.push(() => true);
    else if (set !== undefined && set !== '') {
      const wanted = not !== '!';
      tokens.push((letter) => inSet(set, letter) === wanted);
    } else tokens.push((letter) => letter === part);
  }
  return tokens;
}

function inSet(set: string, letter: string): boolean {
  for (const [part] of set.matchAll(/[^]-[^]|[^]/gu)) {
    const [first = '', , last = first] = part;
    if (letter >= first && letter <= last) return true;
  }
  return false;
}
