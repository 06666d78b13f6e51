/** How long each of our reads holds fail2ban's database, beside one statement that reads all of it. */
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { readerMemory } from '../src/features/history/follow/read-ahead.ts';
import type { BenchData } from './history-data.ts';
import { median, percentile, round } from './measure.ts';
import type { Row } from './scene.ts';

export async function holdFigure({ path }: BenchData): Promise<Row> {
  // a thread as small as the one of a seeding: the garbage of this process, collected meanwhile, is no part of the figure
  const thread = new Worker(new URL('./history-hold-thread.ts', import.meta.url), {
    workerData: path,
    resourceLimits: readerMemory,
  });
  const [told]: unknown[] = await once(thread, 'message');
  const held = z.array(z.number()).parse(told);
  const worst = percentile(held, 100);
  return {
    figure: `fail2ban's database held by our reads (${held.length.toLocaleString('en')} of them)`,
    reach: '≤ 50 ms each',
    measured: `median ${round(median(held))} ms, worst ${round(worst)} ms`,
    beside: `one statement for all: ${round(heldByAll(path))} ms`,
    met: worst <= 50,
  };
}

function heldByAll(path: string): number {
  const database = new DatabaseSync(path, { readOnly: true });
  const began = performance.now();
  let rows = 0;
  for (const row of database.prepare('SELECT * FROM bans').iterate()) rows += row === undefined ? 0 : 1;
  const ms = performance.now() - began;
  database.close();
  if (rows === 0) throw new Error('there are no bans to read');
  return ms;
}
