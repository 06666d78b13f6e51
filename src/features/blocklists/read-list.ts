/** Reads a list of any format, whole, and writes what it holds as a set file. */
import { countV4, emptySet, subtract, type AddressSet } from '../../base/address-set/address-set.ts';
import { countPrefixes } from '../../base/address-set/prefixes.ts';
import { AppError } from '../../base/errors.ts';
import type { ReadCounts, ReadEnd, ReadJob } from './list-jobs.ts';
import { createFeed, entryReader } from './reading/feed.ts';
import type { Feed } from './reading/line-feed.ts';
import { openList } from './reading/open-list.ts';
import { recognise, type Recognised } from './reading/recognise.ts';
import { createEntryTaker, type EntryTaker } from './reading/take-entries.ts';
import { readSetFile, writeSetFile } from './set-file.ts';

const progressMs = 100;

interface Reading extends Recognised {
  taker: EntryTaker;
  feed: Feed;
}

/** Throws AppError 422 `list_*` with a sentence on what is wrong with the list; then there is no set file. */
export async function readList(job: ReadJob, onProgress: (counts: ReadCounts) => void): Promise<ReadEnd> {
  let reading: Reading | null = null;
  let told = performance.now();
  for await (const piece of openList(job.file, job.maxBytes)) {
    reading ??= begin(piece, job);
    if (reading.looksLike !== 'list') return nothing(reading);
    reading.feed.push(piece);
    if (performance.now() - told < progressMs) continue;
    told = performance.now();
    onProgress(reading.taker.counts());
  }
  if (reading === null) throw new Error('a list has at least one piece');
  const { format, feed, taker } = reading;
  feed.end();
  const counts = taker.counts();
  onProgress(counts);
  if (counts.lines === 0) return nothing({ format, looksLike: 'empty' });
  const { set, duplicates, reserved, refusals } = taker.finish();
  await writeSetFile(job.setFile, set);
  const entries = countPrefixes(set);
  return {
    format,
    looksLike: 'list',
    counts: {
      ...counts,
      reserved,
      duplicates,
      prefixes: entries.v4 + entries.v6,
      ...changes(await before(job.previous), set),
    },
    refusals,
    sizes: { v4Addresses: countV4(set), v4Entries: entries.v4, v6Entries: entries.v6 },
  };
}

function begin(head: Buffer, { format }: ReadJob): Reading {
  const recognised = recognise(head, format);
  const taker = createEntryTaker(entryReader(recognised.plan));
  return { ...recognised, taker, feed: createFeed(recognised.plan, taker) };
}

const nothing = ({ format, looksLike }: Pick<ReadEnd, 'format' | 'looksLike'>): ReadEnd => ({
  format,
  looksLike,
  counts: {
    lines: 0,
    valid: 0,
    invalid: 0,
    reserved: 0,
    duplicates: 0,
    prefixes: 0,
    added: 0,
    removed: 0,
  },
  refusals: [],
  sizes: { v4Addresses: 0, v4Entries: 0, v6Entries: 0 },
});

/** The version before may be gone with a restored backup, or damaged: a new one must come in all the same. */
async function before(path: string | null): Promise<AddressSet> {
  if (path === null) return emptySet;
  try {
    return await readSetFile(path);
  } catch (error) {
    if (error instanceof AppError || (error instanceof Error && 'code' in error && error.code === 'ENOENT'))
      return emptySet;
    throw error;
  }
}

/** IPv4 addresses, and IPv6 networks. */
function changes(old: AddressSet, now: AddressSet): { added: number; removed: number } {
  const size = (set: AddressSet): number => countV4(set) + countPrefixes({ v4: emptySet.v4, v6: set.v6 }).v6;
  return { added: size(subtract(now, old)), removed: size(subtract(old, now)) };
}
