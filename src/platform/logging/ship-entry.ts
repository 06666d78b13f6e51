/** A log line on its way to a log service. */

export interface Entry {
  /** The same for each attempt to send it, and no other line's. */
  id: string;
  /** Nanoseconds since the epoch, above those of every earlier line: Loki takes two equal ones for the same line. */
  nanos: bigint;
  level: string;
  event: string;
  /** The JSON line, without a newline. */
  line: string;
}

/** What became of a batch. */
export interface Delivery {
  /** Not taken this time: to be sent again. */
  again: readonly Entry[];
  /** Refused for good. */
  refused: number;
  /** Why, when one of the two is not empty; without secrets. */
  reason: string | null;
  /** How long the receiver asks us to wait, ms. */
  waitMs: number | null;
}

export interface Receiver {
  /** At most one batch is under way. Never rejects; gives up when `signal` aborts. */
  deliver(batch: readonly Entry[], signal: AbortSignal): Promise<Delivery>;
}

export const delivered: Delivery = { again: [], refused: 0, reason: null, waitMs: null };

/** Nothing of the batch is known to have arrived. */
export const undelivered = (
  again: readonly Entry[],
  reason: string,
  waitMs: number | null = null,
): Delivery => ({
  again,
  refused: 0,
  reason,
  waitMs,
});

export const refusedAll = (batch: readonly Entry[], reason: string): Delivery => ({
  again: [],
  refused: batch.length,
  reason,
  waitMs: null,
});

/** Numbers lines as they come. `instance` makes their ids unlike those of any other process. */
export function createNumbering({ instance, now }: { instance: string; now: () => number }) {
  let count = 0;
  let last = 0n;
  return (line: string, { level, event }: { level: string; event: string }): Entry => {
    const time = BigInt(now()) * 1_000_000n;
    last = time > last ? time : last + 1n;
    return { id: `${instance}-${(count++).toString(36)}`, nanos: last, level, event, line };
  };
}
