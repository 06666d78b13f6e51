/** The file that `ipset restore` reads: it fills two sets and swaps them with those that the rules look at. */
import type { AddressSet } from '../../base/address-set/address-set.ts';
import { countPrefixes } from '../../base/address-set/prefixes.ts';
import { AppError } from '../../base/errors.ts';
import { addLines } from './add-lines.ts';
import { endMark, fileMark, liveSets, mostEntries, nextSets, setFamilies, setType } from './names.ts';
import { writeWhole } from './write-whole.ts';

interface IpsetFile {
  set: AddressSet;
  /** Without spaces. */
  id: string;
  path: string;
}

/** Whole or not at all. Answers how many entries each set gets. Throws AppError: 422 `blocklist_too_large`. */
export async function writeIpsetFile({ set, id, path }: IpsetFile): Promise<{ v4: number; v6: number }> {
  const counts = countPrefixes(set);
  if (Math.max(counts.v4, counts.v6) > mostEntries)
    throw new AppError(
      422,
      'blocklist_too_large',
      `All lists together have more than ${mostEntries.toLocaleString('en')} entries; the kernel's set cannot hold them.`,
    );
  const before = [`${fileMark} ${id}`, ...head('v4', counts.v4), ...head('v6', counts.v6)];
  const after = [
    `swap ${nextSets.v4} ${liveSets.v4}`,
    `swap ${nextSets.v6} ${liveSets.v6}`,
    `destroy ${nextSets.v4}`,
    `destroy ${nextSets.v6}`,
    `${endMark} ${counts.v4} ${counts.v6}`,
  ];
  await writeWhole(path, pieces(before, set, after));
  return counts;
}

type Family = keyof typeof nextSets;

/** A set that a restore cut off left behind is emptied: `-exist` would add to it. */
const head = (family: Family, count: number): string[] => [
  `create ${nextSets[family]} ${setType} family ${setFamilies[family]} hashsize ${hashSize(count)} maxelem ${mostEntries}`,
  `flush ${nextSets[family]}`,
];

/** A table that never has to grow while it is filled; the kernel wants a power of two. */
const hashSize = (count: number): number => 2 ** Math.max(10, Math.ceil(Math.log2(count / entriesPerBucket)));
const entriesPerBucket = 4;

function* pieces(
  before: readonly string[],
  set: AddressSet,
  after: readonly string[],
): Generator<Uint8Array> {
  yield Buffer.from(`${before.join('\n')}\n`);
  yield* addLines(set);
  yield Buffer.from(`${after.join('\n')}\n`);
}
