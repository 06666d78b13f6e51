/** What was not taken from a list: counted by kind, with examples. */
import type { Refusal } from '../run-contract.ts';

const mostExamples = 20;
const longestExample = 200;

/** The kinds that reading a list can find. */
export type RefusalKind = Extract<Refusal['kind'], 'not_an_address' | 'reserved' | 'too_wide' | 'host_bits'>;

export interface Refused {
  kind: RefusalKind;
  /** From 1; null where lines do not matter. */
  line: number | null;
  /** As the list has it. */
  text: Buffer;
  meets: string | null;
}

export interface Refusals {
  add(refused: Refused): void;
  count(kind: RefusalKind): number;
  list(): Refusal[];
}

export function createRefusals(): Refusals {
  const byKind = new Map<RefusalKind, Refusal>();
  return {
    add({ kind, line, text, meets }) {
      let refusal = byKind.get(kind);
      if (refusal === undefined) {
        refusal = { kind, count: 0, examples: [] };
        byKind.set(kind, refusal);
      }
      refusal.count += 1;
      if (refusal.examples.length < mostExamples) refusal.examples.push({ line, text: shown(text), meets });
    },
    count: (kind) => byKind.get(kind)?.count ?? 0,
    list: () => [...byKind.values()],
  };
}

/** Whoever wrote the list chose these bytes: no control characters, and never much. */
export function shown(text: Buffer): string {
  const start = new TextDecoder().decode(text.subarray(0, longestExample * 4)).trim();
  return start.slice(0, longestExample).replaceAll(/\p{C}/gu, '\ufffd');
}
