/** What fail2ban's table holds at first contact, when that is very much: taken over the short way, before anything else. */
import type { Fence } from '../../../platform/lock/fence.ts';
import type { HistoryStore } from '../store/store.ts';
import { stateEntry, stateKinds } from './state-rows.ts';
import type { TableSource } from './table-source.ts';
import { fromTable } from './told-events.ts';
import type { Writer } from './writer.ts';

export interface TakeOver {
  /** Nothing but its steps may write events. */
  underWay(): boolean;
  /** Bans taken over by the step; null when there was nothing to do now. Throws LockLost. */
  step(): Promise<number | null>;
}

interface TakeOverDeps {
  tableSource: TableSource;
  writer: Writer;
  store: Pick<HistoryStore, 'startSeeding' | 'settle'>;
  fence: Fence;
  /** One was begun before and killed. */
  begun: boolean;
}

/** From so many rows on it pays to build indexes afterwards. */
const leastRows = 20_000;

export function createTakeOver({ tableSource, writer, store, fence, begun }: TakeOverDeps): TakeOver {
  let phase: 'undecided' | 'reading' | 'settling' | 'over' = begun ? 'reading' : 'undecided';
  const settling = store.settle(fence);

  const readable = (): boolean => tableSource.file() !== null && tableSource.failure() === null;

  async function decide(): Promise<number | null> {
    if (tableSource.next() === null) return null;
    const many = !tableSource.seeded() && (tableSource.expected() ?? 0) > leastRows;
    phase = many && (await store.startSeeding(fence)) ? 'reading' : 'over';
    tableSource.readMuch(phase === 'reading');
    return 0;
  }

  async function read(): Promise<number | null> {
    const file = tableSource.file();
    tableSource.readMuch(true);
    const batch = tableSource.next();
    if (file === null || tableSource.failure() !== null || tableSource.seeded()) {
      // what cannot be read now is followed later, in the usual way
      phase = 'settling';
      tableSource.readMuch(false);
      return 0;
    }
    if (batch === null) return null;
    const mark = stateEntry(stateKinds.table, { file, anchors: batch.anchors, seeded: !batch.more });
    const written = await writer.seed(fromTable(batch.bans), [mark]);
    if (written === null) return null;
    tableSource.taken();
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
  };
}
