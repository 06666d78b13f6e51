/** Messages between instances by Redis publish and subscribe. */
import type { Redis } from 'ioredis';
import type { Log } from '../../base/log.ts';
import type { Carrier, CarrierEvents } from './fan-out.ts';

/** A connection that died in silence is noticed by this: it only listens. */
const probeEveryMs = 10_000;

/** Subscribes on a connection of its own, since one that listens can do nothing else. */
export function createRedisCarrier({
  redis,
  log,
}: {
  redis: Redis;
  log: Log;
}): (events: CarrierEvents) => Carrier {
  return ({ onText, onOpen }) => {
    // Channels are one space for all databases of a Redis; whoever gives an installation its own means them apart.
    const channel = `bangui:fan-out:${redis.options.db ?? 0}`;
    const ear = redis.duplicate({ autoResubscribe: false });
    let opened = false;
    const subscribe = async (): Promise<void> => {
      try {
        await ear.subscribe(channel);
        onOpen(opened);
        opened = true;
      } catch (error) {
        // Gone again already: the next connection subscribes. A refusal ends the connection, so that there is a next.
        log.warn('fan_out_not_subscribed', { error });
        ear.disconnect(true);
      }
    };
    const probe = setInterval(() => {
      if (ear.status === 'ready') ear.ping().catch(() => ear.disconnect(true));
    }, probeEveryMs);
    probe.unref();
    ear.on('ready', () => void subscribe());
    ear.on('message', (_channel, text) => onText(text));
    // The connection that publishes tells of the outage.
    ear.on('error', (error) => log.debug('fan_out_connection_failed', { error }));
    return {
      async publish(texts) {
        const batch = redis.pipeline();
        for (const text of texts) batch.publish(channel, text);
        for (const [error] of (await batch.exec()) ?? []) if (error !== null) throw error;
      },
      async close() {
        clearInterval(probe);
        ear.disconnect();
      },
    };
  };
}
