/** Reads all of fail2ban's table as a seeding does, and tells how long each read held its database, ms. */
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { readTable, type Anchors } from '../src/host/bans/ban-table.ts';

/** As in the first seeding. */
const batchSize = 1_000;

const path = z.string().parse(workerData);
const held: number[] = [];
let anchors: Anchors = [];
for (let more = true; more;) {
  const batch = readTable(path, anchors, batchSize);
  held.push(batch.heldMs);
  ({ anchors, more } = batch);
}
parentPort?.postMessage(held);
