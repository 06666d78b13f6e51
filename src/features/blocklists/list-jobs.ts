/** Reading a list and putting lists together: what is asked of their thread, and what it answers. */
import type { Address } from '../../base/address.ts';
import type { ListFormat } from './contract.ts';
import type { Refusal, RunCounts } from './run-contract.ts';

export interface ReadJob {
  /** As it was downloaded or uploaded. */
  file: string;
  format: ListFormat;
  /** Where the set goes; written, whole, only when it looks like a list. */
  setFile: string;
  /** The set file to compare with; null, or one that cannot be read: everything is new. */
  previous: string | null;
  /** Unpacked. */
  maxBytes: number;
}

export type ReadCounts = Pick<RunCounts, 'lines' | 'valid' | 'invalid'>;

export interface ReadEnd {
  /** As it was understood; never `auto` when it looks like a list. */
  format: ListFormat;
  looksLike: 'list' | 'html' | 'empty' | 'binary';
  counts: Pick<
    RunCounts,
    'lines' | 'valid' | 'invalid' | 'reserved' | 'duplicates' | 'prefixes' | 'added' | 'removed'
  >;
  refusals: Refusal[];
  sizes: SetSizes;
}

/** Entries are prefixes after merging. */
export interface SetSizes {
  v4Addresses: number;
  v4Entries: number;
  v6Entries: number;
}

/** Something that no list may block. */
export interface Without {
  entry: Address;
  kind: 'own' | 'gateway' | 'resolver' | 'allowed' | 'ignored' | 'signed_in';
  /** For a person: `192.0.2.10 (office, marta)`. */
  meets: string;
}

export interface CombineJob {
  sets: { sourceId: number; file: string }[];
  without: readonly Without[];
  /** The ipset file. */
  into: string;
  id: string;
}

export interface CombineEnd extends SetSizes {
  /** At most 200. */
  met: {
    sourceId: number;
    entry: string /* the list's, after merging */;
    kind: Without['kind'];
    meets: string;
  }[];
  /** Entries of each source, after merging, that were taken out, whole or in part. */
  metTotal: Record<number, number>;
}
