/** Failures counted from fail2ban's log: by jail and minute, over rotation, bounded, each byte once. */
import { appendFile, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { localTime } from '../bans/log-clock.ts';
import { createFoundCounter, type Found } from './count-found.ts';

let dir: string;
let file: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bangui-found-'));
  file = join(dir, 'fail2ban.log');
});
afterEach(() => rm(dir, { recursive: true }));

const start = Date.UTC(2026, 10, 22, 10, 0, 0);
const line = (second: number, message: string, level = 'INFO', logger = 'filter'): string => {
  const stamp = new Date(start + second * 1000)
    .toISOString()
    .replace('T', ' ')
    .replace('.', ',')
    .slice(0, 23);
  return `${stamp} fail2ban.${logger.padEnd(15)} [7]: ${level.padEnd(7)} ${message}\n`;
};
const found = (second: number, jail = 'sshd'): string =>
  line(second, `[${jail}] Found 192.0.2.${second % 256} - 2026-11-22 10:00:00`);
const writtenAt = async (second: number, name = file): Promise<void> => {
  const at = new Date(localTime(start + second * 1000));
  await utimes(name, at, at);
};
const at = (second: number): number => localTime(start + second * 1000);
const total = (of: Found, jail = 'sshd'): number =>
  of.of(jail).reduce((sum, { failures }) => sum + failures, 0);

test('failures are counted by jail and minute; what only speaks of them is not', async () => {
  await writeFile(
    file,
    line(0, "Jail 'sshd' started", 'INFO', 'jail') +
      found(1) +
      found(59) +
      found(61) +
      found(62, 'my web') +
      line(63, '[sshd] Found 192.0.2.9, bad - 2026-11-22 10:01:03, 2 # -> 3.0', 'INFO', 'observer') +
      line(64, '[sshd] Ignore 192.0.2.9 by ip') +
      line(65, '[sshd] Ban 192.0.2.9', 'NOTICE', 'actions') +
      'GET /?[sshd] Found 192.0.2.10\n' +
      `${line(65, 'No failure-id in: x').trimEnd()}\u2028${found(65).trimEnd()}\r${found(65)}` +
      found(66).trimEnd(),
  );
  await writtenAt(66);
  const counter = createFoundCounter();
  const counts = await counter.look(file);
  expect(counts.since).toBe(at(0));
  expect(counts.of('sshd')).toEqual([
    { at: at(0), failures: 2 },
    { at: at(60), failures: 1 },
  ]);
  expect(counts.of('my web')).toEqual([{ at: at(60), failures: 1 }]);
  expect(counts.of('nobody')).toEqual([]);

  await appendFile(file, `\n${found(67)}`);
  await writtenAt(67);
  expect(total(await counter.look(file)), 'the line that was not whole counts once it is').toBe(5);
});

test('what was written is read on, over a rotation and with what rotation left', async () => {
  await writeFile(`${file}.1`, found(0) + found(1));
  await writtenAt(1, `${file}.1`);
  await writeFile(file, found(120));
  await writtenAt(120);
  const counter = createFoundCounter();
  const first = await counter.look(file);
  expect([first.since, total(first)]).toEqual([at(0), 3]);

  await rename(`${file}.1`, `${file}.2`);
  await appendFile(file, found(121));
  await rename(file, `${file}.1`);
  await writeFile(file, found(180));
  await writtenAt(180);
  expect(total(await counter.look(file))).toBe(5);
  expect(total(await createFoundCounter().look(file)), 'as who reads all of it anew').toBe(5);

  await rm(`${file}.2`);
  const after = await counter.look(file);
  expect([after.since, total(after)]).toEqual([at(120), 3]);
});

test('a log that was emptied begins anew, and an empty one tells nothing', async () => {
  await writeFile(file, found(0) + found(1));
  await writtenAt(1);
  const counter = createFoundCounter();
  expect(total(await counter.look(file))).toBe(2);
  await writeFile(file, '');
  const nothing = await counter.look(file);
  expect([nothing.since, total(nothing)]).toEqual([null, 0]);
  await writeFile(file, found(60));
  await writtenAt(60);
  const anew = await counter.look(file);
  expect([anew.since, total(anew)]).toEqual([at(60), 1]);
  await expect(counter.look(join(dir, 'none.log'))).rejects.toThrow('ENOENT');
});

test('a log too large is read from its end, and says from when on nothing is missing', async () => {
  const each = found(0).length;
  await writeFile(file, Array.from({ length: 1000 }, (_, index) => found(index)).join(''));
  await writtenAt(999);
  const counts = await createFoundCounter({ mostBytes: 100 * each + 20 }).look(file);
  expect(counts.since).toBe(at(900) + 60_000);
  const known = counts.of('sshd').filter((one) => one.at >= (counts.since ?? 0));
  expect(known.reduce((sum, { failures }) => sum + failures, 0)).toBe(40);
});

test('of a log of any size a bounded part is read once, and others get their turn meanwhile', async () => {
  const block = Array.from({ length: 40_000 }, (_, index) => found(index)).join('');
  await writeFile(file, block.repeat(Math.ceil((96 * 1024 * 1024) / block.length)));
  await writtenAt(40_000);
  const counter = createFoundCounter();
  let turns = 0;
  let looking = true;
  const turn = (): void => {
    turns++;
    if (looking) setImmediate(turn);
  };
  setImmediate(turn);
  const counts = await counter.look(file);
  looking = false;
  const bounded = Math.floor((64 * 1024 * 1024) / found(0).length);
  expect(Math.abs(total(counts) - bounded)).toBeLessThan(20_000);
  // each block is a thousand lines or so
  expect(turns).toBeGreaterThan(400);
  const before = process.cpuUsage();
  expect(total(await counter.look(file))).toBe(total(counts));
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000, 'ms of CPU').toBeLessThan(500);
});
