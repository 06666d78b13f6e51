/** How the journal is asked; the program is a stand-in that tells what it was given: not every machine has a journal. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readJournal, unitMatches, type JournalQuestion } from './journal.ts';

let dir: string;
let program: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bangui-journal-'));
  program = join(dir, 'journalctl');
  await writeFile(program, '#!/bin/sh\nprintf "%s\\n" "$@"\n');
  await chmod(program, 0o755);
});
afterAll(() => rm(dir, { recursive: true }));

const asked = async (question: JournalQuestion) => {
  const stream = readJournal(program, question, new AbortController().signal);
  return stream === null ? null : (await text(stream)).trim().split('\n');
};

test('it is asked for a unit or for matches, of a time, or for the newest', async () => {
  expect(await asked({ matches: unitMatches('sshd') ?? [], from: 1_000_500, to: 2_000_500 })).toEqual([
    '--no-pager',
    '--quiet',
    '--output=short-unix',
    '--since=@1000',
    '--until=@2001',
    '_SYSTEMD_UNIT=sshd.service',
  ]);
  const matches = ['_SYSTEMD_UNIT=ssh.service', '+', '_COMM=sshd'];
  expect((await asked({ matches, newest: 7 }))?.slice(-4)).toEqual(['--lines=7', ...matches]);
});

test('nothing else is handed to it', async () => {
  for (const matches of [[], ['--root=/'], ['_COMM=a\n--root'], ['a b'], ['_COMM=sshd', '-f']])
    expect(await asked({ matches }), matches.join(' ')).toBeNull();
  for (const unit of ['', '-x y', 'a/b', 'ü', 'a\0']) expect(unitMatches(unit)).toBeNull();
});

test('one that is not there, or that never ends, ends with us', async () => {
  const missing = readJournal(join(dir, 'none'), { matches: ['_COMM=x'] }, new AbortController().signal);
  expect(missing === null ? null : await text(missing).catch(() => '')).toBe('');
  const endless = join(dir, 'endless');
  await writeFile(endless, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
  const stop = new AbortController();
  const stream = readJournal(endless, { matches: ['_COMM=x'] }, stop.signal);
  setTimeout(() => stop.abort(), 100);
  const began = performance.now();
  expect(stream === null ? null : await text(stream).catch(() => '')).toBe('');
  expect(performance.now() - began).toBeLessThan(5_000);
});
