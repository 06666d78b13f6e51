/** The thread that writes the history: its own connection to our database, its own look at fail2ban's files. */
import { setImmediate as turnOfLoop, setTimeout as sleep } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { systemClock } from '../../../base/clock.ts';
import { openDatabase } from '../../../platform/db/open.ts';
import { LockLost } from '../../../platform/lock/fence.ts';
import { openHistoryWriter } from './history-writer.ts';
import type { FromWorker, ToWorker, WorkerStart } from './messages.ts';
import { threadLog } from './thread-log.ts';

if (parentPort === null) throw new Error('This file is a thread of BanGUI.');
const port = parentPort;
const say = (message: FromWorker): void => port.postMessage(message);
const started = Promise.withResolvers<WorkerStart>();
const early: ToWorker[] = [];
let hear = (message: ToWorker): void => void early.push(message);
port.on('message', (message: ToWorker) => {
  if (message.say === 'start') started.resolve(message.start);
  else hear(message);
});
const start = await started.promise;
const log = threadLog(say);

const database = await openDatabase({ ...start.at, log, now: systemClock, writesMuch: true });
const writer = await openHistoryWriter({ database, start, say, log, now: systemClock });
({ hear } = writer);
early.forEach(hear);
try {
  // Messages come between the turns.
  while (!writer.stopped()) {
    const busy = await writer.turn();
    if (busy) await (database.dialect === 'sqlite' ? sleep(1) : turnOfLoop());
    else await writer.rest();
  }
} catch (error) {
  if (!(error instanceof LockLost)) throw error;
  say({ say: 'lock_lost' });
} finally {
  await writer.close();
  await database.close();
}
say({ say: 'stopped' });
port.close();
