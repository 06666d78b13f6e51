/** Something shared that may be away: asked with a deadline, left alone for a while after it failed. */
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';

/** Answers what `shared` answers, or what `own` does while that cannot be had. */
export type Ask = <T>(shared: () => Promise<T>, own: () => Promise<T>) => Promise<T>;

interface OutageDeps {
  /** In the log events `<name>_unreachable` and `<name>_back`, one each for an outage. */
  name: string;
  log: Log;
  now: Clock;
  deadlineMs?: number;
  /** During an outage only one caller in so long a time tries again, ms. */
  pauseMs?: number;
}

export function createOutage({ name, log, now, deadlineMs = 1_000, pauseMs = 2_000 }: OutageDeps): Ask {
  let away = false;
  let tryAt = 0;
  return async (shared, own) => {
    if (away && now() < tryAt) return own();
    tryAt = now() + pauseMs;
    try {
      const answer = await inTime(shared(), deadlineMs);
      if (away) log.info(`${name}_back`);
      away = false;
      return answer;
    } catch (error) {
      if (!away) log.warn(`${name}_unreachable`, { error });
      away = true;
      tryAt = now() + pauseMs;
      return own();
    }
  };
}

async function inTime<T>(work: Promise<T>, deadlineMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
