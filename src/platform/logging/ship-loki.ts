/** Loki's push interface. It keeps one of two entries with the same time and text, so sending again is harmless. */
import type { Entry, Receiver } from './ship-entry.ts';
import { authorization, post, withPath } from './ship-http.ts';

interface LokiDeps {
  url: URL;
  token: string | null;
  hostname: string;
}

export function createLokiReceiver({ url, token, hostname }: LokiDeps): Receiver {
  const target = withPath(url, '/loki/api/v1/push');
  const headers = { 'content-type': 'application/json', ...authorization(token, 'Bearer') };
  return {
    deliver: (batch, signal) =>
      post({
        url: target,
        headers,
        body: JSON.stringify({ streams: streams(batch, hostname) }),
        batch,
        signal,
      }),
  };
}

/** Few labels with few values each, as Loki wants it; everything else is in the line. */
function streams(batch: readonly Entry[], host: string) {
  const byLevel = Map.groupBy(batch, (entry) => entry.level);
  return [...byLevel].map(([level, entries]) => ({
    stream: { app: 'bangui', host, level },
    values: entries.map(({ nanos, line }) => [nanos.toString(), line]),
  }));
}
