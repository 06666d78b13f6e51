/** Gathers a stream into batches: the first at once, then at most one per interval. */

export interface Batcher<T> {
  add(item: T): void;
  /** Drops what is held and stops the timer. */
  clear(): void;
}

interface BatcherDeps<T> {
  /** Least ms between two deliveries. */
  everyMs: number;
  deliver: (items: T[]) => void;
  now?: () => number;
}

/** A lone event is delivered without delay; a burst costs one delivery an interval, and none is lost. */
export function createBatcher<T>({
  everyMs,
  deliver,
  now = () => performance.now(),
}: BatcherDeps<T>): Batcher<T> {
  let held: T[] = [];
  let lastAt = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | null = null;

  const stopTimer = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  const flush = (): void => {
    stopTimer();
    if (held.length === 0) return;
    const items = held;
    held = [];
    lastAt = now();
    deliver(items);
  };
  return {
    add(item) {
      held.push(item);
      if (timer !== null) return;
      const wait = lastAt + everyMs - now();
      if (wait <= 0) flush();
      else timer = setTimeout(flush, wait);
    },
    clear() {
      stopTimer();
      held = [];
    },
  };
}
