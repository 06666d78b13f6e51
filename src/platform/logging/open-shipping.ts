/** Chooses the receiver for a log service, and makes the first contact with it. */
import { hostname } from 'node:os';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { StartError } from '../../base/start-error.ts';
import { createDatadogReceiver } from './ship-datadog.ts';
import { createElasticsearchReceiver } from './ship-elasticsearch.ts';
import type { Receiver } from './ship-entry.ts';
import { createLokiReceiver } from './ship-loki.ts';
import { createSyslogReceiver } from './ship-syslog.ts';
import { createShipper, type Shipper } from './ship.ts';

export type ShipTarget =
  | { provider: 'loki' | 'datadog'; url: URL; token: string | null }
  | { provider: 'elasticsearch'; url: URL; token: string | null; index: string }
  | { provider: 'syslog'; transport: 'tcp' | 'tls' | 'udp'; host: string; port: number };

interface ShippingOptions {
  target: ShipTarget;
  /** Lines. */
  bufferSize: number;
  flushMs: number;
  now: Clock;
}

export interface Shipping extends Shipper {
  provider: ShipTarget['provider'];
}

export function openShipping({ target, ...options }: ShippingOptions): Shipping {
  return { provider: target.provider, ...createShipper({ receiver: receiverOf(target), ...options }) };
}

function receiverOf(target: ShipTarget): Receiver {
  const name = hostname();
  switch (target.provider) {
    case 'loki':
      return createLokiReceiver({ ...target, hostname: name });
    case 'elasticsearch':
      return createElasticsearchReceiver({ ...target, hostname: name });
    case 'datadog':
      return createDatadogReceiver({ ...target, hostname: name });
    case 'syslog':
      return createSyslogReceiver({ ...target, hostname: name, pid: process.pid });
  }
}

interface FirstContact {
  shipping: Shipping;
  required: boolean;
  log: Log;
  /** Told of a service that did not take the first lines. */
  onFailure: () => void;
}

/**
 * Does not keep the start waiting unless the service is required; then throws StartError `external_logging_failed`
 * when it does not take the first lines.
 */
export async function firstContact({ shipping, required, log, onFailure }: FirstContact): Promise<void> {
  const { provider } = shipping;
  const contact = shipping.contact(log).then((reason) => {
    if (reason === null) return log.info('external_logging_connected', { provider });
    onFailure();
    if (required) throw notTaken(provider, reason);
    log.warn('external_logging_init_failed', { provider, reason });
  });
  if (required) await contact;
  else contact.catch((error: unknown) => log.error('external_logging_init_failed', { provider, error }));
}

function notTaken(provider: string, reason: string): StartError {
  return new StartError(
    'external_logging_failed',
    `The log service (${provider}) did not take the first lines: ${reason}. Check BANGUI_EXTERNAL_LOGGING_URL and its ` +
      'token, or set BANGUI_EXTERNAL_LOGGING_REQUIRED=false to start without it.',
  );
}
