/** Runs one long-lived part of the program only while this instance holds the scheduler lock. */
import type { Log } from '../../base/log.ts';
import type { Fence } from './fence.ts';
import type { SchedulerLock } from './lock.ts';

interface WhileHeldDeps {
  lock: SchedulerLock;
  log: Log;
  name: string;
  start: (fence: Fence) => Promise<void>;
  stop: () => Promise<void>;
}

/** Starts and stops follow each other, never side by side. Answers the way to end it for good. */
export function whileHeld({ lock, log, name, start, stop }: WhileHeldDeps): () => Promise<void> {
  let running: Fence | null = null;
  let turn: Promise<void> = Promise.resolve();
  const follow = (wanted: Fence | null): void => {
    turn = turn
      .then(async () => {
        if (wanted === running) return;
        if (running !== null) {
          running = null;
          await stop();
        }
        running = wanted;
        if (wanted !== null) await start(wanted);
      })
      .catch((error: unknown) => log.error('part_failed', { part: name, wanted: wanted !== null, error }));
  };
  const stopListening = lock.onChange(follow);
  follow(lock.fence());
  return async () => {
    stopListening();
    follow(null);
    await turn;
  };
}
