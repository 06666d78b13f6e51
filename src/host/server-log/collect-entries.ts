/** Lines to entries that match, read either way through a file. */
import { parseLogHead, type LogHead } from '../bans/parse-log-line.ts';
import type { RawLine } from './lines-backwards.ts';
import { entryWhen, mostContinuation, type EntryFilter, type LogEntry } from './log-entry.ts';

interface CollectOptions {
  /** Of the file: what the ids of its entries begin with. */
  head: string;
  filter: EntryFilter;
}

/** To be given the lines of a file from the last to the first. Answers each matching entry as its head comes. */
export function collectBackwards({ head, filter }: CollectOptions): (line: RawLine) => LogEntry | null {
  let more: string[] = [];
  return ({ offset, text }) => {
    const read = parseLogHead(text);
    if (read === null) {
      more.push(text);
      // those farthest from the head came first
      if (more.length >= 2 * mostContinuation) more = more.slice(-mostContinuation);
      return null;
    }
    const continued = more.length === 0 ? more : more.toReversed().slice(0, mostContinuation);
    more = [];
    return entryWhen(filter, `${head}.${offset}`, read, continued);
  };
}

interface Forwards {
  /** Answers the entry before it when this line ends that one, and it matches. */
  take(line: RawLine): LogEntry | null;
  /** The last entry, which no other line has ended. */
  end(): LogEntry | null;
}

/** To be given the lines from the first to the last. */
export function collectForwards({ head, filter }: CollectOptions): Forwards {
  let open: { id: string; read: LogHead; more: string[] } | null = null;
  const end = (): LogEntry | null => {
    const entry = open === null ? null : entryWhen(filter, open.id, open.read, open.more);
    open = null;
    return entry;
  };
  return {
    take({ offset, text }) {
      const read = parseLogHead(text);
      if (read === null) {
        if (open !== null && open.more.length < mostContinuation) open.more.push(text);
        return null;
      }
      const ended = end();
      open = { id: `${head}.${offset}`, read, more: [] };
      return ended;
    },
    end,
  };
}
