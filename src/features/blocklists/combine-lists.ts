/** Puts lists together, takes out what no list may block, and writes the file that the kernel's sets are loaded from. */
import {
  countV4,
  emptySet,
  fromAddresses,
  overlaps,
  subtract,
  union,
} from '../../base/address-set/address-set.ts';
import { reservedSet } from '../../base/address-set/reserved.ts';
import { walkMet } from '../../base/address-set/walk-met.ts';
import { AppError } from '../../base/errors.ts';
import { writeIpsetFile } from '../../host/blocklist/ipset-file.ts';
import type { CombineEnd, CombineJob, Without } from './list-jobs.ts';
import { readSetFile } from './set-file.ts';

const mostMet = 200;
/** Of all lists together: eight million ranges of IPv4, two million of IPv6. */
const mostBytes = 64 * 2 ** 20;

/** Throws AppError 422 `blocklist_too_large`, and what `readSetFile` and `writeIpsetFile` throw; the file is then as it was. */
export async function combineLists({ sets, without, into, id }: CombineJob): Promise<CombineEnd> {
  const apart = fromAddresses(without.map(({ entry }) => entry));
  const met: CombineEnd['met'] = [];
  const metTotal: CombineEnd['metTotal'] = {};
  let all = emptySet;
  for (const { sourceId, file } of sets) {
    const set = await readSetFile(file);
    let total = 0;
    walkMet(set, apart, (entry) => {
      total += 1;
      if (met.length < mostMet) met.push({ sourceId, entry: entry(), ...firstMet(entry(), without) });
    });
    metTotal[sourceId] = total;
    all = sets.length === 1 ? set : union(all, set);
    if (all.v4.byteLength + all.v6.byteLength > mostBytes)
      throw new AppError(
        422,
        'blocklist_too_large',
        'All lists together have more than 8 million entries (IPv6: 2 million).',
      );
  }
  // no reserved address comes out of a list; here nothing depends on that
  const set = subtract(all, union(apart, reservedSet));
  const entries = await writeIpsetFile({ set, id, path: into });
  return { v4Addresses: countV4(set), v4Entries: entries.v4, v6Entries: entries.v6, met, metTotal };
}

function firstMet(entry: Without['entry'], without: readonly Without[]): Pick<Without, 'kind' | 'meets'> {
  const listed = fromAddresses([entry]);
  const found = without.find((one) => overlaps(listed, one.entry));
  if (found === undefined) throw new Error(`${entry} meets nothing`);
  return { kind: found.kind, meets: found.meets };
}
