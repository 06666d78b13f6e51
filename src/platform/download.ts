/** Fetches what others publish into a file: bounded in bytes and time, from addresses that may be reached, whole or not at all. */
import { lookup } from 'node:dns/promises';
import type { IncomingMessage } from 'node:http';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../base/errors.ts';
import { ask, readUrl, type AskDeps } from './download/ask.ts';
import { aborted, codeOf, connectionFailure, silent, tooSlow, wrongStatus } from './download/failures.ts';
import { receive } from './download/receive.ts';

export interface Downloader {
  /**
   * Tries three times where that may help. Throws AppError with a code `download_…` or `disk_full` and a sentence that says what to do;
   * `into` does not exist then. `into` must not exist before.
   */
  fetch(wanted: Wanted): Promise<Fetched>;
  /** Stops what is under way and takes nothing new. Resolves when nothing is left open. */
  close(): Promise<void>;
}

export interface Wanted {
  url: string;
  /** Path of the file to make, in a folder that is there. */
  into: string;
  /** Of the version that is here; null: none is, or the server told none. */
  etag: string | null;
  lastModified: string | null;
  /** Takes no more than these; the rest is not waited for. */
  firstBytes?: number;
  signal: AbortSignal;
  /** Bytes over the network so far, and of the whole; null: not announced. From the start again with each try. */
  onProgress?: (bytes: number, total: number | null) => void;
}

export type Fetched =
  | { kind: 'unchanged' }
  | {
      kind: 'fetched';
      /** Of the file, unpacked where it was packed for the way. */
      bytes: number;
      sha256: string;
      etag: string | null;
      lastModified: string | null;
      contentType: string | null;
      /** False: `firstBytes` of more. */
      complete: boolean;
    };

interface DownloaderDeps {
  version: string;
  maxBytes: number;
  /** How long the other side may be silent; ten times that for a whole download, tries and pauses included. */
  silenceMs: number;
  proxy: string | null;
  allowPrivate: boolean;
  /** Other than the machine's, in tests only. */
  resolve?: (name: string) => Promise<readonly string[]>;
  dial?: (options: NetConnectOpts) => Socket;
  ca?: string;
  sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

type Try = Fetched | { kind: 'again'; error: AppError; afterMs: number };

const mostTries = 3;
const wholeTimes = 10;
const longestPauseMs = 60_000;

export function createDownloader(deps: DownloaderDeps): Downloader {
  const { version, maxBytes, silenceMs, sleep = (ms, signal) => wait(ms, null, { signal }) } = deps;
  const asking: AskDeps = {
    resolve: deps.resolve ?? addressesOf,
    dial: deps.dial ?? ((options) => connect(options)),
    allowPrivate: deps.allowPrivate,
    proxy: deps.proxy,
    userAgent: `BanGUI/${version} (reads blocklists)`,
    ...(deps.ca === undefined ? {} : { ca: deps.ca }),
  };
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();

  async function tryOnce(wanted: Wanted, whole: AbortSignal): Promise<Try> {
    const url = readUrl(wanted.url);
    const quiet = new AbortController();
    const timer = setTimeout(() => quiet.abort(silent(url.host, silenceMs)), silenceMs);
    const signal = AbortSignal.any([whole, quiet.signal]);
    try {
      const { etag, lastModified } = wanted;
      const { answer, host } = await ask(asking, { url, etag, lastModified, signal });
      timer.refresh();
      const status = answer.statusCode ?? 0;
      if (status !== 200) {
        answer.destroy();
        if (status === 304 && (etag !== null || lastModified !== null)) return { kind: 'unchanged' };
        return refusedStatus(answer, host);
      }
      const received = await receive({
        answer,
        host,
        into: wanted.into,
        maxBytes,
        firstBytes: wanted.firstBytes ?? null,
        onBytes: (bytes, total) => {
          timer.refresh();
          wanted.onProgress?.(bytes, total);
        },
        signal,
      });
      return { kind: 'fetched', ...received, ...factsOf(answer) };
    } catch (error) {
      if (signal.aborted) throw endOf(signal);
      if (error instanceof AppError ? error.code !== 'download_truncated' : codeOf(error) === '') throw error;
      const failure = error instanceof AppError ? { error, again: true } : connectionFailure(error, url.host);
      if (!failure.again) throw failure.error;
      return { kind: 'again', error: failure.error, afterMs: 0 };
    } finally {
      clearTimeout(timer);
    }
  }

  async function fetchWhole(wanted: Wanted): Promise<Fetched> {
    const late = new AbortController();
    const wholeMs = silenceMs * wholeTimes;
    const timer = setTimeout(() => late.abort(tooSlow(wholeMs)), wholeMs);
    const signal = AbortSignal.any([wanted.signal, closing.signal, late.signal]);
    try {
      for (let tries = 1; ; tries++) {
        if (signal.aborted) throw endOf(signal);
        const end = await tryOnce(wanted, signal);
        if (end.kind !== 'again') return end;
        if (tries === mostTries || end.afterMs > longestPauseMs) throw end.error;
        await pause(Math.max(end.afterMs, backOffMs(tries)), signal);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async function pause(ms: number, signal: AbortSignal): Promise<void> {
    await sleep(ms, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (signal.aborted) throw endOf(signal);
  }

  return {
    async fetch(wanted) {
      const work = fetchWhole(wanted);
      running.add(work);
      return work.finally(() => running.delete(work));
    },
    async close() {
      closing.abort();
      await Promise.allSettled(running);
    },
  };
}

/** Why it was stopped: by our own limits, or by somebody. */
const endOf = (signal: AbortSignal): AppError =>
  signal.reason instanceof AppError ? signal.reason : aborted();

/** 1 s, then 4 s, each up to half more or less, so that many who failed together do not come back together. */
const backOffMs = (tries: number): number => 1_000 * 4 ** (tries - 1) * (0.5 + Math.random());

const addressesOf = async (name: string): Promise<string[]> =>
  (await lookup(name, { all: true })).map(({ address }) => address);

function refusedStatus(answer: IncomingMessage, host: string): Try {
  const status = answer.statusCode ?? 0;
  if (status === 429 || status >= 500) {
    const afterMs = askedPauseMs(answer.headers['retry-after']);
    const when = afterMs > longestPauseMs ? `It asks to wait ${Math.ceil(afterMs / 60_000)} min.` : '';
    const error = wrongStatus(host, status, when || 'Try again later.', afterMs);
    return { kind: 'again', error, afterMs };
  }
  throw wrongStatus(host, status, 'Check the URL: the list may have moved, or ask for a key.');
}

/** `Retry-After`: seconds, or a date (RFC 9110, 10.2.3). 0 when it says nothing. */
function askedPauseMs(text = ''): number {
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return ms > 0 ? ms : 0;
}

function factsOf({ headers }: IncomingMessage) {
  return {
    etag: plain(headers.etag),
    lastModified: plain(headers['last-modified']),
    contentType: plain(headers['content-type']),
  };
}

/** What is kept and sent back is short printable text. */
const plain = (text: string | undefined): string | null =>
  text !== undefined && /^[\x20-\x7e]{1,500}$/.test(text) ? text : null;
