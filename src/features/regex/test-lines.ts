/** Tries expressions on lines and tells, line by line, what fail2ban would make of them. */
import type { EndpointInput, EndpointOutput } from '../../base/endpoint.ts';
import { invalidInput } from '../../base/errors.ts';
import type { MatchAnswer, RegexEngine } from '../../host/regex/match-lines.ts';
import type { ReplayFilter } from '../../host/regex/replay-lines.ts';
import type { testRegex } from './contract.ts';
import { unavailable, type LabJails } from './lab-jails.ts';
import { readLines, type GivenLines } from './line-source.ts';

interface TestDeps {
  engine: RegexEngine;
  jails: LabJails;
  allowedLogDirs: readonly string[];
  now: () => number;
}

type Body = EndpointInput<typeof testRegex>['body'];
type Answer = EndpointOutput<typeof testRegex>;
type AnswerLine = Answer['lines'][number];
type Line = MatchAnswer['lines'][number];

const mib = 1024 * 1024;
const limits = {
  cpuSeconds: 20,
  withinMs: 40_000,
  memoryBytes: 768 * mib,
  inputBytes: 8 * mib,
  outputBytes: 32 * mib,
};

/** Throws 422 when no expression can be read at all, or the limits are met. */
export async function testLines(deps: TestDeps, body: Body): Promise<Answer> {
  const { engine, jails, allowedLogDirs, now } = deps;
  const base = await baseOf(jails, body);
  const given = await readLines(body, allowedLogDirs);
  const expressions = linesOf(body.failregex);
  const outcome = await engine.matchLines(
    {
      ...base,
      expressions,
      ignore: body.ignoreregex === undefined ? base.ignore : linesOf(body.ignoreregex),
      prefix: body.prefregex === undefined ? base.prefix : body.prefregex || null,
      datePattern: body.datepattern === undefined ? base.datePattern : body.datepattern || null,
      maxLines: body.maxlines ?? base.maxLines,
      lines: given.lines,
      dated: given.dated,
      at: now() + 60_000,
    },
    limits,
  );
  if (outcome.kind !== 'answered') throw unavailable(outcome);
  const { answer } = outcome;
  const problems = answer.expressions.flatMap(({ problem }, index) =>
    problem === null ? [] : [{ field: `body.failregex.${index}`, message: problem }],
  );
  if (problems.length > 0 && problems.length === expressions.length)
    throw invalidInput(`fail2ban refuses the expression. ${problems[0]?.message ?? ''}`, problems);
  return told(answer, given, expressions);
}

const emptyBase: ReplayFilter = {
  expressions: [],
  ignore: [],
  prefix: null,
  datePattern: null,
  timeZone: null,
  maxLines: 1,
  hostNames: true,
};

async function baseOf(jails: LabJails, { filter, jail }: Body): Promise<ReplayFilter> {
  if (jail !== undefined) return (await jails.jailOf(jail)).force.filter;
  return filter === undefined ? emptyBase : await jails.filterNamed(filter);
}

/** As a filter has them: one a line, empty ones left out. */
export const linesOf = (given: string | readonly string[]): string[] =>
  (typeof given === 'string' ? given.split('\n') : given)
    .map((line) => line.trim())
    .filter((line) => line !== '');

const catastrophic =
  'It takes so long on a line that it was left out from there on: parts of it that repeat can divide the same text in countless ways.';
/** As a sentence where an expression exploded; null where not. */
export const catastrophe = ({ slow }: { slow: boolean }): string | null => (slow ? catastrophic : null);

function told(answer: MatchAnswer, given: GivenLines, expressions: readonly string[]): Answer {
  const lines = answer.lines.map((line, index) => lineOf(line, given.lines[index] ?? '', given.dated));
  const among = (state: AnswerLine['state']) => lines.filter((line) => line.state === state).length;
  const hits = expressions.map(() => 0);
  const ignored = answer.ignore.map(() => 0);
  for (const [index, line] of lines.entries()) {
    if (line.regex !== null && line.state === 'matched') hits[line.regex] = (hits[line.regex] ?? 0) + 1;
    const by = answer.lines[index]?.ignored ?? null;
    if (by !== null) ignored[by] = (ignored[by] ?? 0) + 1;
  }
  const row = (one: MatchAnswer['expressions'][number], regex: string, count: number) => ({
    regex,
    problem: one.problem,
    catastrophic: catastrophe(one),
    hits: count,
    mean_ms: one.tries === 0 ? null : (one.seconds / one.tries) * 1000,
  });
  const { prefix, datePattern, timeZone } = answer.problems;
  return {
    version: answer.version,
    network_off: !answer.network,
    counts: {
      lines: lines.length,
      matched: among('matched'),
      ignored: among('ignored'),
      missed: among('missed'),
    },
    failregex: answer.expressions.map((one, index) => row(one, expressions[index] ?? '', hits[index] ?? 0)),
    ignoreregex: answer.ignore.map((one, index) => row(one, one.text, ignored[index] ?? 0)),
    problems: Object.entries({ prefregex: prefix, datepattern: datePattern, logtimezone: timeZone }).flatMap(
      ([option, sentence]) => (sentence === null ? [] : [{ option, sentence }]),
    ),
    lines,
  };
}

function lineOf(line: Line, text: string, dated: boolean): AnswerLine {
  // fail2ban takes the first that matches.
  const match = line.matches.toSorted((a, b) => a.expression - b.expression)[0];
  const cut = dated ? (line.date?.[1] ?? 0) : 0;
  const moved = (span: readonly [number, number] | null): [number, number] | null =>
    span === null ? null : [Math.max(0, span[0] - cut), Math.max(0, span[1] - cut)];
  return {
    text: text.slice(cut),
    state: line.state === 'tested' ? stateOf(line) : line.state,
    regex: match?.expression ?? null,
    at: line.at === null ? null : instant(line.at),
    date: dated ? null : line.date,
    host: moved(match?.address ?? null),
    id: match?.id ?? null,
    helper: match?.helper ?? false,
    groups: match?.groups ?? {},
  };
}

const stateOf = ({ ignored, matches }: Line): 'ignored' | 'matched' | 'missed' =>
  ignored !== null ? 'ignored' : matches.length > 0 ? 'matched' : 'missed';

/** A date in a log may say anything: what no calendar holds has no text. */
const instant = (seconds: number): string | null => {
  const at = new Date(seconds * 1000);
  return Number.isNaN(at.getTime()) || at.getUTCFullYear() > 9999 || at.getUTCFullYear() < 0
    ? null
    : at.toISOString();
};
