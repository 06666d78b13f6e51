/** fail2ban's table `bans`, every ban it remembers, read forward in short statements and through all it does to it. */
import { performance } from 'node:perf_hooks';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { number, reading } from './fail2ban-file.ts';
import { readStoredLines } from './stored-lines.ts';

export interface TableBan {
  row: number;
  jail: string;
  ip: string;
  /** Seconds; of the last failure that led to it. With jail and address it names the ban. */
  at: number;
  /** -1 = permanent, null = unknown (from an upgrade of fail2ban). */
  seconds: number | null;
  count: number;
  failures: number;
  lines: string[];
}

/** Rows that were read, the newest first: the way to notice that the table is not the one that was read. */
export type Anchors = readonly Anchor[];

interface Anchor {
  row: number;
  jail: string;
  ip: string;
  /** Seconds. */
  at: number;
}

export interface TableBatch {
  bans: TableBan[];
  anchors: Anchors;
  /** There is more to read now. */
  more: boolean;
  /** None of the rows read before is there any more: the table was emptied or made anew, and is read from its start. */
  anew: boolean;
  /** How long fail2ban's database was held for the rows, ms; parsing them comes after it. */
  heldMs: number;
}

/**
 * How long fail2ban has to wait for us, ms: a third of what was promised, since one row may take long, and our memory may
 * be collected meanwhile.
 */
const holdMs = 15;
const mostBytes = 4 * 1024 * 1024;
/** Lines of a ban that are longer than this together are left in fail2ban's database. */
const longestData = mostBytes;

/**
 * What was written since `anchors`, up to `limit` bans; some of it may have been read before. fail2ban gives row numbers
 * that rise, but gives them again once the newest rows are deleted (unban) and begins at 1 once all are (purge), and
 * numbers all rows anew when it repairs its file. So a read begins with a row that is known: while that one stands where
 * it stood, everything new comes after it. Else the next older one that still stands does, else the start of the table.
 * There is no index by time, and never a scan. Throws DatabaseBusy, or SQLite's error.
 */
export function readTable(file: string, anchors: Anchors, limit: number): TableBatch {
  const [top] = anchors;
  if (top === undefined) return reading(file, (database) => readFrom(database, anchors, limit));
  const found = reading(file, (database) => readFrom(database, anchors, limit));
  if (found.stands) return found;
  const standing = reading(file, (database) => stillThere(database, anchors));
  const kept = anchors.slice(
    standing.length === 0 ? anchors.length : anchors.findIndex((one) => one.row === standing[0]),
  );
  const again = reading(file, (database) => readFrom(database, kept, limit));
  return { ...again, anew: kept.length === 0 };
}

/** Row numbers of the table: the first, and the last, 0 when it is empty. Two steps in its tree. */
export function readTableEnds(file: string): { first: number; last: number } {
  return reading(file, (database) => {
    const row = database
      .prepare(
        `SELECT (SELECT rowid FROM bans ORDER BY rowid LIMIT 1) AS first,
                (SELECT rowid FROM bans ORDER BY rowid DESC LIMIT 1) AS last`,
      )
      .get();
    return { first: number(row?.['first']), last: number(row?.['last']) };
  });
}

interface Raw {
  row: number;
  jail: string;
  ip: string;
  at: number;
  seconds: number;
  count: number;
  data: SQLOutputValue | undefined;
}

function readFrom(database: DatabaseSync, anchors: Anchors, limit: number): TableBatch & { stands: boolean } {
  const began = performance.now();
  const [top] = anchors;
  const statement = database.prepare(
    `SELECT rowid, jail, ip, timeofban, bantime, bancount,
            CASE WHEN length(data) <= ${longestData} THEN data END
       FROM bans WHERE rowid >= ? ORDER BY rowid LIMIT ?`,
  );
  const rows: Raw[] = [];
  let bytes = 0;
  let more = false;
  let stands = top === undefined;
  // of a million rows, objects would be most of the work
  statement.setReturnArrays(true);
  for (const read of statement.iterate(top?.row ?? 0, limit + 1)) {
    const raw = rawOf(read);
    if (!stands) {
      if (top === undefined || raw.row !== top.row || !same(raw, top)) break;
      stands = true;
      continue;
    }
    rows.push(raw);
    bytes += raw.data instanceof Uint8Array ? raw.data.byteLength : 0;
    more = rows.length >= limit || bytes > mostBytes || performance.now() - began > holdMs;
    if (more) break;
  }
  const heldMs = performance.now() - began;
  return {
    // read out of the file by now: parsing them holds nobody
    bans: rows.map(banOf),
    anchors: thinned(rows, anchors),
    more,
    anew: false,
    heldMs,
    stands,
  };
}

/** Row numbers of the anchors that stand where they stood, the newest first. */
function stillThere(database: DatabaseSync, anchors: Anchors): number[] {
  const places = anchors.map(() => '?').join(', ');
  const statement = database.prepare(
    `SELECT rowid, jail, ip, timeofban FROM bans WHERE rowid IN (${places})`,
  );
  statement.setReturnArrays(true);
  const found = statement.all(...anchors.map(({ row }) => row)).map(rawOf);
  const byRow = new Map(found.map((raw) => [raw.row, raw]));
  return anchors.flatMap((anchor) => {
    const raw = byRow.get(anchor.row);
    return raw !== undefined && same(raw, anchor) ? [anchor.row] : [];
  });
}

/**
 * The newest few, where bans are ended by hand, and of those before them the first and the last for each doubling of
 * the distance: however many are deleted, about as many again are read twice. `rows`: read after `anchors`, the oldest
 * first.
 */
function thinned(rows: readonly Raw[], anchors: Anchors): Anchor[] {
  const count = rows.length + anchors.length;
  const at = (place: number): Anchor | undefined =>
    rows[rows.length - 1 - place] ?? anchors[place - rows.length];
  const newest = at(0)?.row ?? 0;
  const doubling = (place: number): number => {
    const row = at(place)?.row;
    return row === undefined ? -1 : Math.floor(Math.log2(Math.max(1, newest - row)));
  };
  const kept: Anchor[] = [];
  let [before, here] = [-1, doubling(0)];
  for (let place = 0; place < count; place++) {
    const after = doubling(place + 1);
    const anchor = at(place);
    if (anchor !== undefined && (place < 8 || here !== before || here !== after)) {
      const { row, jail, ip, at: time } = anchor;
      kept.push({ row, jail, ip, at: time });
    }
    [before, here] = [here, after];
  }
  return kept;
}

/** `read` holds the columns in the order of the statement. */
function rawOf(read: unknown): Raw {
  if (!isList(read)) throw new TypeError('a row of the table was not read as a list');
  const [row, jail, ip, at, seconds, count, data] = read;
  return {
    row: number(row),
    jail: String(jail),
    ip: String(ip),
    at: number(at),
    seconds: number(seconds),
    count: number(count),
    data,
  };
}

const isList = (read: unknown): read is SQLOutputValue[] => Array.isArray(read);

const same = (raw: Raw, { jail, ip, at }: Anchor): boolean =>
  raw.jail === jail && raw.ip === ip && raw.at === at;

const banOf = ({ row, jail, ip, at, seconds, count, data }: Raw): TableBan => ({
  row,
  jail,
  ip,
  at,
  seconds: seconds < -1 ? null : seconds,
  count: Math.max(1, count),
  ...readStoredLines(data),
});
