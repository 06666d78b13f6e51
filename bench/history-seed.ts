/** A BanGUI that has taken over the bans of a real fail2ban: made once for each size, kept between runs. */
import { copyFileSync, constants, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { startBangui, until } from '../test/bangui.ts';
import { startFail2ban } from '../test/fail2ban/real-fail2ban.ts';
import { signIn, type Operator } from '../test/operator.ts';
import type { BenchData } from './history-data.ts';
import { percentile, residentMb, round, sleep } from './measure.ts';
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
  const fail2ban = await startFail2ban({ extraJails: 5, settings: 'dbpurgeage = 400d' });
  await fail2ban.stop();
  copyFileSync(path, fail2ban.databaseFile, constants.COPYFILE_FICLONE);
  await fail2ban.start();
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
        events = state.parse((await operator.get('/api/v1/history/state')).body).events;
        return events >= count;
      },
      6 * hourMs,
      100,
    );
    const perSecond = events / ((performance.now() - began) / 1000);
    await daysSummed(operator);
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

/** The sums of days are made after the bans: the overview is as quick as it will be once it no longer gets quicker. */
async function daysSummed({ get }: Operator): Promise<void> {
  const path = '/api/v1/dashboard/figures?range=365d';
  let [best, since] = [Number.POSITIVE_INFINITY, performance.now()];
  while (performance.now() - since < 120_000) {
    const { ms } = await get(path);
    if (ms < best * 0.9) [best, since] = [ms, performance.now()];
    await sleep(2_000);
  }
}
