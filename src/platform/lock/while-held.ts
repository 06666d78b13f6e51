/** Runs one long-lived part of the program only while this instance holds the scheduler lock. */
import type { Log } from '../../base/log.ts';
import type { SchedulerLock } from './lock.ts';

interface WhileHeldDeps {
  lock: SchedulerLock;
  log: Log;
  name: string;
  start: () => Promise<void>;
  stop: () => Promise<void>;
}

/** Starts and stops follow each other, never side by side. Answers the way to end it for good. */
export function whileHeld({ lock, log, name, start, stop }: WhileHeldDeps): () => Promise<void> {
  let running = false;
  let turn: Promise<void> = Promise.resolve();
  const follow = (wanted: boolean): void => {
    turn = turn
      .then(async () => {
        if (wanted === running) return;
        running = wanted;
        await (wanted ? start() : stop());
      })
      .catch((error: unknown) => log.error('part_failed', { part: name, wanted, error }));
  };
  const stopListening = lock.onChange(follow);
  follow(lock.isHeld());
  return async () => {
    stopListening();
    follow(false);
    await turn;
  };
}
