/** The one loop that writes the history: a chunk of the log, a batch of the database, a step of a task, in turns. */
import type { Kysely } from 'kysely';
import type { Log } from '../../../base/log.ts';
import type { Database } from '../../../platform/db/schema.ts';
import type { Fence } from '../../../platform/lock/fence.ts';
import { firstIdAt } from '../history-id.ts';
import type { HistoryStore } from '../store/store.ts';
import { createCounters, type Missing } from './counters.ts';
import { createHeldBans } from './held-bans.ts';
import { limitsOf } from './limits.ts';
import type { LogSource } from './log-source.ts';
import type { HostFacts, JailFacts, Progress } from './messages.ts';
import { stateEntry, stateKinds } from './state-rows.ts';
import type { TableSource } from './table-source.ts';
import { createTakeOver } from './take-over.ts';
import { fromLog, fromTable } from './told-events.ts';
import type { Writer, Written } from './writer.ts';

export interface FollowLoop {
  host(facts: HostFacts): void;
  /** One turn. False when there was nothing to do. Throws LockLost. */
  turn(): Promise<boolean>;
  /** Everything that is there now has been read. */
  caughtUp(): boolean;
  progress(): Progress;
  /** Since the loop began. */
  totals(): { read: number; bans: number; unbans: number };
  close(): void;
}

interface LoopDeps {
  db: Kysely<Database>;
  hostId: string;
  log: Log;
  now: () => number;
  logSource: LogSource;
  tableSource: TableSource;
  writer: Writer;
  store: Pick<HistoryStore, 'startSeeding' | 'settle' | 'indexLines'>;
  fence: Fence;
  /** A seeding was begun before and killed. */
  seeding: boolean;
  /** Called when a turn has something to do again. */
  wake: () => void;
}

/** A mark without events is worth a transaction after so many bytes. */
const markBytes = 1024 * 1024;
const heldEveryMs = 5_000;
const mostMissed = 5;

export function createFollowLoop(deps: LoopDeps): FollowLoop {
  const { db, hostId, log, now, logSource, tableSource, writer, store, fence } = deps;
  const counters = createCounters(now);
  const totals = { read: 0, bans: 0, unbans: 0 };
  const missed = new Map<string, Missing>();
  const searched = new Set<string>();
  let jails = new Map<string, JailFacts>();
  let facts: HostFacts | null = null;
  let unmarked = 0;
  const held = createHeldBans(db, hostId);
  let heldAt = 0;
  let asOf: number | null = null;
  const { wake, seeding: begun } = deps;
  const takeOver = createTakeOver({ tableSource, writer, store, fence, log, wake, begun });
  /** What a seeding leaves to be built, this one or an earlier one. */
  let indexing: AsyncGenerator<number> | null = store.indexLines(fence);

  const sources = (): Progress['sources'] => ({
    log: logSource.file() !== null && logSource.failure() === null,
    database: tableSource.file() !== null && tableSource.failure() === null,
  });

  function add(written: Written | null): boolean {
    if (written === null) return false;
    totals.bans += written.bans;
    totals.unbans += written.unbans;
    return true;
  }

  async function readLog(): Promise<boolean> {
    const batch = logSource.next();
    if (batch === null) return false;
    counters.heard(batch.heard);
    counters.restarted(batch.restarted);
    if (batch.heard.some(({ type }) => type === 'ban')) tableSource.wake();
    unmarked += batch.bytes;
    const worth = batch.heard.length > 0 || unmarked > markBytes;
    const file = logSource.file();
    if (worth && file !== null) {
      const mark = stateEntry(stateKinds.log, { file, mark: batch.mark });
      if (!add(await writer.write(fromLog(batch.heard, jails, now()), [mark]))) return false;
      unmarked = 0;
    }
    logSource.taken();
    return true;
  }

  async function readTable(): Promise<boolean> {
    const batch = tableSource.next();
    const file = tableSource.file();
    if (batch === null || file === null) return false;
    const seeded = tableSource.seeded() || !batch.more;
    const mark = stateEntry(stateKinds.table, { file, anchors: batch.anchors, seeded });
    if (!add(await writer.write(fromTable(batch.bans), [mark]))) return false;
    totals.read += batch.bans.length;
    if (!sources().log) held.expect(batch.bans, now());
    tableSource.taken();
    return true;
  }

  async function takeMuch(): Promise<boolean> {
    const bans = await takeOver.step();
    totals.read += bans ?? 0;
    totals.bans += bans ?? 0;
    // while the file was not known yet there was nothing to build, and the generator came to its end
    if (!takeOver.underWay()) indexing = store.indexLines(fence);
    return bans !== null;
  }

  async function indexSome(): Promise<boolean> {
    if (indexing === null) return false;
    if ((await indexing.next()).done !== true) return true;
    indexing = null;
    return false;
  }

  /** Where the log tells nothing, the mirror's word is taken on unbans; without the database on bans as well. */
  async function takeMirror(): Promise<boolean> {
    const { log: heard, database } = sources();
    if (heard) held.forget();
    if (heard || facts === null || now() - heldAt < heldEveryMs) return false;
    heldAt = now();
    const unbans = await held.look(now(), async (bans) => database || add(await writer.write(bans, [])));
    return add(await writer.write(unbans, []));
  }

  /** The counters said more than the log: the database is read again from before, and what is still missing is said. */
  async function reconcile(): Promise<void> {
    if (!sources().log || !logSource.atEnd() || !tableSource.atEnd()) return;
    for (const one of counters.missing()) {
      const { jail, counted, since } = one;
      const fields = { jail, bans: one.bans, since: new Date(since).toISOString() };
      if (!searched.has(jail)) {
        searched.add(jail);
        log.info('history_bans_unheard', fields);
        tableSource.again(since);
        continue;
      }
      searched.delete(jail);
      counters.settle(jail);
      const bans = counted - (await bansSince(jail, since));
      if (bans <= 0) continue;
      log.warn('history_bans_missing', { ...fields, bans });
      missed.set(jail, { ...one, bans });
      while (missed.size > mostMissed) missed.delete([...missed.keys()][0] ?? '');
    }
  }

  async function bansSince(jail: string, since: number): Promise<number> {
    const { bans } = await db
      .selectFrom('history')
      .select((eb) => eb.fn.countAll().as('bans'))
      .where('host_id', '=', hostId)
      .where('jail', '=', jail)
      .where('action', '=', 'ban')
      .where('id', '>=', firstIdAt(since))
      .executeTakeFirstOrThrow();
    return Number(bans);
  }

  return {
    host(next) {
      facts = next;
      jails = new Map(next.jails.map((jail) => [jail.name, jail]));
      counters.counted(next);
    },
    async turn() {
      if (takeOver.underWay()) return await takeMuch();
      const heard = await readLog();
      const read = await readTable();
      const took = await takeMirror();
      const indexed = await indexSome();
      if (!heard && !read) await reconcile();
      if (!heard && !read) asOf = now();
      return heard || read || took || indexed;
    },
    caughtUp: () =>
      !takeOver.underWay() &&
      (logSource.file() === null || logSource.failure() !== null || logSource.atEnd()) &&
      (tableSource.file() === null ||
        tableSource.failure() !== null ||
        (tableSource.seeded() && tableSource.atEnd())),
    progress() {
      const seeding =
        takeOver.underWay() ||
        (tableSource.file() !== null && tableSource.failure() === null && !tableSource.seeded());
      const known = sources().log || sources().database || facts !== null;
      return {
        state: !known ? 'waiting' : seeding ? 'seeding' : 'current',
        read: tableSource.read(),
        of: tableSource.expected(),
        events: writer.events(),
        written: writer.written(),
        asOf,
        behind: logSource.behind(),
        sources: sources(),
        limits: limitsOf({
          facts,
          log: { file: logSource.file(), failure: logSource.failure(), gap: logSource.gap() },
          table: { file: tableSource.file(), failure: tableSource.failure() },
          missed: [...missed.values()],
          indexing: indexing !== null && !seeding,
        }),
      };
    },
    totals: () => ({ ...totals }),
    close: () => takeOver.close(),
  };
}
