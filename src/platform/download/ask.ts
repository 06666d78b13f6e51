/** Sends one GET, follows where it is sent, and answers what came in the end. */
import { request as askHttp, type IncomingMessage } from 'node:http';
import { request as askHttps, type RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import { connectTo, refuseLiteral, type ConnectDeps } from './connect.ts';
import { badRedirect, notAUrl } from './failures.ts';
import { connectThrough } from './proxy.ts';

export interface AskDeps extends ConnectDeps {
  userAgent: string;
  /** Null: straight there. */
  proxy: string | null;
}

interface Question {
  url: URL;
  etag: string | null;
  lastModified: string | null;
  signal: AbortSignal;
}

const mostRedirects = 5;
/** Bytes; beyond them it is no answer of a web server. */
const longestHeaders = 16_384;
const redirects = new Set([301, 302, 303, 307, 308]);

/** Throws AppError 422 for what is no http(s) URL, or holds a password. */
export function readUrl(text: string): URL {
  const url = URL.parse(text);
  const wrong = url === null ? 'This is no URL; one begins with https:// or http://.' : wrongWith(url);
  if (url === null || wrong !== null) throw notAUrl(wrong ?? '');
  return url;
}

function wrongWith(url: URL): string | null {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return 'Only URLs that begin with https:// or http:// can be fetched.';
  if (url.username !== '' || url.password !== '')
    return 'The URL holds a user name or a password. URLs are shown to everybody who signs in: leave it out.';
  return null;
}

/** Answers the last answer, its body not yet read. Each step is checked as the first. */
export async function ask(
  deps: AskDeps,
  question: Question,
): Promise<{ answer: IncomingMessage; host: string }> {
  let { url } = question;
  for (let followed = 0; ; followed++) {
    const answer = await askOnce(deps, { ...question, url });
    const { location } = answer.headers;
    if (!redirects.has(answer.statusCode ?? 0) || location === undefined) return { answer, host: url.host };
    answer.destroy();
    if (followed === mostRedirects)
      throw badRedirect(`${question.url.host} sends from one place to the next without end. Check the URL.`);
    url = redirected(url, location);
  }
}

function redirected(from: URL, location: string): URL {
  const to = URL.parse(location, from.href);
  if (to === null || wrongWith(to) !== null)
    throw badRedirect(`${from.host} sends to a place that cannot be fetched. Check the URL.`);
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw badRedirect(
      `${from.host} sends from https to http, where anybody on the way could change the list. If that is meant, use the http:// URL itself.`,
    );
  return to;
}

async function askOnce(deps: AskDeps, question: Question): Promise<IncomingMessage> {
  const { url, etag, lastModified, signal } = question;
  refuseLiteral(url, deps.allowPrivate);
  const { socket, path } = await reach(deps, url, signal);
  const options: RequestOptions = {
    signal,
    maxHeaderSize: longestHeaders,
    createConnection: () => socket,
    headers: {
      accept: '*/*',
      'accept-encoding': 'gzip',
      'user-agent': deps.userAgent,
      ...(etag === null ? {} : { 'if-none-match': etag }),
      ...(lastModified === null ? {} : { 'if-modified-since': lastModified }),
    },
    path,
  };
  const start = url.protocol === 'https:' ? askHttps : askHttp;
  return await new Promise((resolve, reject) => {
    const asked = start(url, options).on('response', resolve);
    asked.on('error', (error) => {
      socket.destroy();
      reject(error);
    });
    asked.end();
  });
}

/** The connection, and what to ask for on it: a proxy for http reads the whole URL. */
async function reach(
  deps: AskDeps,
  url: URL,
  signal: AbortSignal,
): Promise<{ socket: Socket; path: string }> {
  const path = `${url.pathname}${url.search}`;
  if (deps.proxy === null) return { socket: await connectTo(deps, url, signal), path };
  const socket = await connectThrough(deps, { proxy: new URL(deps.proxy), url }, signal);
  return { socket, path: url.protocol === 'http:' ? `${url.origin}${path}` : path };
}
