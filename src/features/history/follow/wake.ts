/** Lets the loop sleep until there is something to do: a line in the log, a message, or the next look. */
import { watch, type FSWatcher } from 'node:fs';
import type { Log } from '../../../base/log.ts';

export interface Wake {
  /** Also wakes when this file is written; the kernel tells within some ms. */
  watch(file: string | null): void;
  ring(): void;
  /** Resolves at once when it rang since the last wait. */
  wait(ms: number): Promise<void>;
  close(): void;
}

/** A file that was renamed is watched under its name again after so long. */
const againMs = 1_000;

export function createWake({ log }: { log: Log }): Wake {
  let file: string | null = null;
  let watcher: FSWatcher | null = null;
  let watchedAt = 0;
  let rang = false;
  let waking: (() => void) | null = null;

  function ring(): void {
    rang = true;
    waking?.();
  }

  function unwatch(): void {
    watcher?.close();
    watcher = null;
  }

  /** Without the kernel's help (out of watches, odd file systems) the looks alone follow. */
  function watchNow(): void {
    if (file === null || watcher !== null || performance.now() - watchedAt < againMs) return;
    watchedAt = performance.now();
    try {
      watcher = watch(file, { persistent: false }, (kind) => {
        if (kind === 'rename') unwatch();
        ring();
      });
      watcher.on('error', unwatch);
    } catch (error) {
      log.debug('history_log_not_watched', {
        file,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }

  return {
    watch(next) {
      if (next === file) return;
      unwatch();
      file = next;
      watchedAt = -againMs;
    },
    ring,
    async wait(ms) {
      watchNow();
      if (!rang) {
        let timer: NodeJS.Timeout | undefined;
        await new Promise<void>((resolve) => {
          waking = resolve;
          timer = setTimeout(resolve, ms);
        });
        clearTimeout(timer);
        waking = null;
      }
      rang = false;
    },
    close: unwatch,
  };
}
