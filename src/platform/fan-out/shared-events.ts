/** Announcements that reach the pages of every instance. */
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import type { AppEvent, Events } from '../events.ts';
import type { FanOut } from './fan-out.ts';

/** Not shared: each instance has its own view of fail2ban's state, and misses its own announcements. */
type SharedEvent = Exclude<AppEvent, { type: 'status' | 'resync' }>;

const host = z.string();
const at = z.number();
const shapes = {
  ban: z.object({
    type: z.literal('ban'),
    host,
    jail: z.string(),
    ip: z.string(),
    at,
    expiresAt: z.number().nullable(),
    count: z.number(),
    // an instance of before they existed does not send them
    country: z.string().default('unknown'),
    asn: z.number().default(0),
    asName: z.string().nullable().default(null),
  }),
  unban: z.object({ type: z.literal('unban'), host, jail: z.string(), ip: z.string(), at }),
  bans_changed: z.object({
    type: z.literal('bans_changed'),
    host,
    banned: z.number(),
    unbanned: z.number(),
    at,
  }),
  config: z.object({
    type: z.literal('config'),
    host,
    revision: z.number().nullable(),
    path: z.string(),
    step: z.string(),
    outcome: z.string(),
    at,
  }),
  run: z.object({
    type: z.literal('run'),
    host,
    run: z.number(),
    source: z.number().nullable(),
    state: z.string(),
    at,
  }),
} satisfies { [T in SharedEvent['type']]: z.ZodType<Extract<SharedEvent, { type: T }>> };
const sharedEvent = z.discriminatedUnion('type', [
  shapes.ban,
  shapes.unban,
  shapes.bans_changed,
  shapes.config,
  shapes.run,
]);

interface SharedEventsDeps {
  /** Those of this instance. */
  own: Events;
  fanOut: FanOut;
  now: Clock;
}

export interface SharedEvents {
  /** What is announced here is heard here and everywhere else. */
  events: Events;
  /** What other instances announce. */
  listenElsewhere(listener: (event: AppEvent) => void): void;
}

/** After a gap every page is told to read again. */
export function shareEvents({ own, fanOut, now }: SharedEventsDeps): SharedEvents {
  const topic = fanOut.topic<SharedEvent>('event', sharedEvent);
  topic.listen((event) => own.announce(event));
  fanOut.onGap(() => own.announce({ type: 'resync', at: now() }));
  return {
    events: {
      announce(event) {
        own.announce(event);
        if (event.type !== 'status' && event.type !== 'resync') topic.send(event);
      },
      listen: (listener) => own.listen(listener),
    },
    listenElsewhere: (listener) => topic.listen(listener),
  };
}
