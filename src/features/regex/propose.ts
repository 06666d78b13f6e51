/** From a line of a log to an expression: what changes from line to line is generalised, the rest is taken literally. */
import type { EndpointInput, EndpointOutput } from '../../base/endpoint.ts';
import { parseAddress } from '../../base/address.ts';
import { invalidInput } from '../../base/errors.ts';
import type { MatchRequest, RegexEngine } from '../../host/regex/match-lines.ts';
import type { proposeRegex } from './contract.ts';
import { unavailable } from './lab-jails.ts';

interface ProposeDeps {
  engine: RegexEngine;
  now: () => number;
}

type Answer = EndpointOutput<typeof proposeRegex>;

/** Throws 422 for a line that holds no address. */
export async function propose(
  { engine, now }: ProposeDeps,
  body: EndpointInput<typeof proposeRegex>['body'],
): Promise<Answer> {
  const { line, samples, prefregex, datepattern } = body;
  const request: MatchRequest = {
    expressions: [],
    ignore: [],
    prefix: prefregex || null,
    datePattern: datepattern || null,
    timeZone: null,
    maxLines: 1,
    hostNames: true,
    lines: [line],
    at: now(),
  };
  const ask = async (more: Partial<MatchRequest>) => {
    const outcome = await engine.matchLines({ ...request, ...more });
    if (outcome.kind !== 'answered') throw unavailable(outcome);
    return outcome.answer;
  };
  const seen = (await ask({})).lines[0];
  const content = seen?.content ?? null;
  const date = seen?.date ?? null;
  const searched = content === null ? withoutDate(line, date) : line.slice(...content);
  const { regex, notes } = generalise(searched);
  if (regex === null)
    throw invalidInput('There is no address in this line: fail2ban would not know whom to ban.', [
      { field: 'body.line', message: 'Holds no address' },
    ]);
  if (content === null && prefregex)
    notes.push('The filter’s prefregex does not match this line: in this filter it would never be tried.');
  const checked = await ask({ expressions: [regex], lines: [line, ...samples] });
  const [own, ...others] = checked.lines;
  const match = own?.matches[0];
  if (date === null) notes.push('fail2ban finds no date in this line.');
  if (match === undefined) notes.push('The expression does not match the line; it needs a hand.');
  return {
    failregex: regex,
    matches_line: match !== undefined,
    id: match?.id ?? null,
    groups: match?.groups ?? {},
    samples: { matched: others.filter((one) => one.matches.length > 0).length, of: others.length },
    notes,
  };
}

const withoutDate = (line: string, date: readonly [number, number] | null): string =>
  date === null ? line : line.slice(0, date[0]) + line.slice(date[1]);

/** `user root`, `for root from`, `user="root"`, `user=<root>`; not words that speak of users. */
const namedUser =
  /(\b(?:(?:invalid |illegal )?user |for (?=\S+ from )|(?:r?user(?:name)?|login|account|sasl_username)=|user: ))(?!(?:unknown|not|with|from|is|in|to|and|invalid|illegal)\b)(["'<]?)[^\s"'<>,;()]+/iy;

interface Piece {
  pattern: RegExp;
  write: (found: RegExpExecArray) => string | null;
}

/** Alternately tried at each place of the line, the first that fits wins. Each moves on by what it found. */
function generalise(text: string): { regex: string | null; notes: string[] } {
  const notes: string[] = [];
  let host = false;
  let user = false;
  const address = (found: RegExpExecArray): string | null => {
    if (parseAddress(found[1] ?? '') === null) return null;
    if (host) return String.raw`\S+`;
    host = true;
    return '<HOST>';
  };
  const name = (found: RegExpExecArray): string | null => {
    const [, before = '', quote = ''] = found;
    if (user) return null;
    user = true;
    const close = quote === '<' ? '>' : quote;
    const inner = quote === '' ? String.raw`[^\s,;]+` : `[^${close}]*`;
    return `${escaped(before)}${quote}<F-USER>${inner}</F-USER>`;
  };
  const pieces: Piece[] = [
    {
      pattern: /\[?((?:\d{1,3}\.){3}\d{1,3})\]?(?![\w.])/y,
      write: (found) => bracketed(found, address(found)),
    },
    {
      pattern: /\[?([\da-f]{0,4}(?::[\da-f]{0,4}){2,7})\]?(?![\w:])/iy,
      write: (found) => bracketed(found, address(found)),
    },
    { pattern: namedUser, write: name },
    {
      pattern: /(\b(?:session|sid|id|request_id|uuid)=)[^\s,;"')]+/iy,
      write: (found) => `${escaped(found[1] ?? '')}\\S+`,
    },
    { pattern: /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/iy, write: () => '[0-9a-f-]+' },
    { pattern: /\b(?=[a-f]*\d)[\da-f]{12,}\b/iy, write: () => '[0-9a-f]+' },
    { pattern: /\d+/y, write: () => String.raw`\d+` },
    { pattern: /\s+/y, write: (found) => (found[0] === ' ' ? ' ' : String.raw`\s+`) },
    { pattern: /[A-Za-z_]+(?=\d)|\w+/y, write: (found) => found[0] },
  ];
  let regex = '';
  const begin = text.length - text.trimStart().length;
  let at = begin;
  const start = begin > 0 ? String.raw`^\s*` : '^';
  const end = text.trimEnd().length;
  while (at < end) {
    const next = firstOf(pieces, text, at);
    regex += next?.written ?? escaped(text.charAt(at));
    at += next?.length ?? 1;
  }
  if (!user)
    notes.push('No user was found in the line; add <F-USER>…</F-USER> around one to see it with each ban.');
  return { regex: host ? `${start}${withHostName(regex, begin > 0, text)}$` : null, notes };
}

function firstOf(pieces: readonly Piece[], text: string, at: number) {
  for (const { pattern, write } of pieces) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    const written = found === null ? null : write(found);
    if (found !== null && written !== null) return { written, length: found[0].length };
  }
  return null;
}

/** `[::1]` and `[1.2.3.4]`: the brackets belong to what is around the address. */
function bracketed(found: RegExpExecArray, written: string | null): string | null {
  if (written === null) return null;
  const open = found[0].startsWith('[') ? String.raw`\[` : '';
  const close = found[0].endsWith(']') ? String.raw`\]` : '';
  return `${open}${written}${close}`;
}

/** In `host sshd[99]: …` the first word is this machine's name, which is not the matter. */
const withHostName = (regex: string, dated: boolean, text: string): string =>
  dated && /^\s*[\w.-]+ [\w./-]+(?:\[\d+\])?: /.test(text) ? regex.replace(/^\S+ /, String.raw`\S+ `) : regex;

/** Python's regular expressions know the same signs. */
const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
