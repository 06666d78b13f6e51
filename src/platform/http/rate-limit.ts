/** How often a client may call. What instances share is asked for some tokens at once, not for each call. */
import type { Clock } from '../../base/clock.ts';
import { keepRecent } from '../../base/recent-map.ts';
import { minuteMs, waitSeconds, type LimitPolicy, type LimitStore } from '../limits/limit.ts';

export interface RateLimiter {
  /** Takes a token. Answers 0, or the whole seconds after which there is one again. */
  take(key: string): Promise<number>;
  /** Forgets clients whose bucket is full again. Answers how many. */
  sweep(): Promise<number>;
}

interface RateLimiterDeps {
  store: LimitStore;
  now: Clock;
  /**
   * Tokens fetched from the store in one go. Of what the client may do, other instances then hold back at most this
   * many, less one, each; and so many more than allowed can be spent when they were fetched up to a minute ago.
   */
  atOnce?: number;
  /** Beyond this many, the client that was quiet for longest loses the tokens fetched for it. */
  mostClients?: number;
}

interface Pocket {
  tokens: number;
  /** ms; until then the store has none. */
  emptyUntil: number;
  /** ms; a minute later the bucket has filled up again, and what was fetched from it is void. */
  fetchedAt: number;
  fetching: Promise<void> | null;
}

export const callsPolicy = (perMinute: number): LimitPolicy => ({ name: 'calls', perMinute, waitsMs: [0] });

/** One second's worth: a shared store is asked at most once a second for a client that keeps to the limit. */
export const secondsWorth = (perMinute: number): number => Math.max(1, Math.floor(perMinute / 60));

export function createRateLimiter(deps: RateLimiterDeps): RateLimiter {
  const { store, now, atOnce = 1, mostClients = 20_000 } = deps;
  if (atOnce === 1) {
    const take = async (key: string): Promise<number> => {
      const taken = await store.take(key, 1);
      return taken.granted > 0 ? 0 : waitSeconds(taken);
    };
    return { take, sweep: () => store.sweep() };
  }
  const pockets = new Map<string, Pocket>();
  const pocketOf = (key: string): Pocket => {
    const pocket = pockets.get(key) ?? { tokens: 0, emptyUntil: 0, fetchedAt: 0, fetching: null };
    keepRecent(pockets, key, pocket, mostClients);
    return pocket;
  };
  const fetchInto = async (pocket: Pocket, key: string): Promise<void> => {
    try {
      const { granted, waitMs } = await store.take(key, atOnce);
      pocket.tokens += granted;
      pocket.fetchedAt = now();
      pocket.emptyUntil = granted > 0 ? 0 : now() + Math.max(1, waitMs);
    } finally {
      pocket.fetching = null;
    }
  };
  return {
    async take(key) {
      const pocket = pocketOf(key);
      for (;;) {
        const time = now();
        const age = time - pocket.fetchedAt;
        if (age > minuteMs || age < 0) pocket.tokens = pocket.emptyUntil = 0;
        if (pocket.tokens > 0) {
          pocket.tokens -= 1;
          return 0;
        }
        if (pocket.emptyUntil > time) return waitSeconds({ granted: 0, waitMs: pocket.emptyUntil - time });
        await (pocket.fetching ??= fetchInto(pocket, key));
      }
    },
    async sweep() {
      const time = now();
      for (const [key, { fetchedAt, fetching }] of pockets) {
        if (fetching === null && time - fetchedAt > minuteMs) pockets.delete(key);
      }
      return store.sweep();
    },
  };
}
