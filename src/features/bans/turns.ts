/** One writer at a time, and a pause after each piece of work as long as the work was: others get half the thread. */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/** Runs the work after all work given before it; the next begins once others had their turn. */
export type TakeTurn = <T>(work: () => Promise<T>) => Promise<T>;

const longestPauseMs = 50;

export function createTurns(): TakeTurn {
  let last: Promise<void> = Promise.resolve();
  return (work) => {
    let took = 0;
    const result = last.then(async () => {
      const began = performance.now();
      try {
        return await work();
      } finally {
        took = performance.now() - began;
      }
    });
    const pause = (): Promise<void> => (took < 1 ? nextTurn() : sleep(Math.min(took, longestPauseMs)));
    last = result.then(pause, pause);
    return result;
  };
}

/** Pieces of at most `size`. */
export function* slices<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
