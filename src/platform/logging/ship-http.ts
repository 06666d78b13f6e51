/** Posts a batch to a log service and reads from the status what became of it. */
import { delivered, refusedAll, undelivered, type Delivery, type Entry } from './ship-entry.ts';

interface Post {
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: string;
  batch: readonly Entry[];
  signal: AbortSignal;
  /** Reads the body of a 2xx answer; without it, all was taken. */
  read?: (body: string) => Delivery;
}

const longestAskedMs = 60_000;

/**
 * 2xx: taken · 429, 5xx and no answer: once more · anything else: refused for good, sending it again would change
 * nothing. A redirect is not followed, since it would carry the token elsewhere.
 */
export async function post({ url, headers, body, batch, signal, read }: Post): Promise<Delivery> {
  try {
    const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
    const text = await answer.text();
    const { status } = answer;
    if (status >= 200 && status < 300) return read === undefined ? delivered : read(text);
    const reason = `it answered ${status}${excerpt(text)}`;
    if (status === 429 || status >= 500) return undelivered(batch, reason, askedWait(answer.headers));
    return refusedAll(batch, reason);
  } catch (error) {
    return undelivered(batch, failureOf(error));
  }
}

/** `name:password` is basic authentication; anything else goes by the service's own scheme. */
export function authorization(token: string | null, scheme: string): Record<string, string> {
  if (token === null) return {};
  const value = token.includes(':') ? `Basic ${Buffer.from(token).toString('base64')}` : `${scheme} ${token}`;
  return { authorization: value };
}

/** The path a service is known by, unless the operator named one. */
export function withPath(url: URL, path: string): URL {
  const result = new URL(url);
  if (result.pathname === '/') result.pathname = path;
  return result;
}

function askedWait(headers: Headers): number | null {
  const seconds = Number(headers.get('retry-after') ?? '');
  return seconds > 0 ? Math.min(seconds * 1000, longestAskedMs) : null;
}

const excerpt = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim().slice(0, 200);
  return line === '' ? '' : `: ${line}`;
};

/** undici says "fetch failed" and hides the reason in the cause. */
function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'it did not answer in time';
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return cause.message || ('code' in cause ? String(cause.code) : cause.name);
}
