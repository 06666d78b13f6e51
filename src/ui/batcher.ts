/** Gathers a stream into batches: single events soon after one another, a flood once an interval. */

export interface Batcher<T> {
  add(item: T): void;
  /** Drops what is held and stops the timer. */
  clear(): void;
}

interface BatcherDeps<T> {
  /** Least ms between two deliveries while events come one by one. */
  calmMs: number;
  /** Least ms after a delivery of more than a few. */
  floodMs: number;
  deliver: (items: T[]) => void;
  now?: () => number;
}

/** More than a person follows one by one. */
const few = 3;

/** A lone event is delivered without delay; a flood costs one delivery a `floodMs`, and nothing is lost. */
export function createBatcher<T>({
  calmMs,
  floodMs,
  deliver,
  now = () => performance.now(),
}: BatcherDeps<T>): Batcher<T> {
  let held: T[] = [];
  let nextAt = Number.NEGATIVE_INFINITY;
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
    nextAt = now() + (items.length > few ? floodMs : calmMs);
    deliver(items);
  };
  return {
    add(item) {
      held.push(item);
      if (timer !== null) return;
      const wait = nextAt - now();
      if (wait <= 0) flush();
      else timer = setTimeout(flush, wait);
    },
    clear() {
      stopTimer();
      held = [];
    },
  };
}
