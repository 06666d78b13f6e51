/** What one instance tells the others: small messages by topic, at once, and a word when some may have been missed. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { keepRecent } from '../../base/recent-map.ts';
import type { Log } from '../../base/log.ts';

export interface Topic<T> {
  /** To every other instance; they learn of what gets lost by `onGap`. Never throws. */
  send(message: T): void;
  /** Hears what others sent, never what was sent here. */
  listen(listener: (message: T) => void): void;
}

export interface FanOut {
  /** Both ends parse: another instance may be older or newer. What cannot be read counts as missed. */
  topic<T>(name: string, schema: z.ZodType<T>): Topic<T>;
  /** Messages of others may have been missed. */
  onGap(listener: () => void): void;
  /** What was sent before goes out first. */
  close(): Promise<void>;
}

/** A way to reach the others. */
export interface Carrier {
  /** Rejects when they were not reached. */
  publish(texts: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export interface CarrierEvents {
  onText(text: string): void;
  /** The way is open; `again` = it was open before, and what was sent meanwhile is lost. */
  onOpen(again: boolean): void;
}

/** PostgreSQL refuses a notification of 8000 bytes. */
const mostBytes = 7_800;
const mostWaiting = 5_000;
const mostSenders = 200;
const tryAgainMs = 500;
const closeMs = 500;
/** The topic of a message that stands for those that could not be sent. */
const lost = 'lost';

const envelope = z.object({
  from: z.string().max(64),
  /** Counts a sender's messages: a jump is a gap. */
  number: z.int(),
  topic: z.string().max(64),
  message: z.unknown(),
});

export function createFanOut({
  openCarrier,
  log,
}: {
  openCarrier: (events: CarrierEvents) => Carrier;
  log: Log;
}): FanOut {
  const self = randomBytes(9).toString('base64url');
  const receivers = new Map<string, (message: unknown) => boolean>();
  const gapListeners = new Set<() => void>();
  const heard = new Map<string, number>();
  let waiting: string[] = [];
  let number = 0;
  let sending: Promise<void> | null = null;
  let closing = false;

  const gap = (why: string): void => {
    log.info('fan_out_gap', { why });
    for (const listener of gapListeners) listener();
  };

  function receive(text: string): void {
    const parsed = envelope.safeParse(json(text));
    if (!parsed.success) return gap('a message that cannot be read');
    const { from, topic, message } = parsed.data;
    if (from === self) return;
    const before = heard.get(from);
    keepRecent(heard, from, parsed.data.number, mostSenders);
    if (topic === lost) return gap('another instance could not send');
    if (before !== undefined && parsed.data.number !== before + 1) gap('messages are missing');
    if (receivers.get(topic)?.(message) !== true) gap(`a message on ${topic} that cannot be read`);
  }

  const carrier = openCarrier({
    onText: receive,
    onOpen: (again) => {
      if (!again) return;
      gap('the connection was away');
      put(lost, null);
    },
  });

  const lostText = (): string => JSON.stringify({ from: self, number, topic: lost, message: null });

  function put(topic: string, message: unknown): void {
    if (closing) return;
    number += 1;
    const text = JSON.stringify({ from: self, number, topic, message });
    if (waiting.length >= mostWaiting) waiting = [lostText()];
    else waiting.push(Buffer.byteLength(text) <= mostBytes ? text : lostText());
    sending ??= sendAll().finally(() => {
      sending = null;
    });
  }

  async function sendAll(): Promise<void> {
    // One turn later, so that what is announced together goes together.
    await Promise.resolve();
    while (waiting.length > 0) {
      const batch = waiting.splice(0, 100);
      try {
        await carrier.publish(batch);
      } catch (error) {
        log.debug('fan_out_not_sent', { messages: batch.length + waiting.length, error });
        if (closing) return;
        // They are old by the time the way is open again; one message says that there were some.
        waiting = [lostText()];
        await sleep(tryAgainMs, undefined, { ref: false });
      }
    }
  }

  return {
    topic(name, schema) {
      const listeners = new Set<(message: z.output<typeof schema>) => void>();
      receivers.set(name, (message) => {
        const parsed = schema.safeParse(message);
        if (parsed.success) for (const listener of listeners) listener(parsed.data);
        return parsed.success;
      });
      return {
        send: (message) => put(name, message),
        listen: (listener) => void listeners.add(listener),
      };
    },
    onGap: (listener) => void gapListeners.add(listener),
    async close() {
      closing = true;
      if (sending !== null) await Promise.race([sending, sleep(closeMs)]);
      await carrier.close();
    },
  };
}

/** One instance by itself. */
export const noFanOut: FanOut = {
  topic: () => ({ send() {}, listen() {} }),
  onGap() {},
  close: async () => {},
};

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
