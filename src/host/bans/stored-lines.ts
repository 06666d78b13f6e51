/** What fail2ban stored with a ban: the log lines that led to it and how many failures they were. */

export interface StoredLines {
  lines: string[];
  failures: number;
}

/** An attacker writes these lines: a longer one is cut, further ones are left out. */
const longestLine = 16_000;
const mostLines = 100;

/**
 * `data` is a BLOB (text in older versions) of JSON: `matches` are texts or triples of what stands before, in and after
 * the date. Broken JSON must not lose the ban: it is one without lines.
 */
export function readStoredLines(data: unknown): StoredLines {
  const parsed = parse(data);
  if (typeof parsed !== 'object' || parsed === null) return { lines: [], failures: 0 };
  const matches = 'matches' in parsed && Array.isArray(parsed.matches) ? parsed.matches : [];
  const failures = 'failures' in parsed ? Number(parsed.failures) : 0;
  return {
    lines: (matches.length > mostLines ? matches.slice(-mostLines) : matches).map(lineOf),
    failures: Number.isSafeInteger(failures) && failures > 0 ? failures : 0,
  };
}

function parse(data: unknown): unknown {
  const text =
    data instanceof Uint8Array ? Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString() : data;
  if (typeof text !== 'string') return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function lineOf(match: unknown): string {
  const text = Array.isArray(match)
    ? match.filter((part) => typeof part === 'string').join('')
    : typeof match === 'string'
      ? match
      : '';
  return text.length > longestLine ? `${text.slice(0, longestLine)}…` : text;
}
