/** An export written by a thread of its own: rows that cross to another thread cost more than the file does. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { EndpointInput } from '../../base/endpoint.ts';
import { favourSpeed, withRoomyHeap } from '../../platform/heap.ts';
import type { exportHistory } from './contract.ts';

export interface ExportJob {
  /** Of the embedded database. */
  path: string;
  hostId: string;
  query: EndpointInput<typeof exportHistory>['query'];
}

/** Pieces that may be under way: one is sent while the next is made. */
const ahead = 4;
const memory = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 64 };

/** The thread ends with the file, or with its reader. Throws what the thread did. */
export async function* fromThread(job: ExportJob): AsyncGenerator<Uint8Array, void> {
  const rest = favourSpeed();
  const worker = withRoomyHeap(
    () =>
      new Worker(new URL('./export-thread.ts', import.meta.url), { workerData: job, resourceLimits: memory }),
  );
  const pieces: Uint8Array[] = [];
  let ended = false;
  let failure: Error | null = null;
  let wake = Promise.withResolvers<void>();
  worker.on('message', (piece: Uint8Array) => {
    pieces.push(piece);
    wake.resolve();
  });
  worker.on('error', (error: unknown) => {
    failure = error instanceof Error ? error : new Error(String(error));
  });
  worker.once('exit', () => {
    ended = true;
    wake.resolve();
  });
  try {
    worker.postMessage(ahead);
    for (;;) {
      for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
        yield piece;
        worker.postMessage(1);
      }
      if (ended) break;
      await wake.promise;
      wake = Promise.withResolvers();
    }
    if (failure !== null) throw new Error('the thread that writes the export failed', { cause: failure });
  } finally {
    rest();
    if (!ended) {
      await worker.terminate();
      if (!ended) await once(worker, 'exit');
    }
  }
}
