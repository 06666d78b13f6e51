/** Marks that tell rows seen by a full look at a jail from rows it left behind, while live changes go on. */
import type { Clock } from '../../base/clock.ts';
import { banKey } from './ban-row.ts';

export interface Looks {
  /** The mark of the look under way, or of the last one; what is written now carries it. */
  mark(): number;
  /** Begins a look: a mark higher than all before. One look at a time. */
  begin(): number;
  end(): void;
  /** Tells the look under way that these ended meanwhile: what it read earlier must not bring them back. */
  removed(jail: string, ips: readonly string[]): void;
  endedMeanwhile(jail: string, ip: string): boolean;
}

export function createLooks(now: Clock): Looks {
  let mark = now();
  let removed: Set<string> | null = null;
  return {
    mark: () => mark,
    begin() {
      mark = Math.max(mark + 1, now());
      removed = new Set();
      return mark;
    },
    end() {
      removed = null;
    },
    removed(jail, ips) {
      for (const ip of ips) removed?.add(banKey(jail, ip));
    },
    endedMeanwhile: (jail, ip) => removed?.has(banKey(jail, ip)) ?? false,
  };
}
