/** Replays by fail2ban's own counting: bans that end and begin again, several sources, what explodes, what is cancelled. */
import { open, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createReplayLines, type ReplayInput, type ReplayResult, type ReplayRules } from './replay-lines.ts';

const replayLines = createReplayLines({ program: '/usr/bin/fail2ban-regex' });
const start = Date.UTC(2026, 10, 20) / 1000;
const at = (start + 86_400) * 1000;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bangui-replay-'));
});
afterAll(() => rm(dir, { recursive: true }));

const filter = {
  expressions: [String.raw`^\s*bad from <HOST>$`],
  ignore: [],
  prefix: null,
  datePattern: '^Epoch',
  timeZone: null,
  maxLines: 1,
  hostNames: true,
};
const rules = (more: Partial<ReplayRules> = {}): ReplayRules => ({
  filter,
  maxretry: 3,
  findtime: 600,
  bantime: 600,
  increase: null,
  ...more,
});
const piped = (lines: readonly string[], kind: ReplayInput['kind'] = 'plain', log = 0): ReplayInput => ({
  log,
  from: Readable.from([lines.map((line) => `${line}\n`).join('')]),
  kind,
  size: 0,
});
const bad = (seconds: number, ip: string) => `${start + seconds} bad from ${ip}`;

async function run(
  inputs: ReplayInput[],
  trial: ReplayRules = rules(),
  more: { now?: ReplayRules; ignoreip?: string[]; from?: number; signal?: AbortSignal } = {},
): Promise<ReplayResult> {
  const outcome = await replayLines(
    {
      now: more.now ?? rules(),
      trial,
      ignoreip: more.ignoreip ?? [],
      own: [],
      from: more.from ?? 0,
      to: at,
      at,
      purgeSeconds: 86_400,
      inputs,
    },
    more.signal ?? new AbortController().signal,
    () => {},
  );
  if (outcome.kind !== 'answered') throw new Error(outcome.sentence);
  return outcome.result;
}

test('an address is banned again after its ban has ended, and not while it holds', async () => {
  const lines = [0, 1, 2, 100, 101, 102, 2000, 2001, 2002].map((seconds) => bad(seconds, '192.0.2.1'));
  const found = await run([piped(lines)], rules({ bantime: 7200 }));
  expect(found).toMatchObject({ lines: 9, bans: { now: 2, trial: 1 } });
  // a ban would have let no line through: those that stand there meanwhile do not count
  const meanwhile = [0, 1, 2, 590, 591, 601, 603, 604].map((seconds) => bad(seconds, '192.0.2.1'));
  expect((await run([piped(meanwhile)])).bans).toEqual({ now: 1, trial: 1 });
  expect((await run([piped([...meanwhile, bad(605, '192.0.2.1')])])).bans).toEqual({ now: 2, trial: 2 });
});

test('several logs run side by side by their times, and how far they reach back is told', async () => {
  const one = [0, 400, 500].map((seconds) => bad(seconds, '192.0.2.1'));
  const other = [bad(250, '192.0.2.1')];
  const strict = rules({ maxretry: 9 });
  const beside = await run([piped(one), piped(other, 'plain', 1)], rules(), { now: strict });
  expect(beside).toMatchObject({ lines: 4, from: start, reaches: start });
  expect(beside.added.items).toMatchObject([{ at: start + 400, bans: 1 }]);
  const behind = await run([piped(one), piped(other)], rules(), { now: strict });
  expect(behind.added.items).toMatchObject([{ at: start + 500 }]);
  const late = await run([piped(one)], rules(), { from: (start + 100) * 1000 });
  expect(late).toMatchObject({ outside: 1, from: start + 400, reaches: start, bans: { now: 0 } });
});

test('a filter that is only spelled in another way is the same: its lines are searched once', async () => {
  const lines = [0, 1, 2].map((seconds) => bad(seconds, '192.0.2.1'));
  const spelled = {
    ...filter,
    expressions: [String.raw`^\s*bad from <HOST>$`, String.raw`^\s*never <HOST>$`],
  };
  const other = await run([piped(lines)], rules({ filter: spelled }));
  expect(other).toMatchObject({ new: 0, no_more: 0, bans: { now: 1, trial: 1 }, hits: [3, 0] });
});

test('failures too far apart are none; a longer find time bans, and says when', async () => {
  const lines = [0, 700, 1400].map((seconds) => bad(seconds, '192.0.2.1'));
  const found = await run([piped(lines)], rules({ findtime: 3600 }));
  expect(found.added).toEqual({
    total: 1,
    items: [{ ip: '192.0.2.1', lines: 3, at: start + 1400, before: null, bans: 1 }],
  });
});

test('files, compressed ones and the journal are read in their order, each with its own kind of time', async () => {
  await writeFile(join(dir, 'a.gz'), gzipSync(`${bad(0, '192.0.2.1')}\n`));
  await writeFile(join(dir, 'a'), `${bad(1, '192.0.2.1')}\n`);
  await writeFile(join(dir, 'broken.gz'), gzipSync('x'.repeat(5000)).subarray(0, 20));
  const files = await Promise.all(['a.gz', 'a', 'broken.gz'].map((name) => open(join(dir, name))));
  const found = await run([
    ...files.map(({ fd }, index): ReplayInput => ({
      log: 0,
      from: fd,
      kind: index === 1 ? 'plain' : 'gzip',
      size: 30,
    })),
    piped([`${start + 2}.5 bad from 192.0.2.1`, `${start + 3}.5 host x: bad from 192.0.2.9`], 'journal'),
  ]);
  await Promise.all(files.map((file) => file.close()));
  expect(found).toMatchObject({ bans: { now: 1 }, broken: [2], matched: { now: 3 } });
});

test('names are not looked up, lines without a date have that of the line before, ignored ones are left out', async () => {
  const lines = [
    'bad from 192.0.2.1',
    ...[0, 1, 2].map((seconds) => bad(seconds, 'host.invalid')),
    'bad from 192.0.2.2',
    'bad from 192.0.2.2',
    'bad from 192.0.2.2',
    ...[3, 4, 5].map((seconds) => bad(seconds, '2001:db8::1')),
    bad(6, '192.0.2.77'),
  ];
  const found = await run([piped(lines)], rules(), {
    ignoreip: ['2001:db8::/32', 'name.invalid', 'nonsense/99', '192.0.2.77'],
  });
  expect(found).toMatchObject({ undated: 1, names: 3, bans: { now: 1 }, added: { total: 0 } });
  expect(found.ignored).toMatchObject({
    total: 2,
    items: [
      { ip: '2001:db8::1', lines: 3, at: start + 5 },
      { ip: '192.0.2.77', lines: 1, at: null },
    ],
  });
});

test('an expression that explodes is left out and named; the others go on', async () => {
  const lines = [...[0, 1, 2].map((seconds) => bad(seconds, '192.0.2.1')), `${start + 3} ${'a'.repeat(60)}`];
  const trial = rules({ filter: { ...filter, expressions: ['^ (a+)+b <HOST>', ...filter.expressions] } });
  const found = await run(
    [piped([...lines, ...[4, 5, 6].map((seconds) => bad(seconds, '192.0.2.2'))])],
    trial,
  );
  expect(found.expressions.map((one) => one.slow)).toEqual([true, false]);
  expect(found).toMatchObject({ bans: { now: 2, trial: 2 }, hits: [0, 6] });
});

test('when it is cancelled the process is gone, and a pipe that never ends does not hold it', async () => {
  const stop = new AbortController();
  const endless = new Readable({ read() {} });
  endless.push(`${bad(0, '192.0.2.1')}\n`);
  const outcome = run([{ log: 0, from: endless, kind: 'plain', size: 0 }], rules(), { signal: stop.signal });
  setTimeout(() => stop.abort(), 500);
  await expect(outcome).rejects.toThrow('stopped');
});
