/** A BanGUI whose history holds events that were made up: written while it is stopped, as its one writer would. */
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { createHistoryStore } from '../../src/features/history/store/store.ts';
import type { NewEvent } from '../../src/features/history/new-event.ts';
import { openDatabase } from '../../src/platform/db/open.ts';
import { startBangui, type RunningBangui } from '../bangui.ts';
import { placeForTests } from '../history-data.ts';
import { signIn } from '../operator.ts';

export async function startWithHistory(socket: string, events: readonly NewEvent[]): Promise<RunningBangui> {
  const first = await startBangui({ socket });
  await signIn(first.url);
  await first.stop();
  const database = await openDatabase({
    path: join(first.dir, 'bangui.db'),
    log: silentLog,
    now: systemClock,
  });
  const store = createHistoryStore({
    db: database.db,
    dialect: 'sqlite',
    hostId: 'local',
    locate: placeForTests,
  });
  const ordered = events.toSorted((a, b) => a.at - b.at);
  for (let from = 0; from < ordered.length; from += 1000) {
    await database.db.transaction().execute((trx) => store.append(trx, ordered.slice(from, from + 1000)));
  }
  await database.close();
  return first.restart();
}
