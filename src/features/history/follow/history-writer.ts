/** The sources, the loop and the tasks of the writing thread, put together. */
import type { Clock } from '../../../base/clock.ts';
import type { Log } from '../../../base/log.ts';
import type { OpenDatabase } from '../../../platform/db/open.ts';
import { locateFrom } from '../../../platform/geo/locate.ts';
import { createFence, LockLost } from '../../../platform/lock/fence.ts';
import { createHistoryStore } from '../store/store.ts';
import { createFollowLoop } from './follow-loop.ts';
import { createLogSource } from './log-source.ts';
import type { FromWorker, HostFacts, ToWorker, WorkerStart } from './messages.ts';
import { readState, stateEntry, stateKinds } from './state-rows.ts';
import { createTableSource } from './table-source.ts';
import { taskSteps } from './task-steps.ts';
import { createTasks } from './tasks.ts';
import { createWake } from './wake.ts';
import { createWriter } from './writer.ts';

export interface HistoryWriter {
  hear(message: ToWorker): void;
  /** One turn; false when there was nothing to do. Throws LockLost. */
  turn(): Promise<boolean>;
  /** Until there may be something to do. */
  rest(): Promise<void>;
  stopped(): boolean;
  close(): Promise<void>;
}

interface WriterDeps {
  database: OpenDatabase;
  start: WorkerStart;
  say: (message: FromWorker) => void;
  log: Log;
  now: Clock;
}

/** Looks without a hint: unbans that are held back come due, and files change unseen. */
const restMs = 500;
const tellEveryMs = 250;
const signEveryMs = 5_000;
const dayMs = 86_400_000;

export async function openHistoryWriter({
  database,
  start,
  say,
  log,
  now,
}: WriterDeps): Promise<HistoryWriter> {
  const { db, dialect } = database;
  const { hostId, retentionDays, backfillDays } = start;
  const fence = createFence({ db, dialect, token: start.fence });
  let stopping = false;
  let geo = start.geo;
  let locate = locateFrom(geo.data, (error) => log.warn('geo_data_damaged', { error }));
  let toldAt = 0;
  let told = '';
  let signAt = 0;
  let files = await readState(db, hostId, stateKinds.files);

  const began = (await readState(db, hostId, stateKinds.began)) ?? now();
  const store = createHistoryStore({ db, dialect, hostId, locate: (ip) => locate(ip) });
  const retained = (): number => now() - retentionDays * dayMs;
  const writer = createWriter({
    db,
    fence,
    hostId,
    store,
    notBefore: () => Math.max(retained(), backfillDays === null ? 0 : began - backfillDays * dayMs),
    events: await countEvents(database, hostId),
    stopped: () => stopping,
    log,
  });
  const logSource = createLogSource({ from: await readState(db, hostId, stateKinds.log), log, now });
  const tableSource = createTableSource({
    from: await readState(db, hostId, stateKinds.table),
    log,
    now,
  });
  const seeding = await store.seeding();
  const wake = createWake({ log });
  const loop = createFollowLoop({
    db,
    hostId,
    log,
    now,
    logSource,
    tableSource,
    writer,
    store,
    fence,
    seeding,
    wake: () => wake.ring(),
  });
  const tasks = createTasks({
    begin: taskSteps({ db, hostId, fence, store, writer, loop, retained, edition: () => geo.edition, now }),
    fatal: (error) => error instanceof LockLost,
    onEnd: (id, counts) => say({ say: 'ended', id, counts }),
    onFailure: (id, error) =>
      say({
        say: 'failed',
        id,
        reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      }),
  });
  await writer.write([], [stateEntry(stateKinds.began, began)]);
  if (files !== null) followFiles(files);

  function followFiles(next: { log: string | null; database: string | null }): void {
    logSource.use(next.log);
    tableSource.use(next.database);
    wake.watch(next.log);
  }

  async function rememberFiles(facts: HostFacts): Promise<void> {
    const next = { log: fileOrNull(facts.logTarget), database: fileOrNull(facts.databaseFile) };
    followFiles(next);
    if (files !== null && files.log === next.log && files.database === next.database) return;
    files = next;
    await writer.write([], [stateEntry(stateKinds.files, next)]);
  }

  let heardOf: HostFacts | null = null;

  async function tell(): Promise<void> {
    if (now() - toldAt < tellEveryMs) return;
    toldAt = now();
    const progress = loop.progress();
    const { state, read, of, asOf, limits } = progress;
    say({ say: 'progress', progress });
    const text = JSON.stringify({ state, limits });
    if (text === told && now() - signAt < signEveryMs) return;
    told = text;
    signAt = now();
    await writer.write(
      [],
      [stateEntry(stateKinds.progress, { state, read, of, asOf, limits, sign: signAt })],
    );
  }

  return {
    hear(message) {
      switch (message.say) {
        case 'host':
          heardOf = message.facts;
          break;
        case 'geo':
          ({ geo } = message);
          locate = locateFrom(geo.data, (error) => log.warn('geo_data_damaged', { error }));
          break;
        case 'run':
          tasks.run(message.id, message.task);
          break;
        case 'halt':
          tasks.halt(message.id);
          break;
        case 'start':
          break;
        case 'stop':
          stopping = true;
          break;
      }
      wake.ring();
    },
    async turn() {
      if (heardOf !== null) {
        const facts = heardOf;
        heardOf = null;
        await rememberFiles(facts);
        loop.host(facts);
      }
      const followed = await loop.turn();
      const worked = !stopping && (await tasks.step());
      await tell();
      return followed || worked;
    },
    rest: () => wake.wait(restMs),
    stopped: () => stopping,
    async close() {
      stopping = true;
      tasks.haltAll();
      loop.close();
      wake.close();
      logSource.close();
    },
  };
}

/** Other targets are words, such as SYSLOG; a database in memory is `:memory:`. */
const fileOrNull = (target: string | null): string | null =>
  target?.startsWith('/') === true ? target : null;

async function countEvents({ db }: OpenDatabase, hostId: string): Promise<number> {
  const counted = db.selectFrom('history').select((eb) => eb.fn.countAll().as('events'));
  return Number((await counted.where('host_id', '=', hostId).executeTakeFirstOrThrow()).events);
}
