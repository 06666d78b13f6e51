/** What the lists' thread does with set files that are there: it measures one beside others, and looks addresses up in many. */
import { holds, type AddressSet } from '../../base/address-set/address-set.ts';
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
  const found: number[][] = [];
  for (const file of files) {
    const set = await readSet(file);
    found.push(addresses.flatMap((address, place) => (holds(set, address) ? [place] : [])));
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
