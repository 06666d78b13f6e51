/** Takes what stands in a list, entry by entry: keeps what may be blocked, counts the rest. */
import type { AddressSet } from '../../../base/address-set/address-set.ts';
import { createCollector } from '../../../base/address-set/collector.ts';
import { createEntry } from '../../../base/address-set/scan-entry.ts';
import { AppError } from '../../../base/errors.ts';
import type { Refusal } from '../run-contract.ts';
import type { ReadCounts } from '../list-jobs.ts';
import { refusalOf, reservedNameOf, type ReadEntry } from './judge-entry.ts';
import { createRefusals, type RefusalKind } from './refusals.ts';

/** Eight million entries of IPv4, two million of IPv6. */
const mostBytes = 64 * 2 ** 20;

/** A place of the list that should hold an entry. */
export interface Place {
  bytes: Buffer;
  start: number;
  end: number;
  /** From 1; null where lines do not matter. */
  line: number | null;
}

export interface EntryTaker {
  take(place: Readonly<Place>): void;
  /** What cannot be an entry. */
  refuse(place: Readonly<Place>): void;
  counts(): ReadCounts;
  finish(): { set: AddressSet; duplicates: number; reserved: number; refusals: Refusal[] };
}

/** `take` throws AppError 422 `list_too_large` when there are more entries than memory is meant for. */
export function createEntryTaker(read: ReadEntry): EntryTaker {
  const entry = createEntry();
  const collector = createCollector();
  const refusals = createRefusals();
  let lines = 0;
  let kept = 0;

  const note = (kind: RefusalKind, { bytes, start, end, line }: Place): void =>
    refusals.add({
      kind,
      line,
      text: bytes.subarray(start, end),
      meets: kind === 'reserved' ? reservedNameOf(entry) : null,
    });

  const notTaken = (): number => refusals.count('reserved') + refusals.count('too_wide');

  return {
    take(place) {
      lines += 1;
      if (!read(place.bytes, place.start, place.end, entry)) {
        note('not_an_address', place);
        return;
      }
      const refusal = refusalOf(entry);
      if (refusal !== null) {
        note(refusal, place);
        return;
      }
      if (entry.hostBits) note('host_bits', place);
      kept += 1;
      collector.add(entry);
      if (collector.bytes() > mostBytes)
        throw new AppError(
          422,
          'list_too_large',
          'The list has more than 8 million entries (IPv6: 2 million).',
        );
    },
    refuse(place) {
      lines += 1;
      note('not_an_address', place);
    },
    counts: () => ({
      lines,
      valid: kept + notTaken(),
      invalid: refusals.count('not_an_address'),
    }),
    finish: () => ({ ...collector.finish(), reserved: notTaken(), refusals: refusals.list() }),
  };
}
