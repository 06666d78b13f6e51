/** Slows guessing: a growing delay and a limit a minute per client, answered by 429 and never by waiting. */
import { tooManyRequests } from '../../base/errors.ts';
import { limitKey } from '../../platform/http/caller-address.ts';
import { waitSeconds, type LimitPolicy, type LimitStore } from '../../platform/limits/limit.ts';

export interface Throttle {
  /**
   * Counts a try as failed before it is looked at, so that tries sent side by side, also to several instances, count as
   * well. Throws 429 with the seconds to wait.
   */
  begin(client: string): Promise<void>;
  succeeded(client: string): Promise<void>;
  /** Forgets old failures. Answers how many clients. */
  sweep(): Promise<number>;
}

/** A person mistypes: two failures are free, then each one doubles the wait, up to a quarter of an hour. */
const waitsMs = [0, 0, 0, ...Array.from({ length: 10 }, (_, more) => 1000 * 2 ** more), 15 * 60_000];

export const signInPolicy = (perMinute: number): LimitPolicy => ({ name: 'sign_in', perMinute, waitsMs });

export function createThrottle({ store }: { store: LimitStore }): Throttle {
  return {
    async begin(client) {
      const taken = await store.take(limitKey(client), 1);
      if (taken.granted === 0) throw tooManyTries(waitSeconds(taken));
    },
    succeeded: (client) => store.forget(limitKey(client)),
    sweep: () => store.sweep(),
  };
}

function tooManyTries(seconds: number) {
  return tooManyRequests(
    `Too many tries that failed. Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
    seconds,
  );
}
