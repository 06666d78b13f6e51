/** Reads fail2ban's table in short looks, and hands over what it read as it is asked for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { readTable, type Anchors, type TableBatch } from '../../../host/bans/ban-table.ts';
import { DatabaseBusy } from '../../../host/bans/fail2ban-file.ts';
import { packBans } from './packed-bans.ts';
import type { FromReader, ReadJob, ToReader } from './read-ahead.ts';
import { fromTable } from './told-events.ts';

const port = parentPort;
if (port === null) throw new Error('This file is a thread of BanGUI.');

/** Some MB, and some ms of fail2ban's database. */
const batchSize = 1_000;
const busyMs = 20;

/** Batches that may be sent. */
let room = 0;
let more = Promise.withResolvers<void>();
const started = Promise.withResolvers<ReadJob>();
port.on('message', (told: ToReader) => {
  if ('job' in told) {
    started.resolve(told.job);
    return;
  }
  room += told.room;
  more.resolve();
});

/** While fail2ban writes, it is waited for. */
async function readPatiently(file: string, from: Anchors): Promise<TableBatch> {
  for (;;) {
    try {
      return readTable(file, from, batchSize);
    } catch (error) {
      if (!(error instanceof DatabaseBusy)) throw error;
      await sleep(busyMs);
    }
  }
}

const { file, anchors } = await started.promise;
try {
  let known = anchors;
  for (let unread = true; unread;) {
    while (room === 0) {
      more = Promise.withResolvers();
      await more.promise;
    }
    const batch = await readPatiently(file, known);
    const bans = packBans(fromTable(batch.bans));
    const told: FromReader = { bans, anchors: batch.anchors, more: batch.more };
    port.postMessage(told, [bans.numbers.buffer]);
    room -= 1;
    known = batch.anchors;
    unread = batch.more;
  }
} catch (error) {
  const told: FromReader = { failure: error instanceof Error ? error.message : String(error) };
  port.postMessage(told);
}
port.close();
