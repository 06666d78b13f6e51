/** What a list would have spared us: sums over attackers that it holds, added page by page. */
import type { Attacker } from './attackers.ts';
import type { Simulation } from './simulation-contract.ts';

export interface Tally {
  /** How many attackers a page had, and those of them that the list holds. */
  add(attackers: number, held: readonly Attacker[]): void;
  sum(): Omit<Simulation['history'], 'days'>;
}

const mostExamples = 20;

export function createTally(): Tally {
  const sums = { attackers: 0, held: 0, later_bans: 0 };
  /** How long each of those that came back kept coming, ms: a number each, so that the median is exact. */
  const kept: number[] = [];
  let worst: Attacker[] = [];
  return {
    add(attackers, held) {
      sums.attackers += attackers;
      sums.held += held.length;
      for (const { bans, first, last } of held) {
        if (bans < 2) continue;
        sums.later_bans += bans - 1;
        kept.push(last - first);
      }
      worst = [...worst, ...held]
        .toSorted((a, b) => b.bans - a.bans || b.last - a.last)
        .slice(0, mostExamples);
    },
    sum: () => ({
      ...sums,
      came_back: kept.length,
      kept_coming_ms: median(kept),
      examples: worst.map(({ ip, bans, first, last, country }) => ({
        ip,
        bans,
        first: new Date(first).toISOString(),
        last: new Date(last).toISOString(),
        country,
      })),
    }),
  };
}

/** Of two in the middle the lower one; null of none. */
function median(values: readonly number[]): number | null {
  return Float64Array.from(values).sort()[Math.floor((values.length - 1) / 2)] ?? null;
}
