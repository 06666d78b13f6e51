/** What the lists' thread does with set files that are there: it measures one beside others, and looks addresses up in many. */
import { family } from '../../base/address.ts';
import { boundsOf, holds, type AddressSet } from '../../base/address-set/address-set.ts';
import { findOverlap } from '../../base/address-set/find-overlap.ts';
import { v4Width, v6Width } from '../../base/address-set/width.ts';
import { AppError } from '../../base/errors.ts';
import type { FindEnd, FindJob, MeasureEnd, MeasureJob } from './measure-jobs.ts';
import { measureSet } from './measure-set.ts';
import { readSetFile } from './set-file.ts';

/** Throws AppError 503 `blocklist_unreadable` and 500 `set_file_damaged`. */
export const measureFiles = async ({ file, others, without }: MeasureJob): Promise<MeasureEnd> =>
  measureSet(
    await readSet(file),
    others.map((other) => () => readSet(other.file)),
    without,
  );

/** Throws as `measureFiles` does. */
export async function findInFiles({ files, addresses }: FindJob): Promise<FindEnd> {
  // a hundred thousand addresses are read once, however many lists there are
  const asked = addresses.map((address) => ({
    address,
    four: family(address) === 4,
    single: !address.includes('/'),
    bounds: Uint32Array.from(boundsOf(address)),
  }));
  const found: number[][] = [];
  for (const file of files) {
    const set = await readSet(file);
    found.push(
      asked.flatMap(({ address, four, single, bounds }, place) => {
        const meets = four ? findOverlap(set.v4, v4Width, bounds) : findOverlap(set.v6, v6Width, bounds);
        return meets !== null && (single || holds(set, address)) ? [place] : [];
      }),
    );
  }
  return found;
}

const readSet = (file: string): Promise<AddressSet> =>
  readSetFile(file).catch((cause: unknown) => {
    if (cause instanceof AppError) throw cause;
    throw new AppError(503, 'blocklist_unreadable', unreadable, { cause });
  });

/** Said where a set file cannot be read. */
export const unreadable = 'The file of a list cannot be read. Import the lists again.';
