/** fail2ban's table of bans, read forward through unbans, purges and repairs: no ban is missed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readTable, readTableEnds, type Anchors, type TableBan } from './ban-table.ts';

let dir: string;
let file: string;
let theirs: DatabaseSync;
let anchors: Anchors;
let time: number;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bangui-table-'));
  file = join(dir, 'f2b.sqlite3');
  anchors = [];
  time = 1_700_000_000;
  create();
});
afterEach(() => {
  theirs.close();
  rmSync(dir, { recursive: true });
});

function create(): void {
  theirs = new DatabaseSync(file);
  theirs.exec(`PRAGMA synchronous = OFF; CREATE TABLE bans(jail TEXT NOT NULL, ip TEXT, timeofban INTEGER NOT NULL, bantime INTEGER NOT NULL,
    bancount INTEGER NOT NULL default 1, data JSON)`);
}
const insert = (ip: string, data: string | Buffer | null = null, seconds = 600): void => {
  theirs
    .prepare('INSERT INTO bans(jail, ip, timeofban, bantime, data) VALUES (?, ?, ?, ?, ?)')
    .run('sshd', ip, time++, seconds, data);
};
const unban = (...ips: string[]): void => {
  for (const ip of ips) theirs.prepare('DELETE FROM bans WHERE ip = ?').run(ip);
};
/** Everything that is new, read in batches. */
function read(limit = 100): TableBan[] {
  const bans: TableBan[] = [];
  for (;;) {
    const batch = readTable(file, anchors, limit);
    bans.push(...batch.bans);
    ({ anchors } = batch);
    if (!batch.more) return bans;
  }
}
const ips = (bans: readonly TableBan[]): string[] => bans.map(({ ip }) => ip);

test('every ban is read once, in batches, and then only what is new', () => {
  for (let i = 0; i < 25; i++) insert(`192.0.2.${i}`);
  expect(readTableEnds(file)).toEqual({ first: 1, last: 25 });
  expect(ips(read(10))).toEqual(Array.from({ length: 25 }, (_, i) => `192.0.2.${i}`));
  expect(read()).toEqual([]);
  insert('198.51.100.1');
  expect(ips(read())).toEqual(['198.51.100.1']);
});

test('a ban that got the row number of one that was ended by hand is read', () => {
  insert('192.0.2.1');
  insert('192.0.2.2');
  read();
  unban('192.0.2.2');
  insert('192.0.2.3');
  expect(ips(read())).toContain('192.0.2.3');
});

test('thousands of the newest bans ended by hand and as many new ones: none of the new ones is missed', () => {
  for (let i = 0; i < 5000; i++) insert(`old-${i}`);
  read(1000);
  unban(...Array.from({ length: 3000 }, (_, i) => `old-${i + 2000}`));
  for (let i = 0; i < 3500; i++) insert(`new-${i}`);
  const again = new Set(ips(read(1000)));
  expect([...again].filter((ip) => ip.startsWith('new-'))).toHaveLength(3500);
  expect(again.size).toBeLessThan(3500 + 2000);
});

test('a purge of everything and more bans than before: all of them are read', () => {
  for (let i = 0; i < 50; i++) insert(`old-${i}`);
  read();
  theirs.exec('DELETE FROM bans');
  for (let i = 0; i < 80; i++) insert(`new-${i}`);
  const { anew } = readTable(file, anchors, 10);
  expect(anew).toBe(true);
  expect(ips(read())).toEqual(Array.from({ length: 80 }, (_, i) => `new-${i}`));
});

test('an emptied table is read as empty', () => {
  insert('192.0.2.1');
  read();
  theirs.exec('DELETE FROM bans');
  expect(readTable(file, anchors, 10)).toMatchObject({ bans: [], anew: true, anchors: [], more: false });
  expect(readTableEnds(file)).toEqual({ first: 0, last: 0 });
});

test('a file made anew, with all rows numbered anew, is read from its start', () => {
  for (let i = 0; i < 30; i++) insert(`a-${i}`);
  unban('a-3', 'a-7');
  read();
  theirs.close();
  rmSync(file);
  time = 1_700_000_000;
  create();
  for (let i = 0; i < 30; i++) if (i !== 3 && i !== 7) insert(`a-${i}`);
  insert('later');
  expect(ips(read())).toContain('later');
});

test('what fail2ban stored with a ban: texts, triples, bytes, and nothing readable', () => {
  insert('1', Buffer.from('{"matches": ["one", ["two ", "12:00", " three"]], "failures": 4}'), -1);
  insert('2', '{"matches": "none", "failures": "x"}', -2);
  insert('3', '{"matches": [');
  insert('4', Buffer.from([0xff, 0xfe, 0x00]));
  insert('5', JSON.stringify({ matches: ['x'.repeat(1_000_000)], failures: 1 }));
  const [one, two, three, four, five] = read();
  expect(one).toMatchObject({ lines: ['one', 'two 12:00 three'], failures: 4, seconds: -1 });
  expect(two).toMatchObject({ lines: [], failures: 0, seconds: null });
  expect(three).toMatchObject({ ip: '3', lines: [], failures: 0, seconds: 600 });
  expect(four).toMatchObject({ ip: '4', lines: [] });
  expect(five?.lines[0]).toHaveLength(16_001);
});

test('rows of a megabyte are read a few at a time', () => {
  for (let i = 0; i < 12; i++)
    insert(String(i), Buffer.from(JSON.stringify({ matches: ['x'.repeat(1_000_000)] })));
  expect(readTable(file, [], 1000).bans.length).toBeLessThan(7);
  expect(read(1000)).toHaveLength(12);
});
