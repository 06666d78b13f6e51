/** What the lists' thread does with set files that are there: it measures one beside others, and looks addresses up in many. */
import { holds } from '../../base/address-set/address-set.ts';
import type { FindEnd, FindJob, MeasureEnd, MeasureJob } from './measure-jobs.ts';
import { measureSet } from './measure-set.ts';
import { readSetFile } from './set-file.ts';

export const measureFiles = async ({ file, others, without }: MeasureJob): Promise<MeasureEnd> =>
  measureSet(
    await readSetFile(file),
    others.map((other) => () => readSetFile(other.file)),
    without,
  );

export async function findInFiles({ files, addresses }: FindJob): Promise<FindEnd> {
  const found: number[][] = [];
  for (const file of files) {
    const set = await readSetFile(file);
    found.push(addresses.flatMap((address, place) => (holds(set, address) ? [place] : [])));
  }
  return found;
}
