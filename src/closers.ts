/** What was opened, to be closed in reverse order. */
import type { Log } from './base/log.ts';

export interface Closers {
  add(name: string, close: () => Promise<void>): void;
  /** Closes each once, the last opened first. One that fails is logged and does not keep the others open. */
  closeAll(): Promise<void>;
}

export function createClosers({ log }: { log: Log }): Closers {
  const stack: { name: string; close: () => Promise<void> }[] = [];
  return {
    add: (name, close) => void stack.push({ name, close }),
    async closeAll() {
      for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
        try {
          await next.close();
        } catch (error) {
          log.error('closing_failed', { part: next.name, error });
        }
      }
    },
  };
}
