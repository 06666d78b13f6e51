/** Writes what the sources told, with where reading goes on, in one short transaction at a time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import type { Log } from '../../../base/log.ts';
import { describeDatabaseFailure } from '../../../platform/db/failure.ts';
import type { Database } from '../../../platform/db/schema.ts';
import { LockLost, type Fence } from '../../../platform/lock/fence.ts';
import type { NewEvent, SeedBan } from '../new-event.ts';
import type { HistoryStore } from '../store/store.ts';
import { withOwnActs } from './own-acts.ts';
import { stateEntry, stateKinds, writeState } from './state-rows.ts';

type Entries = readonly ReturnType<typeof stateEntry>[];

export interface Written {
  bans: number;
  unbans: number;
}

export interface Writer {
  /**
   * Resolves once the events are stored, some at a time, and the entries with the last of them; tries again for as long
   * as the database is away. Null when it was stopped before all is stored. Throws LockLost.
   */
  write(events: readonly NewEvent[], entries: Entries): Promise<Written | null>;
  /** The same with bans of fail2ban's table while the store is seeding: all of them in one transaction. */
  seed(bans: readonly SeedBan[], entries: Entries): Promise<Written | null>;
  /** In the history. */
  events(): number;
  /** Removed from it by someone else than `write`, in that transaction. */
  changed(by: number): void;
  /** Since this writer began. */
  written(): number;
}

interface WriterDeps {
  db: Kysely<Database>;
  fence: Fence;
  hostId: string;
  store: HistoryStore;
  /** Events before that time, ms, are left out. */
  notBefore: () => number;
  events: number;
  stopped: () => boolean;
  log: Log;
}

/** How a transaction puts events into the history. */
type Put<E> = (trx: Transaction<Database>, events: readonly E[]) => Promise<Written>;
type Event = NewEvent | SeedBan;

/** The main thread's own writes wait for it. */
const wantedMs = 25;
const sizes = { least: 400, most: 1000, first: 500 };
/** Between two of them, for whoever waits to write. */
const breathMs = 1;
const awayMs = 500;
/** A batch that fails for another reason than the database's state is written event by event. */
const triesAsOne = 3;

export function createWriter(deps: WriterDeps): Writer {
  const { fence, hostId, store, notBefore, stopped, log } = deps;
  let count = deps.events;
  let written = 0;
  let size = sizes.first;

  async function append(trx: Transaction<Database>, events: readonly NewEvent[]): Promise<Written> {
    const { added } = await store.append(trx, events);
    const bans = added.filter(({ action }) => action === 'ban').length;
    return { bans, unbans: added.length - bans };
  }

  const seed = async (trx: Transaction<Database>, bans: readonly SeedBan[]): Promise<Written> => ({
    bans: await store.seed(trx, bans),
    unbans: 0,
  });

  async function once<E extends Event>(
    events: readonly E[],
    entries: Entries,
    put: Put<E>,
  ): Promise<Written> {
    const began = performance.now();
    let waited = 0;
    const result = await fence.write(async (trx) => {
      waited = performance.now() - began;
      const own = await withOwnActs(trx, hostId, events);
      const { bans, unbans } = await put(trx, own);
      await writeState(trx, hostId, [...entries, stateEntry(stateKinds.events, count + bans + unbans)]);
      return { bans, unbans };
    });
    count += result.bans + result.unbans;
    written += result.bans + result.unbans;
    if (Object.is(put, append)) learnSize(events.length, performance.now() - began - waited);
    return result;
  }

  function learnSize(events: number, ms: number): void {
    if (events < size / 2) return;
    const fitting = (events * wantedMs) / Math.max(ms, 1);
    size = Math.round(Math.min(sizes.most, Math.max(sizes.least, (size + fitting) / 2)));
  }

  async function oneByOne<E extends Event>(
    events: readonly E[],
    entries: Entries,
    put: Put<E>,
  ): Promise<Written> {
    const sum = { bans: 0, unbans: 0 };
    for (const event of events) {
      try {
        const { bans, unbans } = await once([event], [], put);
        sum.bans += bans;
        sum.unbans += unbans;
      } catch (error) {
        if (error instanceof LockLost || describeDatabaseFailure(error) !== null) throw error;
        log.error('history_event_refused', { jail: event.jail, ip: event.ip, at: event.at, error });
      }
    }
    await once([], entries, put);
    return sum;
  }

  async function persistently<E extends Event>(
    events: readonly E[],
    entries: Entries,
    put: Put<E>,
  ): Promise<Written | null> {
    // a database that is away is told of once, not twice a second
    let told = false;
    for (let tries = 1; !stopped();) {
      try {
        const stored = await (tries > triesAsOne
          ? oneByOne(events, entries, put)
          : once(events, entries, put));
        if (told) log.info('history_written_again', { events: events.length });
        return stored;
      } catch (error) {
        if (error instanceof LockLost) throw error;
        const away = describeDatabaseFailure(error) !== null;
        if (!away || !told) log.warn('history_not_written', { events: events.length, tries, error });
        told ||= away;
        if (!away) tries += 1;
        await sleep(awayMs);
      }
    }
    return null;
  }

  return {
    async write(given, entries) {
      const from = notBefore();
      const events = given.filter(({ at }) => at >= from);
      const sum = { bans: 0, unbans: 0 };
      if (events.length === 0 && entries.length === 0) return sum;
      for (let begin = 0; ;) {
        const slice = events.slice(begin, begin + size);
        begin += slice.length;
        const last = begin >= events.length;
        const stored = await persistently(slice, last ? entries : [], append);
        if (stored === null) return null;
        sum.bans += stored.bans;
        sum.unbans += stored.unbans;
        if (last) return sum;
        await sleep(breathMs);
      }
    },
    seed(given, entries) {
      const from = notBefore();
      return persistently(
        given.filter(({ at }) => at >= from),
        entries,
        seed,
      );
    },
    events: () => count,
    changed(by) {
      count += by;
    },
    written: () => written,
  };
}
