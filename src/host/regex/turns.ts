/** A few at once, some may wait, the rest is turned away: what starts processes must not start them without end. */

interface TurnsDeps {
  atOnce: number;
  mostWaiting: number;
}

export interface Turns {
  /** Null when too many wait. */
  take<T>(work: () => Promise<T>): Promise<T | null>;
  /** When nothing runs or waits any more. */
  idle(): Promise<void>;
}

export function createTurns({ atOnce, mostWaiting }: TurnsDeps): Turns {
  const waiting: (() => void)[] = [];
  const running = new Set<Promise<unknown>>();
  return {
    async take(work) {
      if (running.size >= atOnce) {
        if (waiting.length >= mostWaiting) return null;
        await new Promise<void>((go) => waiting.push(go));
      }
      const mine = work();
      running.add(mine);
      try {
        return await mine;
      } finally {
        running.delete(mine);
        waiting.shift()?.();
      }
    },
    async idle() {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}
