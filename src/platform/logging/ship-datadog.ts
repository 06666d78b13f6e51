/** Datadog's log intake. It has no ids: after an answer that got lost, a batch may be there twice. */
import type { Receiver } from './ship-entry.ts';
import { post, withPath } from './ship-http.ts';

interface DatadogDeps {
  url: URL;
  token: string | null;
  hostname: string;
}

export function createDatadogReceiver({ url, token, hostname }: DatadogDeps): Receiver {
  const target = withPath(url, '/api/v2/logs');
  const headers = { 'content-type': 'application/json', 'dd-api-key': token ?? '' };
  return {
    deliver: (batch, signal) => {
      const body = JSON.stringify(
        batch.map(({ line, level, nanos }) => ({
          ddsource: 'bangui',
          service: 'bangui',
          hostname,
          status: level,
          timestamp: Number(nanos / 1_000_000n),
          message: line,
        })),
      );
      return post({ url: target, headers, body, batch, signal });
    },
  };
}
