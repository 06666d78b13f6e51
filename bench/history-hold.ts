/** How long each of our reads holds fail2ban's database, beside one statement that reads all of it. */
import { DatabaseSync } from 'node:sqlite';
import { readTable, type Anchors } from '../src/host/bans/ban-table.ts';
import type { BenchData } from './history-data.ts';
import { median, percentile, round } from './measure.ts';
import type { Row } from './scene.ts';

/** As in the first seeding. */
const batchSize = 1_000;

export function holdFigure({ path }: BenchData): Row {
  const held: number[] = [];
  let anchors: Anchors = [];
  for (let more = true; more;) {
    const batch = readTable(path, anchors, batchSize);
    held.push(batch.heldMs);
    ({ anchors, more } = batch);
  }
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
