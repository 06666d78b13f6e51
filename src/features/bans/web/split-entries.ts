/** Pasted text as entries, one per address: lines, commas, semicolons and spaces part them; `#` starts a comment. */

const most = 10_000;
const longest = 200;

/** At most 10,000 entries of at most 200 characters, as the server takes them. */
export const splitEntries = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/#.*$/, ''))
    .flatMap((line) => line.split(/[\s,;]+/))
    .filter((entry) => entry !== '')
    .map((entry) => entry.slice(0, longest))
    .slice(0, most);
