/** What the lists' thread is asked about lists that were read, and what it answers. */
import type { Address } from '../../base/address.ts';
import type { CombineEnd, SetSizes, Without } from './list-jobs.ts';

export interface MeasureJob {
  /** Set files, by their paths. */
  file: string;
  others: readonly { sourceId: number; file: string }[];
  without: readonly Without[];
}

/** Of what is left of the list when all that is never blocked is taken out; entries are prefixes after merging. */
export interface MeasureEnd extends SetSizes {
  /** The widest IPv4 entry, or when there is none the widest of IPv6; null: the list is empty. */
  largest: { entry: string; addresses: number } | null;
  /** Entries of which another list holds all or a part. */
  elsewhere: number;
  /** The same for each of the others by itself, in their order. */
  shared: number[];
  met: readonly (Omit<CombineEnd['met'][number], 'sourceId'> & { without: Address })[];
  /** Entries of the list as it is that are taken out, whole or in part. */
  metTotal: number;
}

export interface FindJob {
  files: readonly string[];
  addresses: readonly Address[];
}

/** For each file the places in `addresses` of those that it holds all of, ascending. */
export type FindEnd = readonly (readonly number[])[];
