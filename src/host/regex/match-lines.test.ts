/** fail2ban's own engine, asked about the filters of a real fail2ban, about hostile lines and about what explodes. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startFail2ban, type RealFail2ban } from '../../../test/fail2ban/real-fail2ban.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import type { JailFilter } from '../host.ts';
import { parseJailName } from '../jail-name.ts';
import { createLocalHost, type LocalHost } from '../local-host.ts';
import { createRegexEngine, type MatchLimits, type MatchRequest } from './match-lines.ts';

const engine = createRegexEngine({ program: '/usr/bin/fail2ban-regex' });
const at = Date.UTC(2026, 10, 23);
let fail2ban: RealFail2ban;
let host: LocalHost;

beforeAll(async () => {
  fail2ban = await startFail2ban({
    jails: `[lines]
enabled = true
filter = lines
logpath = $DIR/web.log
`,
    files: {
      'filter.d/lines.conf': String.raw`[Definition]
failregex = ^start of <HOST>$<SKIPLINES>^refused$
maxlines = 4
ignoreregex = ^start of 192\.0\.2\.9
`,
    },
  });
  host = createLocalHost({ id: 'local', socketPath: fail2ban.socket, log: silentLog, now: systemClock });
});
afterAll(async () => {
  await engine.close();
  await host.close();
  await fail2ban.remove();
});

async function filterOf(jail: string): Promise<JailFilter> {
  const name = parseJailName(jail);
  if (name === null) throw new Error('no name of a jail');
  return (await host.rulesOf(name)).filter;
}
const plain = { expressions: [], ignore: [], prefix: null, datePattern: null, timeZone: null, maxLines: 1 };
async function ask(request: Partial<MatchRequest>, limits?: Partial<MatchLimits>) {
  const outcome = await engine.matchLines({ ...plain, lines: [], at, ...request }, limits);
  if (outcome.kind !== 'answered') throw new Error(outcome.sentence);
  return outcome.answer;
}
const cut = (line: string, place: readonly [number, number] | null | undefined) =>
  place ? line.slice(place[0], place[1]) : null;

test('for the sshd filter each line names its expression, the place of its address and its date', async () => {
  const lines = [
    'Nov 22 01:24:23 host sshd[99]: Failed password for root from 192.0.2.7 port 4222 ssh2',
    'Nov 22 01:24:29 host sshd[98]: Invalid user 🐟 from 2001:db8::7 port 22',
    'Nov 22 01:25:01 host sshd[97]: Received disconnect from 192.0.2.7 port 50: 11: Bye',
    'Nov 22 01:25:02 host sshd[96]: Server listening on 0.0.0.0 port 22.',
  ];
  const { lines: told, expressions } = await ask({ ...(await filterOf('sshd')), lines });
  expect(
    told.map((one) => one.matches.map(({ expression, id, helper }) => ({ expression, id, helper }))),
  ).toEqual([
    [
      {
        expression: expressions.findIndex((one) => one.text.startsWith('^Failed (?:')),
        id: '192.0.2.7',
        helper: false,
      },
    ],
    [
      {
        expression: expressions.findIndex((one) => one.text.startsWith('^[iI](?:llegal')),
        id: '2001:db8::7',
        helper: false,
      },
    ],
    [expect.objectContaining({ id: '192.0.2.7', helper: true })],
    [],
  ]);
  expect(told.map((one, index) => cut(lines[index] ?? '', one.matches[0]?.address))).toEqual([
    '192.0.2.7',
    '2001:db8::7',
    '192.0.2.7',
    null,
  ]);
  expect(cut(lines[1] ?? '', told[1]?.date)).toBe('Nov 22 01:24:29');
  const local = new Date(2026, 10, 22, 1, 24, 23).getTime() / 1000;
  expect(told[0]?.at).toBe(local);
  expect(expressions.every((one) => one.problem === null && !one.slow)).toBe(true);
  expect(expressions[0]?.text).toMatch(/<(?:HOST|ADDR)>/);
});

test('a filter with a date pattern of its own, a date in the middle and a zone', async () => {
  const line = '192.0.2.7 - - [22/Nov/2026:01:24:23 +0300] "GET /admin HTTP/1.1" 404 153';
  const { lines } = await ask({ ...(await filterOf('web')), lines: [line] });
  expect(lines[0]?.at).toBe(Date.UTC(2026, 10, 21, 22, 24, 23) / 1000);
  expect(cut(line, lines[0]?.matches[0]?.address)).toBe('192.0.2.7');
  expect(cut(line, lines[0]?.date)).toBe('22/Nov/2026:01:24:23 +0300');
});

test('where a filter reads several lines at once, each of them belongs to the expression', async () => {
  const lines = ['start of 192.0.2.7', 'unrelated', 'refused', 'start of 192.0.2.9', 'refused'];
  const told = await ask({ ...(await filterOf('lines')), lines });
  const own = told.lines.map((one) => one.matches.map((match) => match.expression));
  expect(own[0]).toEqual([0]);
  expect(own[2]).toEqual([0]);
  expect(cut('start of 192.0.2.7', told.lines[0]?.matches[0]?.address)).toBe('192.0.2.7');
  expect(told.lines[4]).toMatchObject({ ignored: 0 });
});

test('an expression that explodes is named and stopped; the others still answer', async () => {
  const lines = [`${'a'.repeat(60)} 192.0.2.7`, 'failed 192.0.2.8', `${'a'.repeat(60)} 192.0.2.9`];
  const told = await ask({ expressions: ['^(a+)+b <HOST>', ' <HOST>$'], lines });
  expect(told.expressions.map((one) => one.slow)).toEqual([true, false]);
  expect(told.lines.map((one) => one.matches.map((match) => match.id))).toEqual([
    ['192.0.2.7'],
    ['192.0.2.8'],
    ['192.0.2.9'],
  ]);
});

test('at the limit of time the process is killed with its group, and that is said', async () => {
  const request = { ...plain, expressions: ['^(a+)+b <HOST>'], lines: ['a'.repeat(60)], at };
  const slow = { lineSeconds: 600, cpuSeconds: 600 };
  for (const limits of [
    { ...slow, withinMs: 1_500 },
    { ...slow, cpuSeconds: 1 },
  ]) {
    expect(await engine.matchLines(request, limits)).toMatchObject({
      kind: 'refused',
      sentence: expect.stringContaining('too much time'),
    });
  }
  const left = execFileSync('ps', ['-eo', 'ppid,args'], { encoding: 'utf8' }).split('\n');
  expect(
    left.filter((one) => one.trim().startsWith(`${process.pid} `) && one.includes('match-lines.py')),
  ).toEqual([]);
});

test('memory, answers and requests have limits', async () => {
  const hungry = {
    ...plain,
    expressions: ['^(?:(?:(x)|y)|(?:(y)|z))*<HOST>'],
    lines: ['xyz'.repeat(300_000)],
    at,
  };
  const starved = await engine.matchLines(hungry, {
    memoryBytes: 96 * 1024 * 1024,
    cpuSeconds: 30,
    lineSeconds: 20,
  });
  const state = starved.kind === 'answered' ? starved.answer.lines[0]?.state : starved.kind;
  expect(['too_large', 'refused']).toContain(state);
  const chatty = { ...plain, expressions: ['<HOST>'], lines: Array(200).fill('192.0.2.7 failed'), at };
  expect(await engine.matchLines(chatty, { outputBytes: 500 })).toMatchObject({ kind: 'refused' });
  expect(await engine.matchLines(chatty, { inputBytes: 500 })).toMatchObject({ kind: 'refused' });
});

test('what fails to compile is told beside its expression and hides no other', async () => {
  const told = await ask({
    expressions: ['(', 'no place for an address', '^failed <HOST>'],
    ignore: ['['],
    lines: ['failed 192.0.2.7'],
  });
  expect(told.expressions.map((one) => one.problem === null)).toEqual([false, false, true]);
  expect(told.ignore[0]?.problem).toContain('compile');
  expect(told.lines[0]?.matches).toMatchObject([{ expression: 2, id: '192.0.2.7' }]);
  expect((await ask({ prefix: '(' })).problems.prefix).toContain('compile');
});

test('hostile lines are only text: no file is read, no name is looked up', async () => {
  const lines = [
    '/etc/passwd',
    '<script>',
    '\u001b[2J',
    '=cmd()',
    '\ud800',
    '',
    'a\nfailed 192.0.2.7',
    'é\u0000x',
  ];
  const long = 'x'.repeat(1_000_000);
  const told = await ask({
    expressions: ['^root:.*<HOST>', '^failed from <HOST>$', '(?P<fid>é)'],
    lines: [...lines, long, 'failed from nowhere.invalid', 'e\u0301 é'],
  });
  expect(told.lines.slice(0, 6).every((one) => one.matches.length === 0)).toBe(true);
  expect(told.lines[7]?.matches).toMatchObject([{ id: 'é', address: [0, 1] }]);
  expect(told.lines[8]).toMatchObject({ matches: [] });
  expect(told.lines[9]?.matches).toEqual([]);
  expect(told.lines[10]?.matches).toMatchObject([{ address: [3, 4] }]);
});

test('many tests wait for each other; without fail2ban’s program, that is what is said', async () => {
  const one = { ...plain, expressions: ['^failed <HOST>'], lines: ['failed 192.0.2.7'], at };
  const all = await Promise.all(Array.from({ length: 30 }, () => engine.matchLines(one)));
  expect(all.filter((each) => each.kind === 'answered').length).toBe(18);
  expect(all.filter((each) => each.kind === 'refused').length).toBe(12);

  const folder = await mkdtemp(join(tmpdir(), 'bangui-engine-'));
  const wrapper = join(folder, 'fail2ban-regex');
  await writeFile(wrapper, '#!/bin/sh\n', { mode: 0o755 });
  for (const program of [join(folder, 'none'), wrapper]) {
    const other = createRegexEngine({ program });
    expect(await other.matchLines(one)).toMatchObject({ kind: 'missing' });
  }
  await rm(folder, { recursive: true });
});
