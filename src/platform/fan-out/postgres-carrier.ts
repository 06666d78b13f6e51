/** Messages between instances by PostgreSQL's LISTEN and NOTIFY, on one connection of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from '../../base/log.ts';
import type { Carrier, CarrierEvents } from './fan-out.ts';

const channel = 'bangui_fan_out';
const firstWaitMs = 100;
const longestWaitMs = 2_000;
/** A connection that died in silence is noticed by this: nobody else would speak on it for hours. */
const probeEveryMs = 10_000;
const queryMs = 5_000;

export function createPostgresCarrier({
  url,
  log,
}: {
  url: string;
  log: Log;
}): (events: CarrierEvents) => Carrier {
  return ({ onText, onOpen }) => {
    let client: pg.Client | null = null;
    let closed = false;
    let opened = false;
    let away = false;

    /** Resolves when a connection that was open is gone; throws when none could be opened. */
    async function connection(): Promise<void> {
      const next = new pg.Client({
        connectionString: url,
        application_name: 'bangui live events',
        connectionTimeoutMillis: queryMs,
        query_timeout: queryMs,
        keepAlive: true,
      });
      let probe: NodeJS.Timeout | undefined;
      try {
        const gone = new Promise<void>((resolve) => {
          const lose = (error?: unknown): void => {
            if (error !== undefined) log.debug('fan_out_connection_failed', { error });
            resolve();
          };
          next.on('end', () => lose());
          next.on('error', lose);
          probe = setInterval(() => void next.query('SELECT 1').catch(lose), probeEveryMs);
        });
        next.on('notification', ({ payload }) => onText(payload ?? ''));
        await next.connect();
        await next.query(`LISTEN ${channel}`);
        if (closed) return;
        client = next;
        if (away) log.info('fan_out_back');
        away = false;
        onOpen(opened);
        opened = true;
        await gone;
      } finally {
        clearInterval(probe);
        client = null;
        next.end().catch((error: unknown) => log.debug('fan_out_connection_failed', { error }));
      }
    }

    async function keepOpen(): Promise<void> {
      let wait = firstWaitMs;
      while (!closed) {
        try {
          await connection();
          wait = firstWaitMs;
        } catch (error) {
          if (!away && !closed) log.warn('fan_out_unreachable', { error });
          away = true;
          wait = Math.min(wait * 2, longestWaitMs);
        }
        if (!closed) await sleep(wait, undefined, { ref: false });
      }
    }
    void keepOpen();

    return {
      async publish(texts) {
        if (client === null) throw new Error('not connected to PostgreSQL');
        // One transaction: PostgreSQL lets only one at a time commit notifications.
        await client.query('SELECT pg_notify($1, text) FROM unnest($2::text[]) AS sent (text)', [
          channel,
          texts,
        ]);
      },
      async close() {
        closed = true;
        await client?.end();
      },
    };
  };
}
