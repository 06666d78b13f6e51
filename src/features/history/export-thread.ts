/** The thread of one export: reads by a connection of its own, and hands over pieces as they are asked for. */
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { openReadOnly } from '../../platform/db/open-read-only.ts';
import { exportHistory } from './contract.ts';
import { forms } from './export-rows.ts';
import { chunks } from './export.ts';
import { wantedOf } from './read-filters.ts';
import { planOf } from './read-plan.ts';

const port = parentPort;
if (port === null) throw new Error('export-thread.ts is a thread, no program');
const job = z.object({ path: z.string(), hostId: z.string(), query: exportHistory.query });
const { path, hostId, query } = job.parse(workerData);
const { format, host: _host, ...filters } = query;

/** Pieces that may be sent. */
let room = 0;
let more = Promise.withResolvers<void>();
port.on('message', (pieces: number) => {
  room += pieces;
  more.resolve();
});

const deps = { db: openReadOnly(path), dialect: 'sqlite' as const, hostId };
const wanted = wantedOf(filters);
const file = chunks(deps, { plan: await planOf(deps, wanted), wanted, form: forms[format] });
for await (const text of file) {
  while (room === 0) {
    more = Promise.withResolvers();
    await more.promise;
  }
  room -= 1;
  // a copy that is nobody else's can be handed over without another one
  const piece = new TextEncoder().encode(text);
  port.postMessage(piece, [piece.buffer]);
}
await deps.db.destroy();
port.close();
