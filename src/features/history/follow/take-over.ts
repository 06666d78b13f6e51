/** What fail2ban's table holds at first contact, when that is very much: taken over the short way, before anything else. */
import type { Log } from '../../../base/log.ts';
import type { Fence } from '../../../platform/lock/fence.ts';
import type { HistoryStore } from '../store/store.ts';
import { openReadAhead, type AheadBatch, type ReadAhead } from './read-ahead.ts';
import { stateEntry, stateKinds } from './state-rows.ts';
import type { TableSource } from './table-source.ts';
import type { Writer } from './writer.ts';

export interface TakeOver {
  /** Nothing but its steps may write events. */
  underWay(): boolean;
  /** Bans taken over by the step; null when there was nothing to do now. Throws LockLost. */
  step(): Promise<number | null>;
  close(): void;
}

interface TakeOverDeps {
  tableSource: TableSource;
  writer: Writer;
  store: Pick<HistoryStore, 'startSeeding' | 'settle'>;
  fence: Fence;
  log: Log;
  /** Called when a step has something to do again. */
  wake: () => void;
  /** One was begun before and killed. */
  begun: boolean;
}

/** From so many rows on it pays to build indexes afterwards. */
const leastRows = 20_000;

export function createTakeOver(deps: TakeOverDeps): TakeOver {
  const { tableSource, writer, store, fence, log, wake, begun } = deps;
  let phase: 'undecided' | 'reading' | 'settling' | 'over' = begun ? 'reading' : 'undecided';
  const settling = store.settle(fence);
  let ahead: ReadAhead | null = null;

  const readable = (): boolean => tableSource.file() !== null && tableSource.failure() === null;

  async function decide(): Promise<number | null> {
    if (tableSource.next() === null) return null;
    const many = !tableSource.seeded() && (tableSource.expected() ?? 0) > leastRows;
    phase = many && (await store.startSeeding(fence)) ? 'reading' : 'over';
    return 0;
  }

  function close(): void {
    ahead?.close();
    ahead = null;
  }

  /** What cannot be read now is followed later, in the usual way. */
  function stopReading(): number {
    close();
    phase = 'settling';
    return 0;
  }

  async function read(): Promise<number | null> {
    const file = tableSource.file();
    if (file === null || tableSource.seeded()) return stopReading();
    if (ahead?.file !== file) {
      close();
      const mark = tableSource.mark();
      ahead = openReadAhead({ file, anchors: mark?.file === file ? mark.anchors : [] }, wake);
    }
    let batch: AheadBatch | null;
    try {
      batch = ahead.next();
    } catch (error) {
      log.warn('history_take_over_stopped', { file, error });
      return stopReading();
    }
    if (batch === null) return null;
    const { bans, anchors, more } = batch;
    const mark = stateEntry(stateKinds.table, { file, anchors, seeded: !more });
    const written = await writer.seed(bans, [mark]);
    if (written === null) return null;
    tableSource.advance({ bans: bans.length, anchors, more });
    return written.bans;
  }

  async function settle(): Promise<number> {
    if ((await settling.next()).done === true) phase = 'over';
    return 0;
  }

  return {
    underWay: () =>
      phase === 'reading' ||
      phase === 'settling' ||
      (phase === 'undecided' && readable() && !tableSource.seeded()),
    step: async () => {
      if (phase === 'undecided') return await decide();
      if (phase === 'reading') return await read();
      return phase === 'settling' ? await settle() : null;
    },
    close,
  };
}
