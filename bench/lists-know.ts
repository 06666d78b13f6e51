/** Knowing what lists do: which of five million entries hold an address, and what a million would have done for us. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { addressKey } from '../src/base/address.ts';
import type { AddressSet } from '../src/base/address-set/address-set.ts';
import { sortRanges } from '../src/base/address-set/sort-ranges.ts';
import { v4Width } from '../src/base/address-set/width.ts';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { createListWork } from '../src/features/blocklists/list-work.ts';
import { writeSetFile } from '../src/features/blocklists/set-file.ts';
import { createSimulator } from '../src/features/blocklists/simulate.ts';
import { whichLists } from '../src/features/blocklists/simulation-contract.ts';
import { migrate } from '../src/platform/db/migrate.ts';
import { openDatabase } from '../src/platform/db/open.ts';
import { openReader } from '../src/platform/db/reader.ts';
import { startBangui } from '../test/bangui.ts';
import { randomOf } from '../test/history-data.ts';
import { signIn } from '../test/operator.ts';
import { median, percentile, residentMb, round } from './measure.ts';
import type { Row } from './scene.ts';

const million = 1_000_000;
const attackers = 100_000;
const asked = 200;
const lists = 5;
const day = 86_400_000;

export async function listsKnow(): Promise<Row[]> {
  const dir = await mkdtemp(join(tmpdir(), 'bangui-bench-lists-'));
  try {
    await mkdir(join(dir, 'blocklists', 'sources'), { recursive: true });
    return [...(await lookups(dir)), await simulated(dir)];
  } finally {
    await rm(dir, { recursive: true });
  }
}

const setPath = (dir: string, n: number): string => join(dir, 'blocklists', 'sources', `${n}.set`);

/** A million addresses; few of them touch. */
function madeSet(n: number): AddressSet {
  const random = randomOf(n + 1);
  const bounds = new Uint32Array(2 * million);
  for (let at = 0; at < bounds.length; at += 2) bounds.fill(madeWord(random), at, at + 2);
  return { v4: sortRanges(bounds, v4Width).ranges, v6: new Uint32Array() };
}

/** In 16.0.0.0/4 to 111.255.255.255, of which little is special. */
const madeWord = (random: () => number): number => Math.floor(0x1000_0000 + random() * 0x6000_0000);
const text = (word: number): string => [24, 16, 8, 0].map((shift) => (word >>> shift) & 0xff).join('.');

async function lookups(dir: string): Promise<Row[]> {
  const bangui = await startBangui({ socket: '/nonexistent/fail2ban.sock', dir });
  try {
    const operator = await signIn(bangui.url);
    addSources(dir);
    // files that no source has would be swept
    for (let n = 0; n < lists; n++) await writeSetFile(setPath(dir, n), madeSet(n));
    const rows: Row[] = [];
    for (const path of ['blocklists/holding', 'lookup']) {
      const random = randomOf(1);
      const took: number[] = [];
      let found = 0;
      for (let n = 0; n < asked; n++) {
        const { body, ms } = await operator.get(`/api/v1/${path}/${text(madeWord(random))}`);
        took.push(ms);
        if (path !== 'lookup') found += whichLists.output.parse(body).items.length;
      }
      if (path !== 'lookup' && found < asked) throw new Error('the lists do not hold what they were made of');
      rows.push({
        figure: `GET /api/v1/${path}/{ip}: which of ${lists} lists of 1M hold it, ${asked} addresses`,
        reach: '≤ 5 ms',
        measured: `${round(median(took))} ms, p99 ${round(percentile(took, 99))} ms`,
        beside: '–',
        met: median(took) <= 5,
      });
    }
    return rows;
  } finally {
    await bangui.stop();
  }
}

function addSources(dir: string): void {
  const sqlite = new DatabaseSync(join(dir, 'bangui.db'), { timeout: 5_000 });
  const insert = sqlite.prepare(
    `INSERT INTO blocklist_sources (host_id, name, format, enabled, created_at, changed_at, set_file, entries)
     VALUES ('local', ?, '{"kind":"lines"}', 1, 1, 1, ?, ${million})`,
  );
  for (let n = 0; n < lists; n++) insert.run(`list ${n}`, `${n}.set`);
  sqlite.close();
}

async function simulated(dir: string): Promise<Row> {
  const database = await openDatabase({ path: join(dir, 'history.db'), log: silentLog, now: systemClock });
  await migrate({ database, log: silentLog, now: systemClock });
  addHistory(join(dir, 'history.db'));
  const reader = openReader(database);
  const work = createListWork();
  try {
    const { db } = database;
    const simulate = createSimulator({
      db,
      readDb: reader.db,
      hostId: 'local',
      watched: () => [],
      work,
      setFile: (name) => join(dir, 'blocklists', 'sources', name),
      without: async () => [],
      allowedLogDirs: [],
      now: Date.now,
    });
    const { signal } = new AbortController();
    const before = residentMb(process.pid);
    let peak = before;
    const watch = setInterval(() => (peak = Math.max(peak, residentMb(process.pid))), 20);
    const began = performance.now();
    const job = { sourceId: 1, setFile: setPath(dir, 0), runId: 1, days: 30, signal };
    const { history } = await simulate(job);
    const took = performance.now() - began;
    clearInterval(watch);
    const rival = bySql(join(dir, 'history.db'), madeSet(0));
    if (rival.held !== history.held) throw new Error(`${rival.held} by SQL, ${history.held} by us`);
    return {
      figure: `simulation of 1M entries beside ${attackers.toLocaleString('en')} attackers of 30 days (${history.held.toLocaleString('en')} held)`,
      reach: '–',
      measured: `${round(took)} ms, ${round(peak - before)} MB more at most`,
      beside: `a table of the networks and one join: ${round(rival.fillMs)} ms to fill, ${round(rival.askMs)} ms to ask`,
      met: true,
    };
  } finally {
    await work.close();
    await reader.close();
    await database.close();
  }
}

/** Half of them from the first list, so that many are held; each was banned twice. */
function addHistory(path: string): void {
  const sqlite = new DatabaseSync(path);
  const listed = randomOf(1);
  const others = randomOf(99);
  const address = sqlite.prepare(
    `INSERT OR IGNORE INTO addresses VALUES (?, 'local', ?, ?, 'NL', 0, ?, ?, 2)`,
  );
  const ban = sqlite.prepare(
    `INSERT INTO history (id, host_id, jail, ip, action, at, ban_count, failures, origin, again, country, asn)
     VALUES (?, 'local', 'sshd', ?, 'ban', ?, 1, 5, 'own', 0, 'NL', 0)`,
  );
  const from = Date.now() - 20 * day;
  sqlite.exec('BEGIN');
  for (let n = 1; n <= attackers; n++) {
    const ip = text(madeWord(n % 2 === 0 ? listed : others));
    const [first, last] = [from + n, from + 10 * day + n];
    if (address.run(n, ip, addressKey(ip), first, last).changes === 0) continue;
    for (const at of [first, last]) ban.run(at * 1024, ip, at);
  }
  sqlite.exec('COMMIT');
  sqlite.close();
}

function bySql(path: string, { v4 }: AddressSet): { fillMs: number; askMs: number; held: number } {
  const sqlite = new DatabaseSync(path);
  const began = performance.now();
  sqlite.exec('BEGIN; CREATE TABLE listed (first integer PRIMARY KEY, last integer NOT NULL)');
  const insert = sqlite.prepare('INSERT INTO listed VALUES (?, ?)');
  for (let at = 0; at < v4.length; at += 2) insert.run(v4[at] ?? 0, v4[at + 1] ?? 0);
  sqlite.exec('COMMIT');
  const filled = performance.now();
  sqlite.function('word', (ip) =>
    String(ip)
      .split('.')
      .reduce((sum, byte) => sum * 256 + Number(byte), 0),
  );
  const answer = sqlite
    .prepare(
      `SELECT count(*) AS held FROM (SELECT DISTINCT ip FROM history WHERE action = 'ban') AS attacker
       WHERE (SELECT last FROM listed WHERE first <= word(ip) ORDER BY first DESC LIMIT 1) >= word(ip)`,
    )
    .get();
  const askMs = performance.now() - filled;
  sqlite.close();
  return { fillMs: filled - began, askMs, held: Number(answer?.['held']) };
}
