/** Elasticsearch's bulk interface, with ids of our own: a line sent twice is refused as already there. */
import { z } from 'zod';
import { refusedAll, undelivered, type Delivery, type Entry, type Receiver } from './ship-entry.ts';
import { authorization, post } from './ship-http.ts';

interface ElasticsearchDeps {
  url: URL;
  token: string | null;
  index: string;
  hostname: string;
}

const alreadyThere = 409;
const answerShape = z.object({
  items: z.array(
    z.object({ create: z.object({ status: z.int(), error: z.object({ type: z.string() }).optional() }) }),
  ),
});

export function createElasticsearchReceiver({ url, token, index, hostname }: ElasticsearchDeps): Receiver {
  const target = new URL(url);
  target.pathname = `${url.pathname.replace(/\/$/, '')}/_bulk`;
  const headers = { 'content-type': 'application/x-ndjson', ...authorization(token, 'ApiKey') };
  return {
    deliver: (batch, signal) =>
      post({
        url: target,
        headers,
        body: batch.map((entry) => operation(entry, index, hostname)).join(''),
        batch,
        signal,
        read: (body) => readItems(body, batch),
      }),
  };
}

/**
 * `create`, since a data stream takes nothing else. The line stays one text under names of the Elastic Common Schema:
 * as fields of its own, the first number where there was a text before would make Elasticsearch refuse the line.
 */
function operation(entry: Entry, index: string, hostname: string): string {
  const document = {
    '@timestamp': new Date(Number(entry.nanos / 1_000_000n)).toISOString(),
    'log.level': entry.level,
    'event.action': entry.event,
    'service.name': 'bangui',
    'host.name': hostname,
    message: entry.line,
  };
  return `${JSON.stringify({ create: { _index: index, _id: entry.id } })}\n${JSON.stringify(document)}\n`;
}

/** The answer is 200 although single lines failed; each has a status of its own, in the order of the request. */
function readItems(body: string, batch: readonly Entry[]): Delivery {
  const parsed = answerShape.safeParse(parseJson(body));
  if (!parsed.success || parsed.data.items.length !== batch.length)
    return refusedAll(batch, 'its answer is not that of Elasticsearch’s _bulk');
  const again: Entry[] = [];
  let refused = 0;
  let reason: string | null = null;
  for (const [place, entry] of batch.entries()) {
    const { status = 500, error } = parsed.data.items[place]?.create ?? {};
    if (status < 300 || status === alreadyThere) continue;
    reason = `it answered ${status}${error === undefined ? '' : `: ${error.type}`} for single lines`;
    if (status === 429 || status >= 500) again.push(entry);
    else refused += 1;
  }
  return { ...undelivered(again, reason ?? ''), refused, reason };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
