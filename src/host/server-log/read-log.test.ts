/** Reading fail2ban's log backwards: over rotated and packed files, page by page, and what stands in it. */
import { appendFile, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { localTime } from '../bans/log-clock.ts';
import { readLog, type LogQuery } from './read-log.ts';
import { surveyLog } from './survey-log.ts';
import { tailLog, type TailBatch } from './tail-log.ts';

let dir: string;
let file: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bangui-log-'));
  file = join(dir, 'fail2ban.log');
});
afterEach(() => rm(dir, { recursive: true }));

const start = Date.UTC(2026, 10, 22, 10, 0, 0);
const stamp = (second: number): string =>
  new Date(start + second * 1000).toISOString().replace('T', ' ').replace('.', ',').slice(0, 23);
const line = (second: number, message: string, level = 'NOTICE', logger = 'actions'): string =>
  `${stamp(second)} fail2ban.${logger.padEnd(15)} [7]: ${level.padEnd(7)} ${message}\n`;
const all: LogQuery = { text: '', level: null, jail: null, most: 100, before: null, rotated: false };
const messages = async (query: Partial<LogQuery> = {}): Promise<string[]> =>
  (await readLog(file, { ...all, ...query })).entries.map((entry) => entry.message);
/** Every page of it, one after the other. */
const paged = async (query: Partial<LogQuery>): Promise<string[]> => {
  const found: string[] = [];
  let before: string | null = null;
  do {
    const page = await readLog(file, { ...all, ...query, before });
    found.push(...page.entries.map(({ message }) => message));
    before = page.next;
  } while (before !== null);
  return found;
};
const bans = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) =>
    line(from + index, `[sshd] Ban 192.0.2.${(from + index) % 256}`),
  );
const writtenAt = (second: number): Promise<void> => {
  const at = new Date(localTime(start + second * 1000));
  return utimes(file, at, at);
};

test('entries come newest first, with time, level, jail and address', async () => {
  await writeFile(
    file,
    line(0, "Jail 'my web' started", 'INFO', 'jail') +
      line(1, '[my web] Found 2001:db8::1 - 2026-11-22 10:00:01', 'INFO', 'filter') +
      line(2, '[my web] Ban 2001:db8::1'),
  );
  await writtenAt(2);
  const { entries, next } = await readLog(file, all);
  expect(next).toBeNull();
  expect(entries).toMatchObject([
    { message: '[my web] Ban 2001:db8::1', level: 'NOTICE', jail: 'my web', address: '2001:db8::1', pid: 7 },
    { logger: 'filter', level: 'INFO', address: '2001:db8::1' },
    { logger: 'jail', jail: 'my web', address: null },
  ]);
  expect(entries[0]?.at).toBe(localTime(start + 2000));
});

test('lines of a traceback stay with their entry, and are searched with it', async () => {
  await writeFile(
    file,
    line(0, 'before') +
      line(1, 'Failed to execute', 'ERROR') +
      'Traceback (most recent call last):\n  File "x.py", line 3\nValueError: odd\n' +
      line(2, 'after'),
  );
  const { entries } = await readLog(file, { ...all, text: 'valueerror' });
  expect(entries).toHaveLength(1);
  expect(entries[0]?.more).toEqual([
    'Traceback (most recent call last):',
    '  File "x.py", line 3',
    'ValueError: odd',
  ]);
  expect(await messages()).toEqual(['after', 'Failed to execute', 'before']);
});

test('a page is narrowed by level, jail and text', async () => {
  await writeFile(
    file,
    line(0, '[sshd] Found 192.0.2.1 - x', 'INFO', 'filter') +
      line(1, '[web] Ban 192.0.2.2') +
      line(2, '[sshd] Ban 192.0.2.3') +
      line(3, "Failed to execute ban jail 'sshd' action 'a'", 'ERROR'),
  );
  expect(await messages({ level: 'ERROR' })).toEqual(["Failed to execute ban jail 'sshd' action 'a'"]);
  expect(await messages({ level: 'NOTICE' })).toHaveLength(3);
  expect(await messages({ jail: 'sshd' })).toHaveLength(3);
  expect(await messages({ jail: 'sshd', text: 'BAN 192' })).toEqual(['[sshd] Ban 192.0.2.3']);
});

test('pages over the log, a rotated file and a packed one hold every entry once', async () => {
  await writeFile(`${file}.2.gz`, gzipSync(bans(0, 700).join('')));
  await utimes(`${file}.2.gz`, 1000, 1000);
  await writeFile(`${file}.1`, bans(700, 900).join(''));
  await utimes(`${file}.1`, 2000, 2000);
  await writeFile(file, bans(1600, 400).join(''));
  const expected = [...bans(0, 2000)].map((text) => text.slice(text.indexOf('[sshd]')).trim()).toReversed();
  for (const most of [1, 7, 100, 400, 5000].slice(1))
    expect(await paged({ most, rotated: true })).toEqual(expected);
  expect(await paged({ most: 150 })).toEqual(expected.slice(0, 400));
  expect((await readLog(file, all)).rotatedFiles).toBe(2);
});

test('the next page is found again after the log was rotated and packed', async () => {
  await writeFile(file, bans(0, 10).join(''));
  const first = await readLog(file, { ...all, most: 4 });
  await rename(file, `${file}.1`);
  await writeFile(file, bans(20, 3).join(''));
  const rest = bans(0, 6)
    .map((text) => text.slice(text.indexOf('[sshd]')).trim())
    .toReversed();
  expect(await messages({ before: first.next })).toEqual(rest);
  await writeFile(`${file}.2.gz`, gzipSync(bans(0, 10).join('')));
  await rm(`${file}.1`);
  expect(await messages({ before: first.next })).toEqual(rest);
  await rm(`${file}.2.gz`);
  expect(await readLog(file, { ...all, before: first.next })).toMatchObject({
    gone: true,
    entries: [],
    next: null,
  });
});

test('bytes that are no text, no line end and a line of a megabyte harm nothing', async () => {
  const endless = line(1, `[sshd] ${'x'.repeat(1_200_000)}`);
  await writeFile(
    file,
    Buffer.concat([Buffer.from(line(0, 'a')), Buffer.from(endless), Buffer.from([0xff, 0xfe, 10])]),
  );
  await appendFile(file, line(2, 'b').trimEnd());
  const { entries } = await readLog(file, all);
  expect(entries.map(({ message }) => message.slice(0, 8))).toEqual(['b', '[sshd] x', 'a']);
  expect(entries[1]?.message.length).toBeLessThan(70_000);
});

test('a packed file that is broken is named and hides nothing else', async () => {
  await writeFile(file, line(5, 'whole'));
  await writeFile(`${file}.1.gz`, 'no gzip');
  const page = await readLog(file, { ...all, rotated: true });
  expect(page.entries.map(({ message }) => message)).toEqual(['whole']);
  expect(page.skipped).toMatchObject([{ file: `${file}.1.gz` }]);
});

test('a log of a hundred megabytes without a match is looked through in bounded steps', async () => {
  const block = bans(0, 20_000).join('');
  await writeFile(file, line(0, 'needle') + block.repeat(60));
  const began = performance.now();
  const page = await readLog(file, { ...all, text: 'needle' });
  expect(performance.now() - began).toBeLessThan(3_000);
  expect(page.entries).toEqual([]);
  expect(page.next).not.toBeNull();
  expect(await paged({ text: 'needle' })).toEqual(['needle']);
}, 60_000);

test('the last hour is counted by level, and troubles are told like with like', async () => {
  const hour = 3600;
  await writeFile(
    file,
    line(-2 * hour, 'long ago', 'ERROR') +
      bans(0, 5).join('') +
      [1, 2, 3].map((n) => line(n + 10, `Failed to execute ban jail 'j${n}' action 'a'`, 'ERROR')).join('') +
      line(20, 'Unable to find a corresponding IP address for x: [Errno -2]', 'WARNING', 'ipdns'),
  );
  await writtenAt(20);
  const survey = await surveyLog(file, localTime(start) - 1000);
  expect(survey.levels).toEqual({ NOTICE: 5, ERROR: 3, WARNING: 1 });
  expect(survey.groups).toMatchObject([
    {
      level: 'ERROR',
      count: 3,
      message: "Failed to execute ban jail 'j3' action 'a'",
      lastAt: localTime(start + 13_000),
    },
    { level: 'WARNING', count: 1 },
  ]);
});

test('what is written from now on is told once, over a rotation, and filtered', async () => {
  await writeFile(file, bans(0, 3).join(''));
  const batches: TailBatch[] = [];
  const reasons: (string | null)[] = [];
  const stop = tailLog({
    file,
    filter: { text: '', level: null, jail: 'sshd' },
    onBatch: (batch) => void batches.push(batch),
    onReadable: (error) => void reasons.push(error?.message ?? null),
  });
  const told = (): string[] => batches.flatMap(({ entries }) => entries.map(({ message }) => message));
  try {
    await expect.poll(() => reasons).toEqual([null]);
    await appendFile(
      file,
      line(10, '[web] Ban 192.0.2.9') + line(11, '[sshd] Ban 192.0.2.10') + 'its traceback\n',
    );
    await expect.poll(told, { timeout: 5_000 }).toEqual(['[sshd] Ban 192.0.2.10']);
    expect(batches[0]?.entries[0]?.more).toEqual(['its traceback']);
    await rename(file, `${file}.1`);
    await writeFile(file, line(12, '[sshd] Ban 192.0.2.11'));
    await expect.poll(told, { timeout: 5_000 }).toEqual(['[sshd] Ban 192.0.2.10', '[sshd] Ban 192.0.2.11']);
    const page = await readLog(file, all);
    expect(batches.at(-1)?.entries[0]?.id).toBe(page.entries[0]?.id);
    await appendFile(file, bans(20, 2_000).join(''));
    await expect
      .poll(() => batches.reduce((sum, { entries, left }) => sum + entries.length + left, 0), {
        timeout: 5_000,
      })
      .toBe(2_002);
    expect(Math.max(...batches.map(({ entries }) => entries.length))).toBe(200);
  } finally {
    stop();
  }
});
