/** What a client may do how often: a bucket of tokens that fills at a steady pace, and a wait that grows with each try. */

export interface LimitPolicy {
  /** Keeps the clients of one limit apart from those of another in a shared store. */
  name: string;
  perMinute: number;
  /**
   * How long a client waits after so many tries that were not forgiven, ms; the last one holds for all further tries.
   * `[0]` = tries are not counted.
   */
  waitsMs: readonly number[];
}

/** Tokens taken, at most as many as were wanted; or none, and the ms after which there is one. */
export interface Taken {
  granted: number;
  waitMs: number;
}

export interface LimitStore {
  /** In one step, whoever else takes at the same moment. */
  take(key: string, wanted: number): Promise<Taken>;
  /** Gives a client its whole bucket back and forgives its tries. */
  forget(key: string): Promise<void>;
  /** Forgets clients of which nothing needs to be known any more. Answers how many. */
  sweep(): Promise<number>;
}

export interface Bucket {
  /** ms; when it would be full again if nothing more were taken. A bucket holds one minute's worth. */
  fullAt: number;
  tries: number;
  /** ms; of the last try. */
  triedAt: number;
}

export const minuteMs = 60_000;
/** A client that let so much time pass starts anew. */
export const triesKeptMs = 60 * minuteMs;
/** A sum of fractions is not exact: so much of a token counts as nothing missing. */
export const tokenSlack = 0.001;

/** The one calculation behind all stores; those of Redis and PostgreSQL say the same in their own words. */
export function takeFrom(
  bucket: Bucket | undefined,
  { perMinute, waitsMs }: LimitPolicy,
  wanted: number,
  time: number,
): { bucket: Bucket; taken: Taken } {
  const step = minuteMs / perMinute;
  // A clock that was set back must not lock anybody out: nothing lies further ahead than it could have been put.
  const fullAt = Math.max(time, Math.min(bucket?.fullAt ?? 0, time + minuteMs));
  const triedAt = Math.min(bucket?.triedAt ?? 0, time);
  const tries = time - triedAt > triesKeptMs ? 0 : (bucket?.tries ?? 0);
  const readyAt = triedAt + (waitsMs[Math.min(tries, waitsMs.length - 1)] ?? 0);
  const held = Math.floor((time + minuteMs - fullAt) / step + tokenSlack);
  const refused = (waitMs: number) => ({
    bucket: { fullAt, tries, triedAt },
    taken: { granted: 0, waitMs: Math.round(waitMs) },
  });
  if (readyAt > time) return refused(readyAt - time);
  if (held < 1) return refused(fullAt + step - minuteMs - time);
  const granted = Math.min(wanted, held);
  const counted = waitsMs.length > 1 ? 1 : 0;
  return {
    bucket: { fullAt: fullAt + granted * step, tries: tries + counted, triedAt: time },
    taken: { granted, waitMs: 0 },
  };
}

/** For `Retry-After`: whole seconds, at least one. */
export const waitSeconds = ({ waitMs }: Taken): number => Math.max(1, Math.ceil(waitMs / 1000));
