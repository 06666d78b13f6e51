/** Takes the body of an answer into a file: counted, unpacked, hashed, and whole or not at all. */
import { createHash } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { codeOf, notStored, tooLarge, truncated, wrongEncoding } from './failures.ts';

interface Receiving {
  answer: IncomingMessage;
  host: string;
  /** Must not exist. */
  into: string;
  /** Of the bytes as they come, and of those they unpack to. */
  maxBytes: number;
  /** Stops there and calls it enough. */
  firstBytes: number | null;
  /** Bytes as they come so far, and as announced. */
  onBytes: (bytes: number, total: number | null) => void;
  signal: AbortSignal;
}

export interface Received {
  /** Of the file. */
  bytes: number;
  sha256: string;
  /** False: only its beginning was taken. */
  complete: boolean;
}

/** Resolves when the file is on the disk. Throws AppError, or what the connection says; the file is gone then. */
export async function receive(job: Receiving): Promise<Received> {
  const { answer, host, into, maxBytes, firstBytes } = job;
  const announced = announcedLength(answer);
  const encoding = answer.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (!['identity', 'gzip', 'x-gzip', ''].includes(encoding)) throw wrongEncoding(host);
  if (firstBytes === null && (announced ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const file = await stored(open(into, 'wx'));
  try {
    const packed = encoding.endsWith('gzip');
    const received = await takeBody(job, { file, announced, packed });
    if (received.complete && !answer.complete) throw truncated(host);
    await stored(file.sync());
    await file.close();
    return received;
  } catch (error) {
    await file.close().catch(() => {});
    await rm(into, { force: true });
    throw error;
  }
}

interface Body {
  file: FileHandle;
  announced: number | null;
  packed: boolean;
}

async function takeBody(job: Receiving, { file, announced, packed }: Body): Promise<Received> {
  const { answer, maxBytes, onBytes, signal } = job;
  const most = Math.min(maxBytes, job.firstBytes ?? Infinity);
  const hash = createHash('sha256');
  let came = 0;
  let bytes = 0;
  let enough = false;

  async function* counted(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      came += chunk.length;
      if (job.firstBytes === null && came > maxBytes) throw tooLarge(maxBytes);
      onBytes(came, announced);
      yield chunk;
    }
  }
  async function store(source: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of source) {
      enough = job.firstBytes !== null && bytes + chunk.length > most;
      if (!enough && bytes + chunk.length > most) throw tooLarge(maxBytes);
      const kept = enough ? chunk.subarray(0, most - bytes) : chunk;
      hash.update(kept);
      await stored(file.appendFile(kept));
      bytes += kept.length;
      if (enough) return;
    }
  }
  try {
    if (packed) await pipeline(answer, counted, createGunzip({ chunkSize: 65_536 }), store, { signal });
    else await pipeline(answer, counted, store, { signal });
  } catch (error) {
    // What has been taken in full leaves a stream behind that ends before its time.
    if (!enough) throw bodyFailure(error, job.host);
  } finally {
    answer.destroy();
  }
  return { bytes, sha256: hash.digest('hex'), complete: !enough };
}

function bodyFailure(error: unknown, host: string): unknown {
  const code = codeOf(error);
  if (['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'Z_BUF_ERROR'].includes(code)) return truncated(host);
  return code.startsWith('Z_') ? wrongEncoding(host) : error;
}

/** Failures of the disk, told apart from those of the network. */
async function stored<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw notStored(error);
  }
}

function announcedLength({ headers }: IncomingMessage): number | null {
  const text = headers['content-length'] ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
