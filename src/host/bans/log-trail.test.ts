/** fail2ban's log followed from a place on: through rotations, restarts of either side, and their noise. */
import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLogTrail, type LogTrail, type TrailMark } from './log-trail.ts';

let dir: string;
let file: string;
let clock: number;
let pid: number;
/** Between the newest line and now. */
let passed: number;
let trail: LogTrail | null;
let mark: TrailMark | null;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bangui-trail-'));
  file = join(dir, 'fail2ban.log');
  clock = Date.now() - 600_000;
  pid = 100;
  trail = null;
  mark = null;
  write('server', 'Starting Fail2ban v1.0.2');
});
afterEach(() => {
  trail?.close();
  rmSync(dir, { recursive: true });
});

const two = (value: number): string => String(value).padStart(2, '0');
const stamp = (at: number): string => {
  const t = new Date(at);
  const day = `${t.getFullYear()}-${two(t.getMonth() + 1)}-${two(t.getDate())}`;
  return `${day} ${two(t.getHours())}:${two(t.getMinutes())}:${two(t.getSeconds())},${String(t.getMilliseconds()).padStart(3, '0')}`;
};
function write(logger: string, message: string, passes = 10): void {
  clock += passes;
  appendFileSync(file, `${stamp(clock)} fail2ban.${logger.padEnd(15)} [${pid}]: NOTICE  ${message}\n`);
  utimesSync(file, clock / 1000, clock / 1000);
}
const ban = (ip: string): void => write('actions', `[sshd] Ban ${ip}`);
const unban = (ip: string, passes = 10): void => write('actions', `[sshd] Unban ${ip}`, passes);

/** Reads on with the trail that is open, or with another process's from the last mark. */
function read(since = 5000): string[] {
  passed = since;
  trail ??= openLogTrail({ file, mark, now: () => clock + passed });
  const heard: string[] = [];
  for (let batch = trail.next(); batch !== null; batch = trail.next()) {
    ({ mark } = batch);
    heard.push(...batch.heard.map(({ type, ip }) => `${type} ${ip}`));
  }
  return heard;
}
function restart(): void {
  trail?.close();
  trail = null;
}

test('at first contact what rotation left is read before the log', () => {
  ban('1');
  renameSync(file, `${file}.1`);
  ban('2');
  expect(read()).toEqual(['ban 1', 'ban 2']);
  ban('3');
  expect(read()).toEqual(['ban 3']);
});

test('the times of lines are those of the local clock', () => {
  ban('1');
  trail = openLogTrail({ file, mark: null, now: () => clock });
  expect(trail.next()?.heard).toEqual([
    { type: 'ban', jail: 'sshd', ip: '1', at: clock, count: 1, seconds: null },
  ]);
});

describe.each([
  ['while BanGUI runs', (): void => {}],
  ['while BanGUI is down', restart],
])('%s', (_name, down) => {
  test('the log is renamed, and fail2ban writes to the old file for a while', () => {
    ban('1');
    expect(read()).toEqual(['ban 1']);
    down();
    renameSync(file, `${file}.1`);
    appendFileSync(`${file}.1`, `${stamp(clock + 5)} fail2ban.actions [100]: NOTICE [sshd] Ban 2\n`);
    ban('3');
    expect(read()).toEqual(['ban 2', 'ban 3']);
  });

  test('the log is renamed twice', () => {
    ban('1');
    read();
    down();
    ban('2');
    renameSync(file, `${file}.1`);
    ban('3');
    renameSync(`${file}.1`, `${file}.2`);
    renameSync(file, `${file}.1`);
    ban('4');
    expect(read()).toEqual(['ban 2', 'ban 3', 'ban 4']);
  });

  test('the log is copied and emptied, and grows past where it was', () => {
    ban('1');
    read();
    down();
    ban('2');
    copyFileSync(file, `${file}.1`);
    truncateSync(file);
    for (let i = 3; i < 20; i++) ban(String(i));
    expect(read()).toEqual(Array.from({ length: 18 }, (_, i) => `ban ${i + 2}`));
  });
});

test('a mark that is in no file any more is a gap, and what there is is read', () => {
  ban('1');
  read();
  restart();
  rmSync(file);
  ban('2');
  expect(read()).toEqual(['ban 2']);
  expect(trail?.gap()).not.toBeNull();
});

test('a stop of fail2ban ends no ban, its start begins none', () => {
  ban('1');
  write('server', 'Shutdown in progress...');
  unban('1');
  write('jail', "Jail 'sshd' stopped");
  write('server', 'Exiting Fail2ban');
  pid = 101;
  write('server', 'Starting Fail2ban v1.0.2');
  write('actions', '[sshd] Restore Ban 1');
  unban('1');
  expect(read()).toEqual(['ban 1', 'unban 1']);
});

test('the same when BanGUI reads half of it and is started again', () => {
  ban('1');
  write('server', 'Shutdown in progress...');
  unban('1');
  expect(read()).toEqual(['ban 1']);
  restart();
  unban('2');
  pid = 101;
  write('server', 'Starting Fail2ban v1.0.2');
  unban('3');
  expect(read()).toEqual(['unban 3']);
});

test('a stop of fail2ban that logs only notices shows by the process that follows', () => {
  ban('1');
  unban('1');
  pid = 101;
  write('actions', '[sshd] Restore Ban 1');
  expect(read()).toEqual(['ban 1']);
});

test('a stop of one jail ends no ban; its unbans are held back, also over a restart of BanGUI', () => {
  ban('1');
  ban('2');
  unban('1');
  expect(read(100)).toEqual(['ban 1', 'ban 2']);
  restart();
  unban('2', 900);
  write('jail', "Jail 'sshd' stopped", 900);
  expect(read(100)).toEqual([]);
  restart();
  write('jail', "Jail 'sshd' started");
  write('actions', '[sshd] Restore Ban 1');
  write('actions', '[sshd] Restore Ban 2');
  expect(read()).toEqual([]);
});

test('an unban by hand right before its jail is stopped is one', () => {
  ban('1');
  ban('2');
  unban('1');
  unban('2');
  write('jail', "Jail 'sshd' stopped");
  write('jail', "Jail 'sshd' started");
  write('actions', '[sshd] Restore Ban 2');
  expect(read()).toEqual(['ban 1', 'ban 2', 'unban 1']);
});

test('the same, with a rotation and a restart of BanGUI before that is known', () => {
  ban('1');
  unban('1');
  write('jail', "Jail 'sshd' stopped");
  expect(read(100)).toEqual(['ban 1']);
  renameSync(file, `${file}.1`);
  write('jail', "Jail 'sshd' started");
  expect(read(100)).toEqual([]);
  restart();
  ban('2');
  expect(read(100)).toEqual(['ban 2']);
  restart();
  expect(read()).toEqual(['unban 1']);
});

test('unbans by hand, of all at once, are unbans', () => {
  ban('1');
  ban('2');
  write('actions', '[sshd] Flush ticket(s) with nftables');
  unban('1');
  unban('2');
  expect(read(100)).toEqual(['ban 1', 'ban 2']);
  expect(read()).toEqual(['unban 1', 'unban 2']);
});

test('an increased ban says its number and length', () => {
  ban('1');
  const end = Math.ceil(clock / 1000) * 1000 + 40_000;
  write('observer', `[sshd] Increase Ban 1 (3 # 40s -> ${stamp(end).slice(0, 19)})`);
  trail = openLogTrail({ file, mark: null, now: () => clock });
  expect(trail.next()?.heard[1]).toMatchObject({
    type: 'increase',
    count: 3,
    seconds: expect.closeTo(40, -1),
  });
});

test('lines of a megabyte, half lines and broken characters hold nothing up', () => {
  ban('1');
  appendFileSync(file, `${'x'.repeat(1_000_000)} [sshd] Ban 6.6.6.6`);
  expect(read()).toEqual(['ban 1']);
  restart();
  appendFileSync(file, Buffer.from([0xff, 0xc3, 10]));
  ban('2');
  appendFileSync(file, `${stamp(clock)} fail2ban.actions [100]: NOTICE [sshd] Ba`);
  expect(read()).toEqual(['ban 2']);
  restart();
  appendFileSync(file, 'n 3\n');
  expect(read()).toEqual(['ban 3']);
});

test('a log written in another time zone is shifted as a whole', () => {
  rmSync(file);
  const at = Date.now() - 60_000;
  writeFileSync(file, `${stamp(at + 3 * 3_600_000)} fail2ban.actions [1]: NOTICE  [sshd] Ban 1\n`);
  utimesSync(file, at / 1000, at / 1000);
  trail = openLogTrail({ file, mark: null, now: Date.now });
  expect(trail.next()?.heard[0]?.at).toBe(at);
});
