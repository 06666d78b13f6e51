/** A BanGUI that has taken over the bans of a real fail2ban: made once for each size, kept between runs. */
import { copyFileSync, constants, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { startBangui, until } from '../test/bangui.ts';
import { startFail2ban } from '../test/fail2ban/real-fail2ban.ts';
import { signIn, type Operator } from '../test/operator.ts';
import type { BenchData } from './history-data.ts';
import { percentile, residentMb, round } from './measure.ts';
import type { Row } from './scene.ts';

export interface Seeded {
  dir: string;
  /** Of the seeding, when it was done in this run. */
  rows: Row[];
}

const state = z.object({ state: z.string(), events: z.number() });
const hourMs = 3_600_000;

export async function seededFolder(data: BenchData): Promise<Seeded> {
  const dir = data.path.replace('-fail2ban-', '-history-').replace('.sqlite3', '');
  const mark = join(dir, 'complete');
  if (existsSync(mark)) return { dir, rows: [] };
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const rows = await seed(data, dir);
  writeFileSync(mark, '');
  return { dir, rows };
}

async function seed({ path, count }: BenchData, dir: string): Promise<Row[]> {
  const fail2ban = await startFail2ban({ extraJails: 5 });
  await fail2ban.stop();
  copyFileSync(path, fail2ban.databaseFile, constants.COPYFILE_FICLONE);
  await fail2ban.start();
  // its hourly purge must not take away what is being read
  await fail2ban.client('set', 'dbpurgeage', '400d');
  const bangui = await startBangui({ socket: fail2ban.socket, dir });
  try {
    const operator = await signIn(bangui.url);
    const began = performance.now();
    const sizes: number[] = [];
    const waits: number[] = [];
    let events = 0;
    await until(
      `${count} bans are taken over`,
      async () => {
        sizes.push(residentMb(bangui.pid));
        waits.push((await operator.get('/api/v1/dashboard/status')).ms);
        const now = state.parse((await operator.get('/api/v1/history/state')).body);
        ({ events } = now);
        return now.state === 'current' && events >= count;
      },
      6 * hourMs,
      100,
    );
    const perSecond = events / ((performance.now() - began) / 1000);
    await daysSummed(operator);
    await linesSearchable(dir);
    const [wait, peak] = [percentile(waits, 99), Math.max(...sizes)];
    return [
      {
        figure: `seeding ${count.toLocaleString('en')} rows`,
        reach: '≥ 40k rows/s, API p99 ≤ 50 ms, peak ≤ 300 MB',
        measured: `${round(perSecond)} rows/s, p99 ${round(wait)} ms, peak ${round(peak)} MB`,
        beside: '–',
        met: perSecond >= 40_000 && wait <= 50 && peak <= 300,
      },
    ];
  } finally {
    await bangui.stop();
    await fail2ban.remove();
  }
}

const run = z.object({ state: z.string(), counts: z.record(z.string(), z.number()) });

/** Done when a run of the job has nothing left to do. */
async function daysSummed({ send }: Operator): Promise<void> {
  await until(
    'the days have their sums',
    async () => {
      const { status, body } = await send('POST', '/api/v1/jobs/history_rollup/run', {});
      if (status !== 202) return false;
      const { state: ended, counts } = run.parse(body);
      return ended === 'completed' && Object.values(counts).every((n) => n === 0);
    },
    6 * hourMs,
    1_000,
  );
}

/** The full-text index of what a seeding brought is made after everything else. */
async function linesSearchable(dir: string): Promise<void> {
  const database = new DatabaseSync(join(dir, 'bangui.db'), { readOnly: true });
  const left = database.prepare("SELECT 1 FROM history_state WHERE key = 'unsearched_from'");
  await until('all lines are in the full-text index', () => left.get() === undefined, 6 * hourMs, 500);
  database.close();
}
