/** The history's writer as the main thread sees it: a thread of its own while this instance holds the lock. */
import { Worker } from 'node:worker_threads';
import type { Log } from '../../../base/log.ts';
import type { Host, HostStatus } from '../../../host/host.ts';
import type { DatabaseAt } from '../../../platform/db/open.ts';
import type { Geo } from '../../../platform/geo/geo.ts';
import type { JobTools } from '../../../platform/jobs/job.ts';
import { favourSpeed, withRoomyHeap } from '../../../platform/heap.ts';
import type { Fence } from '../../../platform/lock/fence.ts';
import type {
  Counts,
  FromWorker,
  GeoNow,
  HostFacts,
  Progress,
  TaskName,
  ToWorker,
  WorkerStart,
} from './messages.ts';

export interface Follower {
  /** Only one instance may run it at a time: the holder of the scheduler lock. */
  start(fence: Fence): Promise<void>;
  /** Ends at the edge of a batch; what was told since is read at the next start. */
  stop(): Promise<void>;
  /** Null while it does not run here. */
  progress(): Progress | null;
  /**
   * One task of the writer. It stops early, done so far, when BanGUI ends; answers nothing while no writer runs here.
   * Rejects when the task failed.
   */
  run(task: TaskName, tools: Pick<JobTools, 'signal' | 'ending'>): Promise<Counts>;
  /** Calls back when it begins and when it ends to take over what fail2ban remembers. */
  onSeeding(listener: (begun: boolean) => void): void;
}

export interface FollowerDeps {
  at: DatabaseAt;
  host: Host;
  /** Where fail2ban's database is seen from here, when that is not where the daemon says. */
  databaseFile: string | null;
  geo: Geo;
  retentionDays: number;
  backfillDays: number | null;
  log: Log;
}

/** A batch takes some ms; one that waits for the database is left, and undone by it. */
const stopMs = 4_000;
const restartMs = 5_000;
/** MB. Batches are small; the address data is shared with the main thread. */
const memory = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 24 };

interface Running {
  worker: Worker;
  progress: Progress | null;
  tasks: Map<number, { done: (counts: Counts) => void; failed: (error: Error) => void }>;
  ended: Promise<void>;
  unlisten: () => void;
}

export function createFollower(deps: FollowerDeps): Follower {
  const { at, host, databaseFile, geo, retentionDays, backfillDays, log } = deps;
  let fence: Fence | null = null;
  let running: Running | null = null;
  let again: NodeJS.Timeout | null = null;
  let up = Promise.withResolvers<void>();
  let lastTask = 0;
  let slow = (): void => {};
  let onSeeding: (begun: boolean) => void = () => {};

  function open(held: Fence): Running {
    const first: WorkerStart = {
      at,
      hostId: host.id,
      fence: held.token,
      retentionDays,
      backfillDays,
      geo: geoNow(geo),
    };
    const worker = withRoomyHeap(
      () => new Worker(new URL('./worker.ts', import.meta.url), { resourceLimits: memory }),
    );
    const say = (message: ToWorker): void => worker.postMessage(message);
    say({ say: 'start', start: first });
    const tellHost = (status: HostStatus): void => {
      if (status.asOf !== null) say({ say: 'host', facts: factsOf(status, status.asOf, databaseFile) });
    };
    const unlisten = [host.onStatus(tellHost), geo.onChange(() => say({ say: 'geo', geo: geoNow(geo) }))];
    const ended = Promise.withResolvers<void>();
    const opened: Running = {
      worker,
      progress: null,
      tasks: new Map(),
      ended: ended.promise,
      unlisten: () => unlisten.forEach((stop) => stop()),
    };
    worker.on('message', (message: FromWorker) => hear(opened, message));
    worker.on('error', (error) => log.error('history_writer_failed', { error }));
    worker.once('exit', () => {
      ended.resolve();
      gone(opened);
    });
    tellHost(host.status());
    return opened;
  }

  function hear(from: Running, message: FromWorker): void {
    switch (message.say) {
      case 'log':
        log[message.level](message.event, message.fields);
        break;
      case 'progress': {
        const before = from.progress?.state === 'seeding';
        from.progress = message.progress;
        const seeding = message.progress.state === 'seeding';
        if (seeding !== before) {
          if (seeding) slow = favourSpeed();
          else slow();
          onSeeding(seeding);
        }
        break;
      }
      case 'ended':
        from.tasks.get(message.id)?.done(message.counts);
        from.tasks.delete(message.id);
        break;
      case 'failed':
        from.tasks.get(message.id)?.failed(new Error(message.reason));
        from.tasks.delete(message.id);
        break;
      case 'lock_lost':
        log.info('history_left_to_other_instance');
        break;
      case 'stopped':
        break;
    }
  }

  /** A thread that ended by itself is begun anew for as long as the lock is held. */
  function gone(from: Running): void {
    from.unlisten();
    slow();
    for (const { failed } of from.tasks.values()) failed(new Error('The writer of the history ended.'));
    from.tasks.clear();
    if (running !== from) return;
    running = null;
    const held = fence;
    if (held === null) return;
    again = setTimeout(() => {
      if (fence === held && running === null) running = open(held);
    }, restartMs);
    again.unref();
  }

  return {
    async start(held) {
      await geo.ready;
      fence = held;
      running = open(held);
      up.resolve();
    },
    async stop() {
      fence = null;
      up = Promise.withResolvers();
      if (again !== null) clearTimeout(again);
      const stopping = running;
      running = null;
      if (stopping === null) return;
      stopping.worker.postMessage({ say: 'stop' } satisfies ToWorker);
      const late = setTimeout(() => {
        log.warn('history_writer_stopped_late');
        void stopping.worker.terminate();
      }, stopMs);
      await stopping.ended;
      clearTimeout(late);
    },
    progress: () => running?.progress ?? null,
    async run(task, { signal, ending }) {
      // Jobs begin with the tenure, and the writer a second later.
      await Promise.race([up.promise, aborted(ending), aborted(signal)]);
      const writing = running;
      if (writing === null || ending.aborted || signal.aborted) return {};
      const id = (lastTask += 1);
      const { promise, resolve, reject } = Promise.withResolvers<Counts>();
      writing.tasks.set(id, { done: resolve, failed: reject });
      const halt = (): void => writing.worker.postMessage({ say: 'halt', id } satisfies ToWorker);
      const abort = (): void => {
        halt();
        resolve({});
      };
      ending.addEventListener('abort', halt);
      signal.addEventListener('abort', abort);
      writing.worker.postMessage({ say: 'run', id, task } satisfies ToWorker);
      try {
        return await promise;
      } finally {
        ending.removeEventListener('abort', halt);
        signal.removeEventListener('abort', abort);
      }
    },
    onSeeding(listener) {
      onSeeding = listener;
    },
  };
}

function factsOf(status: HostStatus, asOf: number, databaseFile: string | null): HostFacts {
  const { upSince, logTarget, logLevel, purgeSeconds, jails } = status;
  return {
    asOf,
    upSince,
    logTarget,
    logLevel,
    purgeSeconds,
    databaseFile: databaseFile ?? status.databaseFile,
    jails: jails.map(({ name, banSeconds, increments, totalBanned }) => ({
      name,
      banSeconds,
      increments,
      totalBanned,
    })),
  };
}

const aborted = (signal: AbortSignal): Promise<unknown> =>
  signal.aborted
    ? Promise.resolve()
    : new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));

function geoNow(geo: Geo): GeoNow {
  const edition = geo.dates().map(({ kind, date, type }) => `${kind} ${type} ${date ?? ''}`);
  return { data: geo.share(), edition: edition.join(', ') };
}
