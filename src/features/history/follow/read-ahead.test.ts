/** What the thread that reads ahead hands over is what is in fail2ban's table, and what kept it from reading is told. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readTable } from '../../../host/bans/ban-table.ts';
import type { SeedBan } from '../new-event.ts';
import { seedBanOf } from '../store/clean-event.ts';
import { openReadAhead, type AheadBatch, type ReadAhead } from './read-ahead.ts';
import { fromTable } from './told-events.ts';

let dir: string;
let file: string;
let ahead: ReadAhead | null;
let ready: () => void;
let isReady: Promise<void>;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bangui-ahead-'));
  file = join(dir, 'f2b.sqlite3');
  ahead = null;
  rest();
});
afterEach(() => {
  ahead?.close();
  rmSync(dir, { recursive: true });
});

function rest(): void {
  ({ promise: isReady, resolve: ready } = Promise.withResolvers<void>());
}

const rows = 5_000;

/** Rows as odd as fail2ban's own can be. */
function fill(): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA synchronous = OFF; CREATE TABLE bans(jail TEXT NOT NULL, ip TEXT, timeofban INTEGER NOT NULL,
    bantime INTEGER NOT NULL, bancount INTEGER NOT NULL default 1, data JSON)`);
  const insert = database.prepare('INSERT INTO bans VALUES (?, ?, ?, ?, ?, ?)');
  database.exec('BEGIN');
  for (let n = 0; n < rows; n++) {
    const jail = ['sshd', 'Ünïcödé', 'bangui-blocklist', 'nul\0'][n % 4] ?? '';
    const ip = n % 3 === 0 ? `2001:db8::${n.toString(16)}` : `192.0.2.${n % 256}`;
    const data =
      n % 5 === 0 ? 'broken' : JSON.stringify({ matches: [`line ${n} 🦊 \ud800`], failures: n % 7 });
    insert.run(jail, ip, 1_700_000_000 + n, [600, -1, -2][n % 3] ?? 0, n % 4, n % 11 === 0 ? null : data);
  }
  database.exec('COMMIT');
  return database;
}

async function nextBatch(from: ReadAhead): Promise<AheadBatch> {
  for (;;) {
    const batch = from.next();
    if (batch !== null) return batch;
    await isReady;
    rest();
  }
}

async function readAll(from: ReadAhead): Promise<{ bans: SeedBan[]; last: AheadBatch }> {
  const bans: SeedBan[] = [];
  for (;;) {
    const batch = await nextBatch(from);
    bans.push(...batch.bans);
    if (!batch.more) return { bans, last: batch };
  }
}

test('all of it, in order, as it is read without a thread, and on from where reading stopped', async () => {
  fill().close();
  const expected: SeedBan[] = [];
  let batch = readTable(file, [], rows);
  for (; batch.more; batch = readTable(file, batch.anchors, rows))
    expected.push(...fromTable(batch.bans).map(seedBanOf));
  expected.push(...fromTable(batch.bans).map(seedBanOf));
  expect(expected.length).toBe(rows);
  ahead = openReadAhead({ file, anchors: [] }, () => ready());
  const first = await nextBatch(ahead);
  expect(first.bans.length).toBeLessThan(rows);
  const { bans, last } = await readAll(ahead);
  expect([...first.bans, ...bans]).toEqual(expected);
  expect(last.anchors[0]).toEqual(batch.anchors[0]);
  ahead.close();

  ahead = openReadAhead({ file, anchors: first.anchors }, () => ready());
  expect((await readAll(ahead)).bans).toEqual(bans);
});

test('while fail2ban writes it waits; what is no database is told, after what was read', async () => {
  const theirs = fill();
  theirs.exec('BEGIN EXCLUSIVE');
  ahead = openReadAhead({ file, anchors: [] }, () => ready());
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(ahead.next()).toBeNull();
  theirs.exec('COMMIT');
  expect((await readAll(ahead)).bans.length).toBe(rows);
  theirs.close();
  ahead.close();

  writeFileSync(file, 'no database at all, but long enough to be looked at as one'.repeat(100));
  ahead = openReadAhead({ file, anchors: [] }, () => ready());
  await expect(readAll(ahead)).rejects.toThrow('not a database');
});
